import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { capturedOutput, fixedInput, runCli } from '../../src/cli/index.ts'
import { type RunningCluster, startCluster } from '../../src/cluster/cluster.ts'

const CHART: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: waiting\nversion: 0.1.0\n',
  'templates/claim.yaml': `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: never-bound }
spec: { accessModes: [ReadWriteOnce], storageClassName: none, resources: { requests: { storage: 1Gi } } }
`,
  'templates/hook.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: before, annotations: { helm.sh/hook: pre-rollback } }
`,
}

interface RecordedHook {
  readonly delete_policies?: readonly string[]
  readonly last_run: { readonly phase: string }
}

describe('a rollback to the newest revision whose wait fails', () => {
  let cluster: RunningCluster
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'chartctl-rollback-'))
    mkdirSync(path.join(folder, 'chart/templates'), { recursive: true })
    for (const [name, text] of Object.entries(CHART)) writeFileSync(path.join(folder, 'chart', name), text)
    cluster = await startCluster({ storage: 'memory', nodes: 0 })
    writeFileSync(path.join(folder, 'kubeconfig'), cluster.kubeconfigText)
  })
  afterAll(async () => {
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const run = async (...argv: readonly string[]) => {
    const [stdout, stderr] = [capturedOutput(), capturedOutput()]
    const env = { HOME: folder, KUBECONFIG: path.join(folder, 'kubeconfig'), TZ: 'UTC' }
    const exit = await runCli(argv, { io: { stdin: fixedInput(), stdout, stderr }, env, programPath: 'chartctl' })
    return { exit, stdout: stdout.text(), stderr: stderr.text() }
  }

  const hooksOf = async (revision: number): Promise<readonly RecordedHook[]> => {
    const { stdout } = await run('status', 'web', '--revision', String(revision), '-o', 'json')
    return (JSON.parse(stdout) as { hooks: RecordedHook[] }).hooks
  }

  test('tells of its hooks in its own record only', { timeout: 120_000 }, async () => {
    expect(await run('install', 'web', path.join(folder, 'chart'))).toMatchObject({ exit: 0 })
    expect(await run('rollback', 'web', '1', '--wait', '--timeout', '1s')).toMatchObject({ exit: 1 })
    expect(await hooksOf(1)).toMatchObject([{ last_run: { phase: '' } }])
    expect((await hooksOf(1))[0]?.delete_policies).toBeUndefined()
    expect(await hooksOf(2)).toMatchObject([{ last_run: { phase: 'Succeeded' } }])
  })
})
