import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { capturedOutput, fixedInput, runCli } from '../../src/cli/index.ts'
import { type RunningCluster, startCluster } from '../../src/cluster/cluster.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { type Finished, run } from '../support/program.ts'

const CHART: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: shared\nversion: 0.1.0\nappVersion: "7"\n',
  'values.yaml': 'color: red\n',
  'templates/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }} }
data: { color: {{ .Values.color }}, revision: "{{ .Release.Revision }}" }
`,
}

const hasHelm = /^v4\./.test(spawnSync('helm', ['version', '--short'], { encoding: 'utf8' }).stdout ?? '')
if (!hasHelm) console.log('what Helm and chartctl do with one release is not tried: there is no helm 4 on the PATH')

/** Runs a command line and gives its exit code and output. */
type Tool = (...argv: readonly string[]) => Promise<Finished>

describe.skipIf(!hasHelm)(
  'releases go from one tool to the other',
  () => {
    let cluster: RunningCluster
    let postgres: PostgresServer | undefined
    let folder: string

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'chartctl-interop-'))
      mkdirSync(path.join(folder, 'shared/templates'), { recursive: true })
      for (const [name, text] of Object.entries(CHART)) writeFileSync(path.join(folder, 'shared', name), text)
      cluster = await startCluster({ storage: 'memory', nodes: 0 })
      writeFileSync(path.join(folder, 'kubeconfig'), cluster.kubeconfigText, { mode: 0o600 })
      if (whyNoPostgres() === undefined) postgres = await startPostgres()
    })
    afterAll(async () => {
      await postgres?.stop()
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const tools = (driver: string): { chartctl: Tool; helm: Tool } => {
      const env = {
        HOME: folder,
        KUBECONFIG: path.join(folder, 'kubeconfig'),
        TZ: 'UTC',
        HELM_DRIVER: driver,
        HELM_DRIVER_SQL_CONNECTION_STRING: `${postgres?.connection ?? ''} sslmode=disable`,
      }
      const chartctl: Tool = async (...argv) => {
        const [stdout, stderr] = [capturedOutput(), capturedOutput()]
        const exit = await runCli(argv, { io: { stdin: fixedInput(), stdout, stderr }, env, programPath: 'chartctl' })
        return { exit, stdout: stdout.text(), stderr: stderr.text() }
      }
      const helm: Tool = (...argv) => run(['helm', ...argv], { env: { ...env, PATH: process.env.PATH } })
      return { chartctl, helm }
    }

    const done = async (result: ReturnType<Tool>): Promise<string> => {
      const { exit, stdout, stderr } = await result
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
      return stdout
    }

    describe.each(['secret', 'configmap', 'sql'])('kept by the driver %s', (driver) => {
      test.skipIf(driver === 'sql' && whyNoPostgres() !== undefined).each([
        ['chartctl', 'helm'],
        ['helm', 'chartctl'],
      ] as const)('%s begins', async (first, second) => {
        const { [first]: one, [second]: other } = tools(driver)
        const name = `${driver}-${first}`
        const chart = path.join(folder, 'shared')
        await done(one('install', name, chart, '--labels', 'team=red', '--set', 'color=blue'))
        for (const question of [
          ['get', 'all', name],
          ['list', '--selector', 'team=red', '-o', 'json'],
          ['get', 'metadata', name],
          ['history', name],
        ]) {
          expect(await done(other(...question))).toBe(await done(one(...question)))
        }
        await done(other('upgrade', name, chart, '--reuse-values', '--labels', 'tier=web'))
        expect(JSON.parse(await done(one('get', 'values', name, '-o', 'json')))).toEqual({ color: 'blue' })
        await done(one('upgrade', name, chart, '--set', 'color=green'))
        await done(other('rollback', name, '1'))
        const history = JSON.parse(await done(one('history', name, '-o', 'json'))) as { status: string }[]
        expect(history.map(({ status }) => status)).toEqual(['superseded', 'superseded', 'superseded', 'deployed'])
        expect(await done(other('get', 'manifest', name))).toBe(await done(one('get', 'manifest', name)))
        await done(other('uninstall', name, '--keep-history'))
        expect(await done(one('list', '--uninstalled', '-q'))).toContain(name)
        await done(one('uninstall', name))
        expect(await done(other('list', '-q'))).not.toContain(name)
      })
    })
  },
  120_000,
)
