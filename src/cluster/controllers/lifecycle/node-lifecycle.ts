import { formatTime, jsonEqual } from '../../../api/index.ts'
import type { ComponentContext, Condition, Node, Requeue, Taint } from '../../control/index.ts'
import { conditionOf, LEASES, NODES, PODS, timeMs } from '../../control/index.ts'

const graceMs = 40_000

const reconciledLabels: readonly (readonly [source: string, target: string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
]

/** Taints that the node lifecycle controller owns. */
const ownTaints = new Set([
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/unschedulable',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/pid-pressure',
  'node.kubernetes.io/network-unavailable',
])

/** The taints that follow from a node's conditions and `unschedulable`. */
function wantedTaints(node: Node): Taint[] {
  const status = (type: string): string | undefined => conditionOf(node.status?.conditions, type)?.status
  const ready = status('Ready')
  const taints: Taint[] = []
  const both = (key: string): number => taints.push({ key, effect: 'NoSchedule' }, { key, effect: 'NoExecute' })
  if (ready === 'Unknown') both('node.kubernetes.io/unreachable')
  else if (ready !== 'True') both('node.kubernetes.io/not-ready')
  const pressures: readonly (readonly [string, string])[] = [
    ['MemoryPressure', 'memory-pressure'],
    ['DiskPressure', 'disk-pressure'],
    ['PIDPressure', 'pid-pressure'],
    ['NetworkUnavailable', 'network-unavailable'],
  ]
  for (const [type, key] of pressures)
    if (status(type) === 'True') taints.push({ key: `node.kubernetes.io/${key}`, effect: 'NoSchedule' })
  if (node.spec.unschedulable === true) taints.push({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })
  return taints
}

/** The taints of a node with those of this controller put right; present ones keep their time. */
export function mergeTaints(node: Node, now: string): Taint[] {
  const present = node.spec.taints ?? []
  const wanted = wantedTaints(node)
  const kept = present.filter(
    (taint) =>
      !ownTaints.has(taint.key) || wanted.some((other) => other.key === taint.key && other.effect === taint.effect),
  )
  const missing = wanted.filter(
    (taint) => !present.some((other) => other.key === taint.key && other.effect === taint.effect),
  )
  return [...kept, ...missing.map((taint) => ({ ...taint, timeAdded: now }))]
}

/**
 * As Kubernetes' node lifecycle controller: taints nodes by condition, marks a node whose lease has run out as Unknown, and
 * keeps the old spellings of the system and architecture labels.
 */
export function startNodeLifecycle(ctx: ComponentContext): void {
  const nodes = ctx.informers.of(NODES)
  const leases = ctx.informers.selected(LEASES, 'metadata.namespace=kube-node-lease')
  const pods = ctx.informers.of(PODS)
  pods.addIndex('node', (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []))
  const record = ctx.recorder({ component: 'node-controller' })
  const loop = ctx.loop('node-lifecycle-controller', (name) => reconcile(name), 2)
  nodes.on({
    add: (node) => {
      record(
        { ...node, metadata: { ...node.metadata } },
        {
          type: 'Normal',
          reason: 'RegisteredNode',
          message: `Node ${node.metadata.name} event: Registered Node ${node.metadata.name} in Controller`,
        },
      )
      loop.queue.add(node.metadata.name)
    },
    update: (_old, node) => loop.queue.add(node.metadata.name),
  })
  leases.on({ add: (lease) => loop.queue.add(lease.metadata.name) })

  async function reconcile(name: string): Promise<Requeue | undefined> {
    const node = nodes.get('', name)
    if (node === undefined || node.metadata.deletionTimestamp !== undefined) return undefined
    const dueMs = leaseDueMs(name)
    if (dueMs !== undefined && dueMs <= 0 && (await markUnknown(node))) return undefined
    await fixLabels(node)
    const taints = mergeTaints(node, formatTime(ctx.nowMs()))
    if (!jsonEqual(taints, node.spec.taints ?? [])) {
      const { resourceVersion } = node.metadata
      await ctx.client.patch(
        NODES,
        { name },
        { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } },
      )
    }
    return dueMs === undefined || dueMs <= 0 ? undefined : { requeueAfterMs: dueMs }
  }

  /** Milliseconds until the node's lease runs out; undefined without a lease: no heartbeat is expected. */
  function leaseDueMs(name: string): number | undefined {
    const lease = leases.get('kube-node-lease', name)
    const renewed = timeMs((lease?.spec as { renewTime?: string } | undefined)?.renewTime)
    return Number.isNaN(renewed) ? undefined : renewed + graceMs - ctx.nowMs()
  }

  async function markUnknown(node: Node): Promise<boolean> {
    const conditions = node.status?.conditions ?? []
    const types = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']
    if (types.every((type) => conditionOf(conditions, type)?.status === 'Unknown')) return false
    const now = formatTime(ctx.nowMs())
    const unknown = (condition: Condition): Condition =>
      types.includes(condition.type) && condition.status !== 'Unknown'
        ? {
            ...condition,
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
            lastTransitionTime: now,
          }
        : condition
    const status = { conditions: conditions.map(unknown) }
    await ctx.client.patch(NODES, node.metadata, { status }, { subresource: 'status' })
    record(node, {
      type: 'Normal',
      reason: 'NodeNotReady',
      message: `Node ${node.metadata.name} status is now: NodeNotReady`,
    })
    return true
  }

  async function fixLabels(node: Node): Promise<void> {
    const labels: Record<string, string> = {}
    for (const [source, target] of reconciledLabels) {
      const value = node.metadata.labels?.[source]
      if (value !== undefined && node.metadata.labels?.[target] !== value) labels[target] = value
    }
    if (Object.keys(labels).length > 0) await ctx.client.patch(NODES, node.metadata, { metadata: { labels } })
  }
}
