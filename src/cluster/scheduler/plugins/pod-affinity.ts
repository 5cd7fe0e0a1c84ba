import { isEmptySelector, matchesSelector } from '../../../api/index.ts'
import type { Pod, PodAffinityTerm } from '../../control/index.ts'
import type { Plugin, Snapshot } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'

interface State {
  /** `key=value` of topologies where a pod that forbids this one runs. */
  readonly forbidden: ReadonlySet<string>
  /** Per required affinity term, the topologies that hold a match. */
  readonly wanted: readonly { readonly term: PodAffinityTerm; readonly found: ReadonlySet<string> }[]
  /** Per required anti-affinity term, the topologies that hold a match. */
  readonly unwanted: readonly { readonly term: PodAffinityTerm; readonly found: ReadonlySet<string> }[]
  readonly selfMatches: boolean
}

function inNamespaces(term: PodAffinityTerm, owner: Pod, other: Pod, snapshot: Snapshot): boolean {
  const namespace = other.metadata.namespace ?? ''
  if (term.namespaces?.includes(namespace)) return true
  if (term.namespaceSelector !== undefined && term.namespaceSelector !== null) {
    if (isEmptySelector(term.namespaceSelector)) return true
    return matchesSelector(term.namespaceSelector, snapshot.namespace(namespace)?.metadata.labels)
  }
  return !term.namespaces?.length && namespace === owner.metadata.namespace
}

/** True when `other` is one of the pods that `term`, a rule of `owner`, speaks of. */
function matchesAffinityTerm(term: PodAffinityTerm, owner: Pod, other: Pod, snapshot: Snapshot): boolean {
  if (!inNamespaces(term, owner, other, snapshot)) return false
  const labels = other.metadata.labels
  const own = owner.metadata.labels ?? {}
  if (!matchesSelector(term.labelSelector, labels)) return false
  if (!(term.matchLabelKeys ?? []).every((key) => own[key] === undefined || labels?.[key] === own[key])) return false
  return (term.mismatchLabelKeys ?? []).every((key) => own[key] === undefined || labels?.[key] !== own[key])
}

function topology(node: NodeInfo, key: string): string | undefined {
  const value = node.node.metadata.labels?.[key]
  return value === undefined ? undefined : `${key}=${value}`
}

function topologiesWith(term: PodAffinityTerm, pod: Pod, snapshot: Snapshot): Set<string> {
  const found = new Set<string>()
  for (const node of snapshot.nodes) {
    const place = topology(node, term.topologyKey)
    if (place === undefined || found.has(place)) continue
    for (const other of node.pods.values()) {
      if (other.metadata.deletionTimestamp === undefined && matchesAffinityTerm(term, pod, other, snapshot)) {
        found.add(place)
        break
      }
    }
  }
  return found
}

function forbiddenTopologies(pod: Pod, snapshot: Snapshot): Set<string> {
  const found = new Set<string>()
  if (!snapshot.anyAffinity) return found
  for (const node of snapshot.nodes) {
    for (const other of node.withAffinity.values()) {
      for (const term of other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
        const place = topology(node, term.topologyKey)
        if (place !== undefined && matchesAffinityTerm(term, other, pod, snapshot)) found.add(place)
      }
    }
  }
  return found
}

function preferredScore(pod: Pod, node: NodeInfo, counts: ReadonlyMap<string, number>): number {
  let score = 0
  for (const [place, weight] of counts) {
    const equals = place.indexOf('=')
    if (topology(node, place.slice(0, equals)) === place) score += weight
  }
  return pod.spec.affinity ? score : 0
}

/** As InterPodAffinity. */
export const podAffinity: Plugin = {
  name: 'InterPodAffinity',
  weight: 2,
  prepare: (pod, snapshot) => {
    const { affinity } = pod.spec
    const wanted = affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    const unwanted = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    const state: State = {
      forbidden: forbiddenTopologies(pod, snapshot),
      wanted: wanted.map((term) => ({ term, found: topologiesWith(term, pod, snapshot) })),
      unwanted: unwanted.map((term) => ({ term, found: topologiesWith(term, pod, snapshot) })),
      selfMatches: wanted.length > 0 && wanted.every((term) => matchesAffinityTerm(term, pod, pod, snapshot)),
    }
    return { state }
  },
  filter: (_pod, node, raw) => {
    const state = raw as State
    // The first pod of a group that wants to be together may go anywhere that has the topology.
    const first = state.selfMatches && state.wanted.every(({ found }) => found.size === 0)
    for (const { term, found } of state.wanted) {
      const place = topology(node, term.topologyKey)
      if (place === undefined || (!first && !found.has(place))) {
        return { reasons: ["node(s) didn't match pod affinity rules"], resolvable: false }
      }
    }
    for (const { term, found } of state.unwanted) {
      const place = topology(node, term.topologyKey)
      if (place !== undefined && found.has(place)) {
        return { reasons: ["node(s) didn't match pod anti-affinity rules"], resolvable: true }
      }
    }
    for (const place of state.forbidden) {
      const key = place.slice(0, place.indexOf('='))
      if (topology(node, key) === place) {
        return { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"], resolvable: true }
      }
    }
    return undefined
  },
  score: (pod, nodes, _state, snapshot) => {
    const near = pod.spec.affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    const far = pod.spec.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    if (near.length === 0 && far.length === 0) return undefined
    const counts = new Map<string, number>()
    const weigh = (terms: typeof near, sign: 1 | -1): void => {
      for (const { weight, podAffinityTerm } of terms) {
        for (const node of snapshot.nodes) {
          const place = topology(node, podAffinityTerm.topologyKey)
          if (place === undefined) continue
          for (const other of node.pods.values()) {
            if (matchesAffinityTerm(podAffinityTerm, pod, other, snapshot))
              counts.set(place, (counts.get(place) ?? 0) + sign * weight)
          }
        }
      }
    }
    weigh(near, 1)
    weigh(far, -1)
    return nodes.map((node) => preferredScore(pod, node, counts))
  },
}
