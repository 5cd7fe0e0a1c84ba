import { listAt, mapAt, stringAt, stringsAt } from './access.ts'

/** A label selector as the Go type's `String` writes it. */
export function printGoSelector(selector: unknown): string {
  const labels = Object.entries(mapAt(selector, 'matchLabels')).sort(([a], [b]) => (a < b ? -1 : 1))
  const pairs = labels.map(([key, value]) => `${key}: ${value},`).join('')
  const expressions = listAt(selector, 'matchExpressions').map((each) => {
    const [key, operator] = ['key', 'operator'].map((name) => stringAt(each, name))
    return `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${stringsAt(each, 'values').join(' ')}],},`
  })
  return `&LabelSelector{MatchLabels:map[string]string{${pairs}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}
