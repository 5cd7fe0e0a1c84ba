import type { Namespace, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../control/index.ts'
import type { NodeInfo } from './node-info.ts'

/** What plugins may look at: one consistent view of the cluster for one pod. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[]
  /** True when some pod on a node has rules about other pods. */
  readonly anyAffinity: boolean
  namespace(name: string): Namespace | undefined
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined
  volume(name: string): PersistentVolume | undefined
  volumes(): readonly PersistentVolume[]
  storageClass(name: string): StorageClass | undefined
  /** How many volumes of each CSI driver a node takes. */
  volumeLimits(node: string): ReadonlyMap<string, number> | undefined
  /** Pods that were promised room on a node by removing others, and that are not less important than `pod`. */
  nominated(node: string, pod: Pod): readonly Pod[]
}

/** Why a node (or, from `prepare`, every node) cannot take a pod. */
export interface Rejection {
  /** Kubernetes' words. */
  readonly reasons: readonly string[]
  /** Removing other pods could help. */
  readonly resolvable: boolean
}

/** One rule of the default profile. `State` is what `prepare` worked out once for all nodes. */
export interface Plugin {
  readonly name: string
  /** Work that does not depend on the node; a rejection ends the attempt for all nodes. */
  readonly prepare?: (
    pod: Pod,
    snapshot: Snapshot,
  ) => { readonly state?: unknown; readonly rejection?: Rejection } | undefined
  /** Undefined when the node fits. */
  readonly filter?: (pod: Pod, node: NodeInfo, state: unknown, snapshot: Snapshot) => Rejection | undefined
  readonly weight?: number
  /** Scores are from 0 to 100 already and count as they are; else they are spread over that range. */
  readonly absolute?: boolean
  /** Scores of all feasible nodes, any scale; larger is better. Null: nothing to say. */
  readonly score?: (pod: Pod, nodes: readonly NodeInfo[], state: unknown, snapshot: Snapshot) => number[] | undefined
}

/** What one attempt found out. */
export interface Attempt {
  readonly node?: NodeInfo
  /** Message of the failure, without what preemption has to say. */
  readonly message?: string
  /** The attempt ended before any node was looked at: preemption has no say. */
  readonly ended?: boolean
  /** Per node why it does not fit. */
  readonly rejections: ReadonlyMap<string, Rejection>
  readonly prepared: ReadonlyMap<string, unknown>
}

/** Counts reasons and prints them as Kubernetes' FitError does: `3 Insufficient cpu, 1 node(s) were unschedulable`. */
export function reasonText(rejections: Iterable<Rejection>): string {
  const counts = new Map<string, number>()
  for (const { reasons } of rejections) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')
}

/** Runs the plugins over all nodes and picks one. */
export function attempt(plugins: readonly Plugin[], pod: Pod, snapshot: Snapshot): Attempt {
  const prepared = new Map<string, unknown>()
  const rejections = new Map<string, Rejection>()
  const total = snapshot.nodes.length
  if (total === 0) return { message: 'no nodes available to schedule pods', rejections, prepared }
  for (const plugin of plugins) {
    const result = plugin.prepare?.(pod, snapshot)
    if (result?.rejection !== undefined) {
      for (const node of snapshot.nodes) rejections.set(node.name, result.rejection)
      return {
        // What Kubernetes' resource claims say when the attempt ends before they were looked at.
        message: `0/${total} nodes are available: ${result.rejection.reasons.join(', ')}. not found`,
        ended: true,
        rejections,
        prepared,
      }
    }
    prepared.set(plugin.name, result?.state)
  }
  const feasible: NodeInfo[] = []
  for (const node of snapshot.nodes) {
    const rejection = filterWithNominated(plugins, pod, node, prepared, snapshot)
    if (rejection === undefined) feasible.push(node)
    else rejections.set(node.name, rejection)
  }
  if (feasible.length === 0) {
    return { message: `0/${total} nodes are available: ${reasonText(rejections.values())}.`, rejections, prepared }
  }
  const node = feasible.length === 1 ? feasible[0] : best(plugins, pod, feasible, prepared, snapshot)
  return { ...(node ? { node } : {}), rejections, prepared }
}

/** As filterNode, with room kept for the pods that were promised it. */
function filterWithNominated(
  plugins: readonly Plugin[],
  pod: Pod,
  node: NodeInfo,
  prepared: ReadonlyMap<string, unknown>,
  snapshot: Snapshot,
): Rejection | undefined {
  const promised = snapshot.nominated(node.name, pod)
  if (promised.length > 0) {
    const trial = node.copy()
    for (const other of promised) trial.addPod(other)
    const rejection = filterNode(plugins, pod, trial, prepared, snapshot)
    if (rejection !== undefined) return rejection
  }
  return filterNode(plugins, pod, node, prepared, snapshot)
}

/** The first plugin's objection to one node. */
export function filterNode(
  plugins: readonly Plugin[],
  pod: Pod,
  node: NodeInfo,
  prepared: ReadonlyMap<string, unknown>,
  snapshot: Snapshot,
): Rejection | undefined {
  for (const plugin of plugins) {
    const rejection = plugin.filter?.(pod, node, prepared.get(plugin.name), snapshot)
    if (rejection !== undefined) return rejection
  }
  return undefined
}

function best(
  plugins: readonly Plugin[],
  pod: Pod,
  nodes: readonly NodeInfo[],
  prepared: ReadonlyMap<string, unknown>,
  snapshot: Snapshot,
): NodeInfo | undefined {
  const totals = new Array<number>(nodes.length).fill(0)
  for (const plugin of plugins) {
    const scores = plugin.score?.(pod, nodes, prepared.get(plugin.name), snapshot)
    if (scores === undefined) continue
    const low = Math.min(...scores)
    const span = Math.max(...scores) - low
    if (span === 0) continue
    for (let i = 0; i < nodes.length; i++) {
      const score = scores[i] ?? 0
      const points = plugin.absolute === true ? score : Math.round(((score - low) / span) * 100)
      totals[i] = (totals[i] ?? 0) + points * (plugin.weight ?? 1)
    }
  }
  // Kubernetes draws lots among equals; here the emptiest wins, then the one that joined first.
  let chosen = 0
  for (let i = 1; i < nodes.length; i++) {
    const ahead = (totals[i] ?? 0) - (totals[chosen] ?? 0)
    const emptier = (nodes[i]?.pods.size ?? 0) < (nodes[chosen]?.pods.size ?? 0)
    if (ahead > 0 || (ahead === 0 && emptier)) chosen = i
  }
  return nodes[chosen]
}
