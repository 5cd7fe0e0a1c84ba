import type { ComponentContext } from '../control/index.ts'
import { apiVersionOfType, isApiError, LEASES, microTimestamp, NODES } from '../control/index.ts'
import { isLost } from './pod-worker.ts'

const renewMs = 10_000
const durationSeconds = 40
const namespace = 'kube-node-lease'

/**
 * Renews the leases of the nodes that the agent registered itself, as kubelet's heartbeat: every ten seconds, valid for
 * forty. Nodes that clients created have none, which the node lifecycle controller takes as "no heartbeat expected".
 */
export function startLeases(ctx: ComponentContext, names: readonly string[]): void {
  const client = ctx.client.as('kubelet')
  const known = new Set<string>()
  let cancel = (): void => {}
  const renew = async (name: string): Promise<void> => {
    const node = ctx.informers.of(NODES).get('', name)
    if (node === undefined || isLost(node)) return
    const renewTime = microTimestamp(ctx.nowMs())
    if (known.has(name)) {
      try {
        await client.patch(LEASES, { namespace, name }, { spec: { renewTime } })
        return
      } catch (error) {
        if (!isApiError(error, 'NOT_FOUND')) throw error
        known.delete(name)
      }
    }
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid: node.metadata.uid }]
    const spec = { holderIdentity: name, leaseDurationSeconds: durationSeconds, renewTime }
    try {
      await client.create(LEASES, {
        apiVersion: apiVersionOfType(LEASES),
        kind: 'Lease',
        metadata: { name, namespace, ownerReferences },
        spec,
      })
    } catch (error) {
      if (!isApiError(error, 'ALREADY_EXISTS')) throw error
      await client.patch(LEASES, { namespace, name }, { metadata: { ownerReferences }, spec })
    }
    known.add(name)
  }
  const round = (): void => {
    for (const name of names) void renew(name).catch((error: unknown) => ctx.report('node-lease', name, error))
    cancel = ctx.clock.after(renewMs, round)
  }
  cancel = ctx.clock.after(500, round)
  ctx.onStop(() => cancel())
}
