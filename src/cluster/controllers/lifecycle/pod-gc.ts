import { formatTime } from '../../../api/index.ts'
import type { ComponentContext, Pod } from '../../control/index.ts'
import { isApiError, isFinished, keyOf, NODES, PODS, splitKey } from '../../control/index.ts'

/** How long a pod may point to a node that is not there. */
const quarantineMs = 40_000

/**
 * As Kubernetes' pod garbage collector: deletes pods whose node has gone, and pods without a node that are being deleted.
 * (The third rule, a limit of finished pods, starts at 12,500 pods.)
 */
export function startPodGc(ctx: ComponentContext): void {
  const pods = ctx.informers.of(PODS)
  const nodes = ctx.informers.of(NODES)
  const missing = new Map<string, number>()
  pods.addIndex('node', (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []))
  const loop = ctx.loop('pod-garbage-collector', async (key) => {
    const { namespace, name } = splitKey(key)
    const pod = pods.get(namespace, name)
    if (pod === undefined) return undefined
    if (!pod.spec.nodeName) {
      if (pod.metadata.deletionTimestamp !== undefined) await remove(pod, false)
      return undefined
    }
    if (nodes.get('', pod.spec.nodeName) !== undefined) {
      missing.delete(pod.metadata.uid)
      return undefined
    }
    if (pod.metadata.deletionTimestamp === undefined) {
      const sinceMs = missing.get(pod.metadata.uid) ?? ctx.nowMs()
      missing.set(pod.metadata.uid, sinceMs)
      const leftMs = sinceMs + quarantineMs - ctx.nowMs()
      if (leftMs > 0) return { requeueAfterMs: leftMs }
      if ((await ctx.client.get(NODES, { name: pod.spec.nodeName })) !== undefined) return undefined
    }
    await remove(pod, true)
    return undefined
  })
  const offer = (pod: Pod): void => {
    if (
      pod.spec.nodeName
        ? nodes.hasSynced && nodes.get('', pod.spec.nodeName) === undefined
        : pod.metadata.deletionTimestamp !== undefined
    ) {
      loop.queue.add(keyOf(pod))
    }
  }
  pods.on({ add: offer, update: (_old, pod) => offer(pod), delete: (pod) => missing.delete(pod.metadata.uid) })
  nodes.on({
    delete: (node) => {
      for (const pod of pods.byIndex('node', node.metadata.name)) loop.queue.add(keyOf(pod))
    },
  })

  async function remove(pod: Pod, orphaned: boolean): Promise<void> {
    const { uid } = pod.metadata
    try {
      if (orphaned && !isFinished(pod)) {
        const message = 'PodGC: node no longer exists'
        const condition = {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'DeletionByPodGC',
          message,
          lastTransitionTime: formatTime(ctx.nowMs()),
        }
        const conditions = [
          ...(pod.status?.conditions ?? []).filter((other) => other.type !== condition.type),
          condition,
        ]
        await ctx.client.patch(
          PODS,
          pod.metadata,
          { metadata: { uid }, status: { phase: 'Failed', conditions } },
          { subresource: 'status' },
        )
      }
      await ctx.client.delete(PODS, pod.metadata, { uid, gracePeriodSeconds: 0 })
    } catch (error) {
      if (!isApiError(error, 'NOT_FOUND', 'CONFLICT')) throw error
    }
  }
}
