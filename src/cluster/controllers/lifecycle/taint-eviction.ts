import { formatTime, jsonEqual } from '../../../api/index.ts'
import type { ComponentContext, Node, Pod, Requeue } from '../../control/index.ts'
import { isApiError, keyOf, NODES, PODS, splitKey, timeMs, tolerates } from '../../control/index.ts'

/** When a pod must leave a node because of its NoExecute taints: milliseconds from now, 0 at once, undefined never. */
export function evictionDelayMs(pod: Pod, node: Node, nowMs: number): number | undefined {
  let dueMs: number | undefined
  for (const taint of node.spec.taints ?? []) {
    if (taint.effect !== 'NoExecute') continue
    const tolerations = (pod.spec.tolerations ?? []).filter((toleration) => tolerates(toleration, taint))
    if (tolerations.length === 0) return 0
    const limits = tolerations
      .filter((toleration) => toleration.tolerationSeconds !== undefined)
      .map((toleration) => toleration.tolerationSeconds ?? 0)
    if (limits.length === 0) continue
    const added = timeMs(taint.timeAdded)
    const since = Number.isNaN(added) ? nowMs : added
    const left = Math.max(0, since + Math.max(0, Math.min(...limits)) * 1000 - nowMs)
    dueMs = dueMs === undefined ? left : Math.min(dueMs, left)
  }
  return dueMs
}

/** As Kubernetes' taint eviction controller: deletes pods that do not tolerate a NoExecute taint, or no longer. */
export function startTaintEviction(ctx: ComponentContext): void {
  const nodes = ctx.informers.of(NODES)
  const pods = ctx.informers.of(PODS)
  const record = ctx.recorder({ component: 'taint-eviction-controller' })
  /** When the toleration of a taint without a time began to run. */
  const since = new Map<string, number>()
  pods.addIndex('node', (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []))
  const loop = ctx.loop('taint-eviction-controller', (key) => reconcile(key), 8)
  const wake = (node: Node): void => {
    for (const pod of pods.byIndex('node', node.metadata.name)) loop.queue.add(keyOf(pod))
  }
  nodes.on({
    update: (old, node) => {
      if (!jsonEqual(old.spec.taints, node.spec.taints)) wake(node)
    },
  })
  pods.on({
    add: (pod) => {
      if (pod.spec.nodeName && nodes.get('', pod.spec.nodeName)?.spec.taints?.length) loop.queue.add(keyOf(pod))
    },
    update: (old, pod) => {
      if (old.spec.nodeName !== pod.spec.nodeName && nodes.get('', pod.spec.nodeName ?? '')?.spec.taints?.length)
        loop.queue.add(keyOf(pod))
    },
    delete: (pod) => since.delete(pod.metadata.uid),
  })

  async function reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const pod = pods.get(namespace, name)
    const node = pod?.spec.nodeName ? nodes.get('', pod.spec.nodeName) : undefined
    if (pod === undefined || node === undefined || pod.metadata.deletionTimestamp !== undefined) return undefined
    const nowMs = ctx.nowMs()
    const dueMs = evictionDelayMs(pod, withTimes(pod, node, nowMs), nowMs)
    if (dueMs === undefined) {
      since.delete(pod.metadata.uid)
      return undefined
    }
    if (dueMs > 0) return { requeueAfterMs: dueMs }
    record(pod, {
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message: `Marking for deletion Pod ${namespace}/${name}`,
    })
    await evict(pod, nowMs)
    return undefined
  }

  /** Taints that a user sets have no time: their tolerations run from when we first saw them. */
  function withTimes(pod: Pod, node: Node, nowMs: number): Node {
    if (!node.spec.taints?.some((taint) => taint.effect === 'NoExecute')) return node
    const first = since.get(pod.metadata.uid) ?? nowMs
    since.set(pod.metadata.uid, first)
    const taints = node.spec.taints.map((taint) =>
      taint.timeAdded ? taint : { ...taint, timeAdded: new Date(first).toISOString() },
    )
    return { ...node, spec: { ...node.spec, taints } }
  }

  async function evict(pod: Pod, nowMs: number): Promise<void> {
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: formatTime(nowMs),
    }
    const conditions = [...(pod.status?.conditions ?? []).filter((other) => other.type !== condition.type), condition]
    try {
      await ctx.client.patch(
        PODS,
        pod.metadata,
        { metadata: { uid: pod.metadata.uid }, status: { conditions } },
        { subresource: 'status' },
      )
      await ctx.client.delete(PODS, pod.metadata, { uid: pod.metadata.uid })
    } catch (error) {
      if (!isApiError(error, 'NOT_FOUND')) throw error
    }
  }
}
