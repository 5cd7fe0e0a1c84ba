import type { Taint } from '../../control/index.ts'
import { matchesNodeAffinity, matchesTerm, tolerates, untolerated } from '../../control/index.ts'
import type { Plugin } from '../framework.ts'

const unschedulableTaint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** As NodeUnschedulable: cordoned nodes take only pods that tolerate it. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  filter: (pod, { node }) =>
    node.spec.unschedulable === true && untolerated(pod, [unschedulableTaint], ['NoSchedule'])
      ? { reasons: ['node(s) were unschedulable'], resolvable: false }
      : undefined,
}

/** As NodeName. */
export const nodeName: Plugin = {
  name: 'NodeName',
  filter: (pod, { name }) =>
    pod.spec.nodeName && pod.spec.nodeName !== name
      ? { reasons: ["node(s) didn't match the requested node name"], resolvable: false }
      : undefined,
}

/** As TaintToleration. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  weight: 3,
  filter: (pod, { node }) =>
    untolerated(pod, node.spec.taints, ['NoSchedule', 'NoExecute'])
      ? { reasons: ['node(s) had untolerated taint(s)'], resolvable: false }
      : undefined,
  score: (pod, nodes) => {
    if (nodes.every(({ node }) => !node.spec.taints?.length)) return undefined
    return nodes.map(
      ({ node }) =>
        -(node.spec.taints ?? []).filter(
          (taint) =>
            taint.effect === 'PreferNoSchedule' && !(pod.spec.tolerations ?? []).some((t) => tolerates(t, taint)),
        ).length,
    )
  },
}

/** As NodeAffinity. */
export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  weight: 2,
  filter: (pod, { node }) =>
    matchesNodeAffinity(pod, node)
      ? undefined
      : { reasons: ["node(s) didn't match Pod's node affinity/selector"], resolvable: false },
  score: (pod, nodes) => {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution
    if (!preferred?.length) return undefined
    return nodes.map(({ node }) =>
      preferred.reduce((sum, term) => sum + (matchesTerm(term.preference, node) ? term.weight : 0), 0),
    )
  },
}
