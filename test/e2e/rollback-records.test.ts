import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ChartOnCluster, chartOnCluster } from '../support/chart-on-cluster.ts'

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
  let world: ChartOnCluster
  beforeAll(async () => {
    world = await chartOnCluster(CHART)
  })
  afterAll(() => world.stop())

  const hooksOf = async (revision: number): Promise<readonly RecordedHook[]> => {
    const { stdout } = await world.run(['status', 'web', '--revision', String(revision), '-o', 'json'])
    return (JSON.parse(stdout) as { hooks: RecordedHook[] }).hooks
  }

  test('tells of its hooks in its own record only', { timeout: 120_000 }, async () => {
    expect(await world.run(['install', 'web', world.chart])).toMatchObject({ exit: 0 })
    expect(await world.run(['rollback', 'web', '1', '--wait', '--timeout', '1s'])).toMatchObject({ exit: 1 })
    expect(await hooksOf(1)).toMatchObject([{ last_run: { phase: '' } }])
    expect((await hooksOf(1))[0]?.delete_policies).toBeUndefined()
    expect(await hooksOf(2)).toMatchObject([{ last_run: { phase: 'Succeeded' } }])
  })
})
