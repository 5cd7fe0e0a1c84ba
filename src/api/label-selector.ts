/** `LabelSelector` of apimachinery. */
export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

type Labels = Readonly<Record<string, string>> | undefined

/** True when `labels` hold every pair of `wanted`; an empty or absent `wanted` matches nothing. */
export function matchesPairs(wanted: Labels, labels: Labels): boolean {
  if (wanted === undefined) return false
  let any = false
  for (const key in wanted) {
    any = true
    if (labels?.[key] !== wanted[key]) return false
  }
  return any
}

/**
 * Evaluates a LabelSelector as apimachinery's LabelSelectorAsSelector: absent matches nothing, empty matches everything,
 * an unknown operator matches nothing.
 */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined || selector === null) return false
  const pairs = selector.matchLabels
  if (pairs) for (const key in pairs) if (labels?.[key] !== pairs[key]) return false
  return (selector.matchExpressions ?? []).every((e) => matchesExpression(e.key, e.operator, e.values, labels))
}

/** True for a selector without any requirement. */
export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  return (
    selector === undefined ||
    (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0)
  )
}

/** One requirement of a label or node selector. Gt and Lt compare integers, as node selectors do. */
export function matchesExpression(
  key: string,
  operator: string,
  values: readonly string[] | undefined,
  labels: Labels,
): boolean {
  const value = labels?.[key]
  switch (operator) {
    case 'In':
      return value !== undefined && (values ?? []).includes(value)
    case 'NotIn':
      return value === undefined || !(values ?? []).includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number.parseInt(value, 10) > Number.parseInt(values?.[0] ?? '', 10)
    case 'Lt':
      return value !== undefined && Number.parseInt(value, 10) < Number.parseInt(values?.[0] ?? '', 10)
    default:
      return false
  }
}
