import type { GroupVersionKind, JsonObject } from '../object.ts'

/** The schema of a built-in kind; undefined when there is none. */
export function builtinSchema(
  _gvk: GroupVersionKind,
): { readonly openapi: JsonObject; readonly name: string } | undefined {
  return undefined
}
