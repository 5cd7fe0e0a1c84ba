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

/** A set of pods to remove from a node. */
interface Candidate {
  readonly node: string
  /** The most important one first. */
  readonly victims: readonly Pod[]
  /** How many of them a disruption budget would keep. */
  readonly violations: number
}

/** Which pods may not be removed without breaking a disruption budget: those beyond what the budgets allow. */
export type BudgetCheck = (pods: readonly Pod[]) => ReadonlySet<Pod>

function byImportance(a: Pod, b: Pod): number {
  return (b.spec.priority ?? 0) - (a.spec.priority ?? 0) || timeMs(a.status?.startTime) - timeMs(b.status?.startTime)
}

/**
 * Lower-priority pods of a node whose removal lets the pod in, as few as possible, and rather such as no disruption budget
 * protects; undefined when there are none.
 */
function candidateOn(
  plugins: readonly Plugin[],
  pod: Pod,
  node: NodeInfo,
  snapshot: Snapshot,
  violating: BudgetCheck,
): Candidate | undefined {
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
  const sorted = lower.sort(byImportance)
  const kept = violating(sorted)
  const victims: Pod[] = []
  // Those that a budget protects get their place back first.
  for (const other of [...sorted.filter((each) => kept.has(each)), ...sorted.filter((each) => !kept.has(each))]) {
    trial.addPod(other)
    if (fits()) continue
    trial.removePod(other.metadata.uid)
    victims.push(other)
  }
  const violations = victims.filter((victim) => kept.has(victim)).length
  return { node: node.name, victims: victims.sort(byImportance), violations }
}

/** Negative when the first candidate is the better one, by Kubernetes' order of criteria. */
function compareCandidates(a: Candidate, b: Candidate): number {
  const highest = ({ victims }: Candidate): number => victims[0]?.spec.priority ?? Number.NEGATIVE_INFINITY
  const sum = ({ victims }: Candidate): number =>
    victims.reduce((total, victim) => total + (victim.spec.priority ?? 0) + 2 ** 31, 0)
  const earliest = ({ victims }: Candidate): number => {
    const top = victims.filter((victim) => (victim.spec.priority ?? 0) === (victims[0]?.spec.priority ?? 0))
    return Math.min(...top.map((victim) => timeMs(victim.status?.startTime)))
  }
  return (
    a.violations - b.violations ||
    highest(a) - highest(b) ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    earliest(b) - earliest(a)
  )
}

/** True while a pod of lower priority still leaves the node that was promised. */
function waitsForVictims(pod: Pod, snapshot: Snapshot): boolean {
  const promised = snapshot.nodes.find(({ name }) => name === pod.status?.nominatedNodeName)
  if (promised === undefined) return false
  return [...promised.pods.values()].some(
    (other) => other.metadata.deletionTimestamp !== undefined && (other.spec.priority ?? 0) < (pod.spec.priority ?? 0),
  )
}

/**
 * Looks for a node where removing pods of lower priority makes room: the one whose victims break the fewest budgets, matter
 * least, and are fewest. The message is what DefaultPreemption adds to the event.
 */
export function preempt(
  plugins: readonly Plugin[],
  pod: Pod,
  attempt: Attempt,
  snapshot: Snapshot,
  violating: BudgetCheck = () => new Set(),
): Preemption {
  if (pod.spec.preemptionPolicy === 'Never') {
    return { victims: [], message: `${prefix}not eligible due to preemptionPolicy=Never.` }
  }
  if (waitsForVictims(pod, snapshot)) {
    return { victims: [], message: `${prefix}not eligible due to a terminating pod on the nominated node.` }
  }
  const refusals: Rejection[] = []
  let best: Candidate | undefined
  for (const node of snapshot.nodes) {
    const rejection = attempt.rejections.get(node.name)
    if (rejection?.resolvable !== true) {
      refusals.push({ reasons: ['Preemption is not helpful for scheduling'], resolvable: false })
      continue
    }
    const candidate = candidateOn(plugins, pod, node, snapshot, violating)
    if (candidate === undefined) {
      refusals.push({ reasons: ['No preemption victims found for incoming pod'], resolvable: false })
    } else if (best === undefined || compareCandidates(candidate, best) < 0) best = candidate
  }
  if (best !== undefined) return { node: best.node, victims: best.victims, message: '' }
  return { victims: [], message: `${prefix}0/${snapshot.nodes.length} nodes are available: ${reasonText(refusals)}.` }
}
