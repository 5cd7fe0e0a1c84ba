import { matchesSelector } from '../../../api/index.ts'
import type { Pod, TopologySpreadConstraint } from '../../control/index.ts'
import { controllerOf, matchesNodeAffinity, untolerated } from '../../control/index.ts'
import type { Plugin, Snapshot } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'

interface Counted {
  readonly constraint: TopologySpreadConstraint
  readonly counts: ReadonlyMap<string, number>
  readonly minimum: number
  readonly selfMatches: number
}

function matches(constraint: TopologySpreadConstraint, pod: Pod, other: Pod): boolean {
  if (other.metadata.namespace !== pod.metadata.namespace || other.metadata.deletionTimestamp !== undefined)
    return false
  if (!matchesSelector(constraint.labelSelector, other.metadata.labels)) return false
  const own = pod.metadata.labels ?? {}
  return (constraint.matchLabelKeys ?? []).every(
    (key) => own[key] === undefined || other.metadata.labels?.[key] === own[key],
  )
}

function counts(constraint: TopologySpreadConstraint, pod: Pod, node: NodeInfo): boolean {
  if ((constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor' && !matchesNodeAffinity(pod, node.node)) return false
  return (
    constraint.nodeTaintsPolicy !== 'Honor' || !untolerated(pod, node.node.spec.taints, ['NoSchedule', 'NoExecute'])
  )
}

function count(constraint: TopologySpreadConstraint, pod: Pod, snapshot: Snapshot): Counted {
  const perPlace = new Map<string, number>()
  for (const node of snapshot.nodes) {
    const place = node.node.metadata.labels?.[constraint.topologyKey]
    if (place === undefined || !counts(constraint, pod, node)) continue
    let here = perPlace.get(place) ?? 0
    for (const other of node.pods.values()) if (matches(constraint, pod, other)) here++
    perPlace.set(place, here)
  }
  const tooFew = perPlace.size < (constraint.minDomains ?? 1)
  return {
    constraint,
    counts: perPlace,
    minimum: tooFew || perPlace.size === 0 ? 0 : Math.min(...perPlace.values()),
    selfMatches: matches(constraint, pod, pod) ? 1 : 0,
  }
}

/** As PodTopologySpread; pods of one controller spread over nodes even without constraints, as with its default ones. */
export const topologySpread: Plugin = {
  name: 'PodTopologySpread',
  weight: 2,
  prepare: (pod, snapshot) => {
    const constraints = pod.spec.topologySpreadConstraints ?? []
    return { state: constraints.map((constraint) => count(constraint, pod, snapshot)) }
  },
  filter: (_pod, node, state) => {
    for (const { constraint, counts: perPlace, minimum, selfMatches } of state as Counted[]) {
      if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue
      const place = node.node.metadata.labels?.[constraint.topologyKey]
      if (place === undefined) {
        const reason = "node(s) didn't match pod topology spread constraints (missing required label)"
        return { reasons: [reason], resolvable: false }
      }
      if ((perPlace.get(place) ?? 0) + selfMatches - minimum > constraint.maxSkew) {
        return { reasons: ["node(s) didn't match pod topology spread constraints"], resolvable: true }
      }
    }
    return undefined
  },
  score: (pod, nodes, state) => {
    const soft = (state as Counted[]).filter(({ constraint }) => constraint.whenUnsatisfiable === 'ScheduleAnyway')
    if (soft.length > 0) {
      return nodes.map(({ node }) =>
        soft.reduce((sum, { constraint, counts: perPlace }) => {
          const place = node.metadata.labels?.[constraint.topologyKey]
          return sum - (place === undefined ? 1000 : (perPlace.get(place) ?? 0))
        }, 0),
      )
    }
    const owner = controllerOf(pod)?.uid
    return owner === undefined ? undefined : nodes.map((node) => -(node.perController.get(owner) ?? 0))
  },
}
