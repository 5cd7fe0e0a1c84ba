import { matchesExpression, matchesPairs } from '../../api/index.ts'
import type { Node, NodeSelectorTerm, Pod, Taint, Toleration } from './kinds/index.ts'

/** True when a toleration covers a taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  const operator = toleration.operator || 'Equal'
  if (operator === 'Exists') return true
  if (!toleration.key && operator === 'Equal') return false
  if (operator === 'Equal') return (toleration.value ?? '') === (taint.value ?? '')
  const [left, right] = [Number(taint.value), Number(toleration.value)]
  return operator === 'Gt' ? left > right : operator === 'Lt' ? left < right : false
}

/** The first taint of these effects that the pod does not tolerate. */
export function untolerated(
  pod: Pod,
  taints: readonly Taint[] | undefined,
  effects: readonly string[],
): Taint | undefined {
  return taints?.find(
    (taint) => effects.includes(taint.effect) && !(pod.spec.tolerations ?? []).some((t) => tolerates(t, taint)),
  )
}

/** True when a node fits a term: all its expressions and fields; an empty term fits nothing. */
export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? []
  const fields = term.matchFields ?? []
  if (expressions.length === 0 && fields.length === 0) return false
  return (
    expressions.every((e) => matchesExpression(e.key, e.operator, e.values, node.metadata.labels)) &&
    fields.every((e) => matchesExpression(e.key, e.operator, e.values, { 'metadata.name': node.metadata.name }))
  )
}

/** True when the pod's nodeSelector and required node affinity allow the node. */
export function matchesNodeAffinity(pod: Pod, node: Node): boolean {
  const { nodeSelector, affinity } = pod.spec
  if (nodeSelector && Object.keys(nodeSelector).length > 0 && !matchesPairs(nodeSelector, node.metadata.labels))
    return false
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return terms === undefined || terms.some((term) => matchesTerm(term, node))
}
