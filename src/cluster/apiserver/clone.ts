/** A deep copy of plain JSON data; several times faster than structuredClone. */
export function cloneJson<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(cloneJson) as T
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    // As a key of data it would become the prototype of the copy.
    if (key !== '__proto__') copy[key] = cloneJson((value as Record<string, unknown>)[key])
  }
  return copy as T
}

/** True for JSON objects (not arrays, not null). */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
