import type { JsonObject, ManagedFieldsEntry } from '../../api/index.ts'

/**
 * The entry of `metadata.managedFields` that owns a field of our path form (`spec.containers[name=web].image`): the newest
 * of those that name the field or the nearest of its parents; undefined when none does.
 */
export function fieldOwner(entries: readonly ManagedFieldsEntry[], path: string): ManagedFieldsEntry | undefined {
  const steps = pathSteps(path)
  let best: { readonly entry: ManagedFieldsEntry; readonly depth: number } | undefined
  for (const entry of entries) {
    const depth = depthOf(entry.fieldsV1 ?? {}, steps)
    if (depth === 0) continue
    const newer = (entry.time ?? '') > (best?.entry.time ?? '')
    if (best === undefined || depth > best.depth || (depth === best.depth && newer)) best = { entry, depth }
  }
  return best?.entry
}

/** The keys of a path; an item of a list by name is `name=VALUE` in brackets. */
function pathSteps(path: string): string[] {
  return [...path.matchAll(/\[("(?:[^"\\]|\\.)*"|[^\]]*)\]|[^.[]+/g)].map((match) => {
    const [whole, inner] = match
    if (inner === undefined) return `f:${whole}`
    if (inner.startsWith('"')) return `f:${JSON.parse(inner) as string}`
    return inner.startsWith('name=') ? `k:${inner.slice('name='.length)}` : `i:${inner}`
  })
}

/** How many steps of a path a field set goes along. */
function depthOf(fields: JsonObject, steps: readonly string[]): number {
  let at: JsonObject = fields
  let depth = 0
  for (const step of steps) {
    const next = childOf(at, step)
    if (next === undefined) return depth
    depth++
    at = next
  }
  return depth
}

function childOf(fields: JsonObject, step: string): JsonObject | undefined {
  if (step.startsWith('f:')) return fields[step] as JsonObject | undefined
  if (!step.startsWith('k:')) return undefined
  const name = step.slice(2)
  const key = Object.keys(fields).find((candidate) => {
    if (!candidate.startsWith('k:')) return false
    return (JSON.parse(candidate.slice(2)) as { name?: unknown }).name === name
  })
  return key === undefined ? undefined : (fields[key] as JsonObject)
}
