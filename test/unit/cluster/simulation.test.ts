import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startCluster } from '../../../src/cluster/index.ts'

const HOUR_MS = 3_600_000

test('a cluster that starts again is at once as far ahead as it was', { timeout: 30_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'chartctl-simulation-'))
  const options = { storage: 'lmdb', dataDir, port: null } as const
  /** How far ahead the cluster is when it creates an object now. */
  const aheadMs = async (transport: Awaited<ReturnType<typeof startCluster>>['transport']): Promise<number> => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'now-' } }
    const path = '/api/v1/namespaces/default/configmaps'
    const answer = await transport.request({ method: 'POST', path, body })
    const { metadata } = answer.body as { readonly metadata: { readonly creationTimestamp: string } }
    return Date.parse(metadata.creationTimestamp) - Date.now()
  }
  try {
    const first = await startCluster(options)
    const simulation = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'chartctl-simulation' },
      data: { 'clock-ahead': '1h' },
    }
    await first.transport.request({
      method: 'POST',
      path: '/api/v1/namespaces/kube-system/configmaps',
      body: simulation,
    })
    await first.stop()
    const second = await startCluster(options)
    try {
      expect(Math.abs((await aheadMs(second.transport)) - HOUR_MS)).toBeLessThan(5000)
    } finally {
      await second.stop()
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})
