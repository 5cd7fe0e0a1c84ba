import { DYNAMIC, type Json, type JsonObject, type SchemaNode } from '../../../api/index.ts'
import { isMap, narrow, shapeOf, typeOfField } from './atom.ts'
import { checkTyped } from './check-typed.ts'
import { mergeValues } from './merge.ts'

/**
 * Merges an apply configuration into an object without looking at who owns what, or says why it cannot: it does not fit the
 * type, or names what can only be replaced as a whole. As mutating admission policies apply.
 */
export function mergeConfiguration(
  node: SchemaNode | undefined,
  object: JsonObject,
  configuration: JsonObject,
): JsonObject | string {
  const type = node ?? DYNAMIC
  const problem = checkTyped(type, configuration)
  if (problem !== undefined) return `failed to convert patch object to typed object: ${problem}`
  const atomics = atomicsIn(type, configuration, '')
  if (atomics.length > 0) {
    return `invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`
  }
  return (mergeValues(type, object, configuration) ?? {}) as JsonObject
}

/** Paths of the values that are replaced as a whole. */
function atomicsIn(node: SchemaNode, value: Json, path: string): string[] {
  const { map, list } = narrow(shapeOf(node), value)
  if (isMap(value) && map !== undefined) {
    const own = map.atomic ? [path] : []
    const below = Object.entries(value).flatMap(([name, each]) =>
      atomicsIn(typeOfField(map, name) ?? DYNAMIC, each ?? null, `${path}.${name}`),
    )
    return [...own, ...below]
  }
  if (!Array.isArray(value) || list === undefined) return []
  const own = list.atomic ? [path] : []
  return [...own, ...value.flatMap((each, index) => atomicsIn(list.item, each, `${path}[${index}]`))]
}
