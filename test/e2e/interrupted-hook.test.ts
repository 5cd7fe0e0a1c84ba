import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ChartOnCluster, chartOnCluster } from '../support/chart-on-cluster.ts'

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

let world: ChartOnCluster
beforeAll(async () => {
  world = await chartOnCluster(CHART)
})
afterAll(() => world.stop())

const jobStatus = async (): Promise<number> => {
  const jobs = '/apis/batch/v1/namespaces/default/jobs/endless'
  return (await world.cluster.transport.request({ method: 'GET', path: jobs })).status
}

test('an interrupt while a hook runs leaves its end unknown and the hook where it is', {
  timeout: 120_000,
}, async () => {
  const interrupt = new AbortController()
  const installed = world.run(['install', 'web', world.chart], interrupt.signal)
  while ((await jobStatus()) !== 200) await new Promise((resolve) => setTimeout(resolve, 20))
  interrupt.abort()
  expect(await installed).toEqual({
    exit: 1,
    stdout: 'Release web has been cancelled.\n',
    stderr: 'Error: INSTALLATION FAILED: context canceled\n',
  })
  const { stdout } = await world.run(['status', 'web', '-o', 'json'])
  const { info, hooks } = JSON.parse(stdout) as { info: { status: string }; hooks: { last_run: { phase: string } }[] }
  expect(info.status).toBe('failed')
  expect(hooks[0]?.last_run.phase).toBe('Unknown')
  expect(await jobStatus()).toBe(200)
})
