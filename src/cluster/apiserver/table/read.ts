import type { KubeObject } from '../../../api/index.ts'
import { sinceText } from './age.ts'

/** Reads a field of parsed JSON by its path; undefined where the path ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = (current as Record<string | number, unknown>)[key]
  }
  return current
}

/** Text at a path; empty when there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path)
  return typeof found === 'string'
    ? found
    : typeof found === 'number' || typeof found === 'boolean'
      ? String(found)
      : ''
}

/** Number at a path; 0 when there is none. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : 0
}

/** List at a path; empty when there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** Keys of a mapping at a path. */
export function keysAt(value: unknown, ...path: readonly (string | number)[]): readonly string[] {
  const found = at(value, ...path)
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.keys(found) : []
}

/** `text`, or the placeholder when it is empty. */
export function orElse(text: string, placeholder: string): string {
  return text === '' ? placeholder : text
}

/** Name of an object; empty while it has none. */
export function nameOf(object: KubeObject): string {
  return object.metadata.name ?? ''
}

/** Age of an object. */
export function ageOf(object: KubeObject, nowMs: number): string {
  return sinceText(object.metadata.creationTimestamp, nowMs)
}

/** Labels as `a=b,c=d`, sorted; `<none>` when there are none. */
export function labelsText(value: unknown): string {
  const labels = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (labels.length === 0) return '<none>'
  return labels
    .map(([key, text]) => `${key}=${String(text)}`)
    .sort()
    .join(',')
}

const OPERATORS: Readonly<Record<string, (key: string, values: string) => string>> = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
}

/** A label selector object as one line; `<none>` when it selects everything or is absent. */
export function selectorText(value: unknown): string {
  const labels = at(value, 'matchLabels')
  const equal = keysAt(value, 'matchLabels').map((key) => ({ key, text: `${key}=${textAt(labels, key)}` }))
  const others = listAt(value, 'matchExpressions').map((expression) => {
    const key = textAt(expression, 'key')
    const values = listAt(expression, 'values').map(String).sort().join(',')
    return { key, text: OPERATORS[textAt(expression, 'operator')]?.(key, values) ?? '<error>' }
  })
  const parts = [...equal, ...others]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map((part) => part.text)
  return parts.length === 0 ? '<none>' : parts.join(',')
}

/** Names and images of a pod template's containers, each as one comma-separated text. */
export function containersText(podSpec: unknown): [names: string, images: string] {
  const containers = listAt(podSpec, 'containers')
  return [containers.map((c) => textAt(c, 'name')).join(','), containers.map((c) => textAt(c, 'image')).join(',')]
}
