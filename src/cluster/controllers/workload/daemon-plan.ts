import type { KubeObject } from '../../../api/index.ts'
import type { DaemonSet, Node, Pod, Toleration } from '../../control/index.ts'
import { isActive, isAvailable, isReady, matchesNodeAffinity, tolerates } from '../../control/index.ts'
import { scaledValue } from './deployment/model.ts'

/** Tolerations that every daemon pod gets. */
function daemonTolerations(hostNetwork: boolean): Toleration[] {
  const toleration = (name: string, effect: string): Toleration => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect,
  })
  return [
    toleration('not-ready', 'NoExecute'),
    toleration('unreachable', 'NoExecute'),
    toleration('disk-pressure', 'NoSchedule'),
    toleration('memory-pressure', 'NoSchedule'),
    toleration('pid-pressure', 'NoSchedule'),
    toleration('unschedulable', 'NoSchedule'),
    ...(hostNetwork ? [toleration('network-unavailable', 'NoSchedule')] : []),
  ]
}

/** Changes a pod so that only one node can take it, and adds the daemon tolerations. */
export function aimAtNode(pod: KubeObject & Pick<Pod, 'spec'>, node: string): void {
  const { spec } = pod
  const byName = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms = required?.nodeSelectorTerms?.map((term) => ({ ...term, matchFields: byName.matchFields })) ?? [byName]
  spec.affinity = {
    ...spec.affinity,
    nodeAffinity: {
      ...spec.affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { ...required, nodeSelectorTerms: terms },
    },
  }
  const present = spec.tolerations ?? []
  const missing = daemonTolerations(spec.hostNetwork === true).filter(
    (wanted) =>
      !present.some(
        (own) => own.key === wanted.key && own.effect === wanted.effect && own.operator === wanted.operator,
      ),
  )
  spec.tolerations = [...present, ...missing]
}

/** Whether a daemon pod should run on a node, and whether one that runs there may stay. */
export function placement(set: DaemonSet, node: Node): { run: boolean; stay: boolean } {
  const { spec } = set.spec.template
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return { run: false, stay: false }
  const probe = { spec, metadata: {} } as unknown as Pod
  if (!matchesNodeAffinity(probe, node)) return { run: false, stay: false }
  const tolerations = [...(spec.tolerations ?? []), ...daemonTolerations(spec.hostNetwork === true)]
  const blocks = (effects: readonly string[]): boolean =>
    (node.spec.taints ?? []).some(
      (taint) => effects.includes(taint.effect) && !tolerations.some((t) => tolerates(t, taint)),
    )
  if (!blocks(['NoSchedule', 'NoExecute'])) return { run: true, stay: true }
  return { run: false, stay: !blocks(['NoExecute']) }
}

/** The node that a daemon pod is on, or meant for. */
function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return terms.flatMap((term) => term.matchFields ?? []).find((field) => field.key === 'metadata.name')?.values?.[0]
}

/** Pods to create (by node) and to delete so that every node has what it should have. */
export interface DaemonPlan {
  readonly create: string[]
  readonly delete: Pod[]
  readonly failed: Pod[]
}

/** Pods by the node they are on or meant for. */
function podsByNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>()
  for (const pod of pods) {
    const node = targetNode(pod)
    if (node !== undefined) byNode.set(node, [...(byNode.get(node) ?? []), pod])
  }
  return byNode
}

/** Makes every eligible node have one pod (two while surging), and no other node any. */
export function planDaemonSet(
  set: DaemonSet,
  nodes: readonly Node[],
  pods: readonly Pod[],
  isCurrent: (pod: Pod) => boolean,
  nowMs: number,
): DaemonPlan {
  const plan: DaemonPlan = { create: [], delete: [], failed: [] }
  const byNode = podsByNode(pods)
  const surges = daemonFenceposts(set, 1).surge > 0
  const known = new Set(nodes.map((node) => node.metadata.name))
  for (const node of nodes) {
    const here = byNode.get(node.metadata.name) ?? []
    const { run, stay } = placement(set, node)
    const failed = here.filter((pod) => pod.status?.phase === 'Failed' && pod.metadata.deletionTimestamp === undefined)
    const live = here.filter((pod) => pod.status?.phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined)
    if (!stay && !run) plan.delete.push(...live, ...failed)
    else if (run || live.length > 0) {
      plan.failed.push(...failed)
      if (run && here.length === 0) plan.create.push(node.metadata.name)
      const surplus = live.filter((pod) => pod.status?.phase !== 'Succeeded').sort(oldestFirst)
      if (surplus.length > 1 && !surges) plan.delete.push(...surplus.slice(1))
      else if (surplus.length > 1) plan.delete.push(...replaced(surplus, isCurrent, set, nowMs))
    }
  }
  for (const pod of pods) {
    const node = targetNode(pod)
    const lost = node === undefined || !known.has(node)
    if (lost && !pod.spec.nodeName && pod.metadata.deletionTimestamp === undefined) plan.delete.push(pod)
  }
  return plan
}

function oldestFirst(a: Pod, b: Pod): number {
  const assigned = Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName))
  if (assigned !== 0) return assigned
  return (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1
}

/** While surging: old pods go once a new one is available beside them. */
function replaced(pods: readonly Pod[], isCurrent: (pod: Pod) => boolean, set: DaemonSet, nowMs: number): Pod[] {
  const old = pods.filter((pod) => !isCurrent(pod))
  const fresh = pods.filter(isCurrent)
  const available = fresh.some((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs))
  return [...(available ? old : old.slice(1)), ...fresh.slice(1)]
}

/** How many nodes may lack a pod, or have two, during an update. */
function daemonFenceposts(set: DaemonSet, nodes: number): { unavailable: number; surge: number } {
  const { maxSurge, maxUnavailable } = set.spec.updateStrategy?.rollingUpdate ?? {}
  const surge = scaledValue(maxSurge, nodes, 'up', 0)
  const unavailable = scaledValue(maxUnavailable, nodes, 'up', 1)
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable }
}

/** The next step of a rolling update: outdated pods to delete, and nodes that get a second pod. */
export function planDaemonUpdate(
  set: DaemonSet,
  nodes: readonly Node[],
  pods: readonly Pod[],
  isCurrent: (pod: Pod) => boolean,
  nowMs: number,
): { delete: Pod[]; create: string[] } {
  const eligible = nodes.filter((node) => placement(set, node).run)
  const { unavailable: limit, surge } = daemonFenceposts(set, eligible.length)
  const byNode = podsByNode(pods)
  const available = (pod: Pod): boolean => isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)
  let unavailable = 0
  let surging = 0
  const broken: Pod[] = []
  const healthy: Pod[] = []
  const create: string[] = []
  for (const node of eligible) {
    const here = (byNode.get(node.metadata.name) ?? []).filter(isActive)
    const old = here.filter((pod) => !isCurrent(pod))
    const fresh = here.filter(isCurrent)
    if (surge > 0) {
      if (fresh.length > 0 && old.length > 0) surging++
      if (fresh.length === 0 && old.length > 0) create.push(node.metadata.name)
      continue
    }
    if (!here.some(available)) {
      unavailable++
      broken.push(...old)
    } else if (fresh.length === 0) healthy.push(...old)
  }
  if (surge > 0) return { delete: [], create: create.slice(0, Math.max(0, surge - surging)) }
  return { delete: [...broken, ...healthy.slice(0, Math.max(0, limit - unavailable))], create: [] }
}

/** The counts of the status. */
export function daemonStatus(
  set: DaemonSet,
  nodes: readonly Node[],
  pods: readonly Pod[],
  isCurrent: (pod: Pod) => boolean,
  nowMs: number,
): NonNullable<DaemonSet['status']> {
  const byNode = podsByNode(pods.filter((pod) => pod.status?.phase !== 'Failed'))
  let [desired, current, misscheduled, ready, available, updated] = [0, 0, 0, 0, 0, 0]
  for (const node of nodes) {
    const here = (byNode.get(node.metadata.name) ?? []).sort(oldestFirst)
    const { run } = placement(set, node)
    if (!run) {
      if (here.length > 0) misscheduled++
      continue
    }
    desired++
    const first = here[0]
    if (first === undefined) continue
    current++
    if (here.some(isReady)) ready++
    if (here.some((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs))) available++
    if (isCurrent(first)) updated++
  }
  return {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration: set.metadata.generation ?? 0,
    updatedNumberScheduled: updated,
    numberAvailable: available,
    numberUnavailable: desired - available,
    ...(set.status?.collisionCount === undefined ? {} : { collisionCount: set.status.collisionCount }),
  }
}
