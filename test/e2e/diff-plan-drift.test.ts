import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { createSandbox, mustSucceed, type Sandbox } from '../support/program.ts'

const CHART: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: shown\nversion: 0.1.0\n',
  'templates/objects.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { color: "{{ .Values.color | default "blue" }}" }
---
apiVersion: v1
kind: Secret
metadata: { name: login }
stringData: { password: "{{ .Values.password | default "old" }}" }
---
{{ if .Values.more }}
apiVersion: v1
kind: ConfigMap
metadata: { name: more }
{{ end }}
`,
}
const SETTINGS = '/api/v1/namespaces/default/configmaps/settings'

describe('looking before and after', () => {
  let sandbox: Sandbox
  let chart: string
  let api: ReturnType<typeof openApi>

  beforeAll(async () => {
    sandbox = createSandbox()
    chart = path.join(sandbox.folder, 'shown')
    mkdirSync(path.join(chart, 'templates'), { recursive: true })
    for (const [name, text] of Object.entries(CHART)) writeFileSync(path.join(chart, name), text)
    mustSucceed(await sandbox.chartctl(['cluster', 'start', '--storage', 'memory']))
    mustSucceed(await sandbox.chartctl(['install', 'web', chart]))
    api = openApi(path.join(sandbox.folder, 'kubeconfig'))
  })
  afterAll(async () => {
    api.close()
    await sandbox.dispose()
  })

  /** Somebody else changes the object of the release. */
  const meddle = async (color: string): Promise<void> => {
    const live = (await api.call('GET', SETTINGS)).body as { data: object }
    expect((await api.call('PUT', SETTINGS, { ...live, data: { color } })).status).toBe(200)
  }

  test('diff says what an upgrade would do, and changes nothing', async () => {
    const args = ['diff', 'upgrade', 'web', chart, '--detailed-exitcode']
    expect(await sandbox.chartctl(args)).toMatchObject({ exit: 0, stdout: 'Nothing differs.\n' })
    const differing = await sandbox.chartctl([...args, '--set', 'color=red,password=new,more=true'])
    expect(differing.exit).toBe(2)
    expect(differing.stdout).toContain('~ ConfigMap default/settings v1\n    data.color: "blue" -> "red"\n')
    expect(differing.stdout).toContain('    data.password: "(hidden)" -> "(hidden)"\n')
    expect(differing.stdout).toContain('+ ConfigMap default/more v1\n')
    expect(differing.stdout).toContain('\n1 to create, 2 to change, 0 to delete.\n')
    expect(differing.stdout).not.toMatch(/old|new/)
    expect(await sandbox.chartctl(args)).toMatchObject({ exit: 0 })
  })

  test('drift names field, values and manager, and brings back what the release says', async () => {
    await meddle('green')
    const report = JSON.parse(mustSucceed(await sandbox.chartctl(['drift', 'web', '-o', 'json']))) as unknown
    expect(report).toMatchObject({
      revision: 1,
      objects: [
        {
          kind: 'ConfigMap',
          name: 'settings',
          state: 'changed',
          fields: [
            { path: 'data.color', before: 'green', after: 'blue', time: expect.stringMatching(/^\d{4}-/) as string },
          ],
        },
      ],
    })
    expect((await sandbox.chartctl(['drift', 'web', '--detailed-exitcode'])).exit).toBe(2)
    expect(mustSucceed(await sandbox.chartctl(['drift', 'web', '--fix']))).toContain('changed, brought back')
    expect(mustSucceed(await sandbox.chartctl(['drift', 'web']))).toBe('Nothing differs.\n')
  })

  test('a plan is carried out as it was shown, and only while nothing moved', async () => {
    const file = path.join(sandbox.folder, 'web.plan')
    mustSucceed(await sandbox.chartctl(['plan', 'upgrade', 'web', chart, '--set', 'color=red', '-o', file]))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await meddle('green')
    const refused = await sandbox.chartctl(['apply', file])
    expect(refused.stderr).toBe(`Error: the plan is out of date: ${SETTINGS} has changed; make it again\n`)
    mustSucceed(await sandbox.chartctl(['drift', 'web', '--fix']))
    writeFileSync(path.join(chart, 'templates/objects.yaml'), 'this is: rendered: no more')
    expect(mustSucceed(await sandbox.chartctl(['apply', file]))).toContain('REVISION: 2')
    expect((await api.call('GET', SETTINGS)).body).toMatchObject({ data: { color: 'red' } })
    expect((await sandbox.chartctl(['apply', file])).stderr).toContain(
      'the release is at revision 2 (deployed), and was',
    )
    expect(mustSucceed(await sandbox.chartctl(['diff', 'revision', 'web', '1', '2']))).toContain('"blue" -> "red"')
    expect(mustSucceed(await sandbox.chartctl(['diff', 'rollback', 'web']))).toContain('"red" -> "blue"')
  })

  test('an uninstall is planned, shown and carried out', async () => {
    const file = path.join(sandbox.folder, 'gone.plan')
    const shown = mustSucceed(await sandbox.chartctl(['plan', 'uninstall', 'web', '-o', file]))
    expect(shown).toContain('- ConfigMap default/settings v1\n')
    expect(shown).toContain('0 to create, 0 to change, 2 to delete.')
    await meddle('green')
    expect((await sandbox.chartctl(['apply', file])).stderr).toContain(`${SETTINGS} has changed; make it again`)
    mustSucceed(await sandbox.chartctl(['drift', 'web', '--fix']))
    expect(mustSucceed(await sandbox.chartctl(['apply', file]))).toBe('release "web" uninstalled\n')
    expect((await api.call('GET', SETTINGS)).status).toBe(404)
    expect((await sandbox.chartctl(['apply', file])).stderr).toContain('the release is not installed, and was at')
  })

  test('a plan shows CRDs, those of sub-charts too, and brings them', async () => {
    const crd = (plural: string, kind: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${plural}.plan.example }
spec:
  group: plan.example
  scope: Namespaced
  names: { plural: ${plural}, kind: ${kind} }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`
    const files = {
      'Chart.yaml': 'apiVersion: v2\nname: kinds\nversion: 0.1.0\n',
      'crds/one.yaml': crd('ones', 'One'),
      'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\n',
      'charts/sub/crds/two.yaml': crd('twos', 'Two'),
      'templates/pod.yaml': `apiVersion: v1
kind: Pod
metadata: { name: slow, annotations: { simulate.chartctl.dev/ready-after: 2s } }
spec: { containers: [{ name: c, image: busybox }] }
`,
      'templates/one.yaml': `{{- if .Capabilities.APIVersions.Has "plan.example/v1/One" }}
apiVersion: plan.example/v1
kind: One
metadata: { name: first }
{{- end }}
`,
    }
    const folder = path.join(sandbox.folder, 'kinds')
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
      writeFileSync(path.join(folder, name), text)
    }
    const file = path.join(sandbox.folder, 'kinds.plan')
    const args = ['plan', 'upgrade', '--install', 'kinds', folder, '--wait', '-o', file]
    const shown = mustSucceed(await sandbox.chartctl(args))
    expect(shown).toContain('+ CustomResourceDefinition ones.plan.example apiextensions.k8s.io/v1')
    expect(shown).toContain('+ CustomResourceDefinition twos.plan.example apiextensions.k8s.io/v1')
    expect(shown).toContain('+ One default/first plan.example/v1\n')
    const diff = ['diff', 'upgrade', '--install', 'kinds', folder]
    const compared = mustSucceed(await sandbox.chartctl(diff))
    for (const line of shown.split('\n').filter((one) => one.startsWith('+ '))) expect(compared).toContain(line)
    const without = await sandbox.chartctl([...diff, '--skip-crds'])
    expect(mustSucceed(without)).not.toContain('plan.example')
    rmSync(folder, { recursive: true })
    const applied = await sandbox.chartctl(['apply', file, '-o', 'json', '--explain'])
    expect(JSON.parse(mustSucceed(applied))).toMatchObject({ name: 'kinds', info: { status: 'deployed' } })
    for (const plural of ['ones', 'twos']) {
      expect((await api.call('GET', `/apis/plan.example/v1/${plural}`)).status).toBe(200)
    }
    expect((await api.call('GET', '/apis/plan.example/v1/namespaces/default/ones/first')).status).toBe(200)
    const events = applied.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { objects: object[] })
    expect(events.flatMap(({ objects }) => objects)).toContainEqual(
      expect.objectContaining({ kind: 'Pod', name: 'slow', done: false }),
    )
    expect(events.at(-1)).toMatchObject({ event: 'waiting', ready: 2, total: 2, objects: [{ status: 'Current' }] })
  })
})
