import {
  type JsonObject,
  labelValueProblems,
  listAt,
  mapAt,
  objectAt,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'

/** Labels of nodes that have another name now. */
const DEPRECATED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

/** What a deprecated label of nodes is told of; undefined for all others. */
export function deprecatedLabel(key: string): string | undefined {
  return Object.hasOwn(DEPRECATED_LABELS, key) ? DEPRECATED_LABELS[key] : undefined
}

/** Warnings about a term of a node selector; `checksValues` where validation does not. */
export function nodeTermWarnings(term: JsonObject, path: string, checksValues = false): string[] {
  return listAt(term, 'matchExpressions').flatMap((expression, index) => {
    const at = `${path}.matchExpressions[${index}]`
    const out = keyWarnings(expression, `${at}.key`)
    if (!checksValues) return out
    stringsAt(expression, 'values').forEach((value, i) => {
      for (const problem of labelValueProblems(value)) out.push(`${at}.values[${i}]: ${value} is invalid, ${problem}`)
    })
    return out
  })
}

/** Warnings about a label selector of nodes. */
export function nodeSelectorWarnings(selector: JsonObject | undefined, path: string): string[] {
  return [
    ...listAt(selector, 'matchExpressions').flatMap((expression, index) =>
      keyWarnings(expression, `${path}.matchExpressions[${index}].key`),
    ),
    ...Object.keys(mapAt(selector, 'matchLabels')).flatMap((label) => {
      const text = deprecatedLabel(label)
      return text === undefined ? [] : [`${path}.matchLabels.${label}: ${text}`]
    }),
  ]
}

function keyWarnings(expression: JsonObject, path: string): string[] {
  const key = stringAt(expression, 'key')
  const text = deprecatedLabel(key)
  return text === undefined ? [] : [`${path}: ${key} is ${text}`]
}

/** Warnings about the classes of runtimes and storage that select nodes. As Kubernetes' api/node and api/storage. */
export function nodeChoiceWarnings(kind: string, object: JsonObject): string[] {
  if (kind === 'CSIStorageCapacity') return nodeSelectorWarnings(objectAt(object, 'nodeTopology'), 'nodeTopology')
  if (kind === 'RuntimeClass') {
    return Object.keys(mapAt(objectAt(object, 'scheduling'), 'nodeSelector')).flatMap((key) => {
      const text = deprecatedLabel(key)
      return text === undefined ? [] : [`scheduling.nodeSelector: ${text}`]
    })
  }
  return listAt(object, 'allowedTopologies').flatMap((topology, i) =>
    listAt(topology, 'matchLabelExpressions').flatMap((expression, j) => {
      const text = deprecatedLabel(stringAt(expression, 'key'))
      return text === undefined ? [] : [`allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${text}`]
    }),
  )
}
