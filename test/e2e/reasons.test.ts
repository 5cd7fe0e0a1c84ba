import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSandbox, mustSucceed, type Sandbox } from '../support/program.ts'

const CHART: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: sick\nversion: 0.1.0\n',
  'templates/web.yaml': `{{- /* a comment */}}
apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }} }
spec:
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata:
      labels: { app: {{ .Release.Name }} }
      annotations: {{ toJson .Values.annotations }}
    spec:
      containers: [{ name: web, image: "nowhere/none:1" }]
`,
  'values.yaml': 'annotations: {}\n',
}

describe('a failure says why', () => {
  let sandbox: Sandbox
  let chart: string

  beforeAll(async () => {
    sandbox = createSandbox()
    chart = path.join(sandbox.folder, 'sick')
    mkdirSync(path.join(chart, 'templates'), { recursive: true })
    for (const [name, text] of Object.entries(CHART)) writeFileSync(path.join(chart, name), text)
    mustSucceed(await sandbox.chartctl(['cluster', 'start', '--storage', 'memory']))
  })
  afterAll(() => sandbox.dispose())

  const PULL_ERROR = ['--set-string', 'annotations.simulate\\.chartctl\\.dev/pull-error=true']

  test('down to the container, and names the line of the template; --fail-fast does not wait for the timeout', async () => {
    const begun = performance.now()
    const args = ['install', 'pull', chart, '--wait', '--timeout', '3m', '--fail-fast', '--explain', ...PULL_ERROR]
    const failed = await sandbox.chartctl(args)
    expect(performance.now() - begun).toBeLessThan(60_000)
    expect(failed.exit).toBe(1)
    expect(failed.stderr).toMatch(
      /^Error: INSTALLATION FAILED: resource Deployment\/default\/pull not ready\. status: Failed/,
    )
    expect(failed.stderr).toContain('\n  Deployment default/pull (sick/templates/web.yaml:3): ')
    expect(failed.stderr).toMatch(
      /\n {4}Pod pull-\S+: Pending\n {6}container web: ImagePullBackOff, Back-off pulling image/,
    )
    expect(failed.stderr).toMatch(/\n {6}event Failed.*: Failed to pull image "nowhere\/none:1"/)
  })

  test('in a pipe it says what Helm says and no more', async () => {
    const failed = await sandbox.chartctl(['install', 'pipe', chart, '--wait', '--timeout', '1s', ...PULL_ERROR])
    expect(failed.stderr).toBe(
      'Error: INSTALLATION FAILED: resource Deployment/default/pipe not ready. status: InProgress, message: Available: 0/1\ncontext deadline exceeded\n',
    )
  })

  test('with -o json the reasons are JSON', async () => {
    const args = ['upgrade', 'pull', chart, '--wait', '--timeout', '1s', '--explain', '-o', 'json', ...PULL_ERROR]
    const [, ...rest] = (await sandbox.chartctl(args)).stderr.trimEnd().split('\n')
    expect(JSON.parse(rest.at(-1) ?? '')).toMatchObject({
      reasons: [
        { subject: 'Deployment default/pull', template: 'sick/templates/web.yaml:3', causes: [{ text: 'Pending' }] },
      ],
    })
  })
})
