import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { capturedOutput, fixedInput, runCli } from '../../src/cli/index.ts'
import { type RunningCluster, startCluster } from '../../src/cluster/cluster.ts'

const CHART: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: hooked\nversion: 0.1.0\n',
  'templates/hook.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: endless
  annotations: { helm.sh/hook: pre-install, helm.sh/hook-delete-policy: hook-failed }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] } } }
`,
}

let cluster: RunningCluster
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'chartctl-interrupt-'))
  mkdirSync(path.join(folder, 'chart/templates'), { recursive: true })
  for (const [name, text] of Object.entries(CHART)) writeFileSync(path.join(folder, 'chart', name), text)
  // No node: the job of the hook never begins.
  cluster = await startCluster({ storage: 'memory', nodes: 0 })
  writeFileSync(path.join(folder, 'kubeconfig'), cluster.kubeconfigText)
})
afterAll(async () => {
  await cluster.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function run(argv: readonly string[], signal?: AbortSignal) {
  const [stdout, stderr] = [capturedOutput(), capturedOutput()]
  const env = { HOME: folder, KUBECONFIG: path.join(folder, 'kubeconfig'), TZ: 'UTC' }
  const around = { io: { stdin: fixedInput(), stdout, stderr }, env, programPath: 'chartctl' }
  const exit = await runCli(argv, signal === undefined ? around : { ...around, signal: () => signal })
  return { exit, stdout: stdout.text(), stderr: stderr.text() }
}

const jobStatus = async (): Promise<number> => {
  const jobs = '/apis/batch/v1/namespaces/default/jobs/endless'
  return (await cluster.transport.request({ method: 'GET', path: jobs })).status
}

test('an interrupt while a hook runs leaves its end unknown and the hook where it is', {
  timeout: 120_000,
}, async () => {
  const interrupt = new AbortController()
  const installed = run(['install', 'web', path.join(folder, 'chart')], interrupt.signal)
  while ((await jobStatus()) !== 200) await new Promise((resolve) => setTimeout(resolve, 20))
  interrupt.abort()
  expect(await installed).toEqual({
    exit: 1,
    stdout: 'Release web has been cancelled.\n',
    stderr: 'Error: INSTALLATION FAILED: context canceled\n',
  })
  const { stdout } = await run(['status', 'web', '-o', 'json'])
  const { info, hooks } = JSON.parse(stdout) as { info: { status: string }; hooks: { last_run: { phase: string } }[] }
  expect(info.status).toBe('failed')
  expect(hooks[0]?.last_run.phase).toBe('Unknown')
  expect(await jobStatus()).toBe(200)
})
