import type { Pod } from '../control/index.ts'
import { timeMs } from '../control/index.ts'
import type { Attempt, Plugin, Rejection, Snapshot } from './framework.ts'
import { filterNode, reasonText } from './framework.ts'
import type { NodeInfo } from './node-info.ts'

/** What preemption decided. */
export interface Preemption {
  readonly node?: string
  readonly victims: readonly Pod[]
  /** What is added to the failure's message. */
  readonly message: string
}

const prefix = 'no new claims to deallocate, preemption: '

/** Lower-priority pods of a node whose removal lets the pod in, as few as possible; undefined when there are none. */
function victimsOn(plugins: readonly Plugin[], pod: Pod, node: NodeInfo, snapshot: Snapshot): Pod[] | undefined {
  const priority = pod.spec.priority ?? 0
  const lower = [...node.pods.values()].filter((other) => (other.spec.priority ?? 0) < priority)
  if (lower.length === 0) return undefined
  const trial = node.copy()
  for (const other of lower) trial.removePod(other.metadata.uid)
  const view: Snapshot = { ...snapshot, nodes: snapshot.nodes.map((n) => (n.name === node.name ? trial : n)) }
  const fits = (): boolean => {
    const prepared = new Map(plugins.map((plugin) => [plugin.name, plugin.prepare?.(pod, view)?.state]))
    return filterNode(plugins, pod, trial, prepared, view) === undefined
  }
  if (!fits()) return undefined
  const byImportance = lower.sort(
    (a, b) =>
      (b.spec.priority ?? 0) - (a.spec.priority ?? 0) || timeMs(a.status?.startTime) - timeMs(b.status?.startTime),
  )
  const victims: Pod[] = []
  for (const other of byImportance) {
    trial.addPod(other)
    if (fits()) continue
    trial.removePod(other.metadata.uid)
    victims.push(other)
  }
  return victims
}

/**
 * Looks for a node where removing pods of lower priority makes room: the one whose most important victim is least important,
 * then with the fewest victims. The message is what DefaultPreemption adds to the event.
 */
export function preempt(plugins: readonly Plugin[], pod: Pod, attempt: Attempt, snapshot: Snapshot): Preemption {
  if (pod.spec.preemptionPolicy === 'Never') {
    return { victims: [], message: `${prefix}not eligible due to preemptionPolicy=Never.` }
  }
  const refusals: Rejection[] = []
  let best: { node: string; victims: Pod[]; highest: number } | undefined
  for (const node of snapshot.nodes) {
    const rejection = attempt.rejections.get(node.name)
    if (rejection?.resolvable !== true) {
      refusals.push({ reasons: ['Preemption is not helpful for scheduling'], resolvable: false })
      continue
    }
    const victims = victimsOn(plugins, pod, node, snapshot)
    if (victims === undefined) {
      refusals.push({ reasons: ['No preemption victims found for incoming pod'], resolvable: false })
      continue
    }
    const highest = Math.max(...victims.map((victim) => victim.spec.priority ?? 0))
    if (
      best === undefined ||
      highest < best.highest ||
      (highest === best.highest && victims.length < best.victims.length)
    ) {
      best = { node: node.name, victims, highest }
    }
  }
  if (best !== undefined) return { node: best.node, victims: best.victims, message: '' }
  return { victims: [], message: `${prefix}0/${snapshot.nodes.length} nodes are available: ${reasonText(refusals)}.` }
}
