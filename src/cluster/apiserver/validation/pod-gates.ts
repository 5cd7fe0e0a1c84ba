import { type JsonObject, jsonEqual, listAt, mapAt, objectAt, stringAt } from '../../../api/index.ts'
import { type Findings, forbidden, invalid } from './findings.ts'
import { printGoStruct } from './go-print.ts'

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const TERMS = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`

/** Gates of a pod may only go away. */
export function validateRemovedGates(spec: JsonObject, before: JsonObject): Findings {
  const known = new Set(listAt(before, 'schedulingGates').map((gate) => stringAt(gate, 'name')))
  // Of gates that are there twice, Kubernetes names the last.
  const added = new Map<string, number>()
  listAt(spec, 'schedulingGates').forEach((gate, index) => {
    const name = stringAt(gate, 'name')
    if (!known.has(name)) added.set(name, index)
  })
  return [...added].map(([name, index]) =>
    forbidden(
      `spec.schedulingGates[${index}].name`,
      `only deletion is allowed, but found new scheduling gate '${name}'`,
    ),
  )
}

/**
 * What a gated pod may change of where it runs: its node selector and the required node affinity may get narrower. Takes over
 * from the old spec what these rules have judged, so that the rest of `spec` can be compared. As Kubernetes' ValidatePodUpdate.
 */
export function validateGatedPod(spec: JsonObject, before: JsonObject): Findings {
  const out: Findings = []
  const selector = mapAt(spec, 'nodeSelector')
  if (Object.entries(mapAt(before, 'nodeSelector')).some(([key, value]) => selector[key] !== value)) {
    const text = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
    out.push(invalid('spec.nodeSelector', objectAt(spec, 'nodeSelector'), text))
  }
  if (before.nodeSelector === undefined) delete spec.nodeSelector
  else spec.nodeSelector = before.nodeSelector
  const now = objectAt(objectAt(spec, 'affinity'), 'nodeAffinity')
  const then = objectAt(objectAt(before, 'affinity'), 'nodeAffinity')
  if (jsonEqual(now ?? null, then ?? null)) return out
  out.push(...validateNarrowerAffinity(now, then))
  restoreNodeAffinity(spec, before, then)
  return out
}

function validateNarrowerAffinity(now: JsonObject | undefined, then: JsonObject | undefined): Findings {
  const terms = listAt(objectAt(now, REQUIRED), 'nodeSelectorTerms')
  const before = listAt(objectAt(then, REQUIRED), 'nodeSelectorTerms')
  const print = (term: JsonObject): JsonObject => printGoStruct('NodeSelectorTerm', term)
  if (before.length === 0) return []
  if (before.length !== terms.length) {
    const text = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'
    return [invalid(TERMS, terms.length > 0 ? terms.map(print) : null, text)]
  }
  return terms.flatMap((term, index) =>
    onlyAdds(term, before[index] ?? {})
      ? []
      : [invalid(`${TERMS}[${index}]`, print(term), 'only additions are allowed (no mutations or deletions)')],
  )
}

/** Whether a term begins with all that the old one says; nothing may be added to an empty one, which matches nothing. */
function onlyAdds(term: JsonObject, before: JsonObject): boolean {
  const keys = ['matchExpressions', 'matchFields']
  if (keys.every((key) => listAt(before, key).length === 0)) return keys.every((key) => listAt(term, key).length === 0)
  return keys.every((key) => {
    const old = listAt(before, key)
    return jsonEqual(listAt(term, key).slice(0, old.length), old)
  })
}

function restoreNodeAffinity(spec: JsonObject, before: JsonObject, then: JsonObject | undefined): void {
  const affinity = objectAt(spec, 'affinity')
  if (affinity === undefined) {
    if (then !== undefined) spec.affinity = { nodeAffinity: then }
    return
  }
  const others = ['podAffinity', 'podAntiAffinity'].some((key) => affinity[key] !== undefined)
  if (objectAt(before, 'affinity') === undefined && !others) delete spec.affinity
  else if (then === undefined) delete affinity.nodeAffinity
  else affinity.nodeAffinity = then
}
