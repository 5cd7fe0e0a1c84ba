import type { FieldTypes, Library, StructTypes } from '../declarations.ts'
import { plain } from '../declarations.ts'
import { type CelType, DYN, STRING } from '../types.ts'
import { CelList, type CelValue, isMap, isObjectValue } from '../values.ts'

const OBJECT = 'Object'
const PATCH = 'JSONPatch'

/** The type of what an apply configuration is made as. */
export const OBJECT_TYPE: CelType = { kind: 'object', name: OBJECT, fields: new Map() }
/** The type of one operation of a JSON patch. */
export const JSON_PATCH_TYPE: CelType = { kind: 'object', name: PATCH, fields: new Map() }

/** A structure that takes any field. */
class OpenFields extends Map<string, CelType> {
  override get(): CelType {
    return DYN
  }

  override has(): boolean {
    return true
  }
}

const OPEN_FIELDS: FieldTypes = new OpenFields()

/** A patch has four fields; Kubernetes calls the type of any other one nothing. */
class PatchFields extends Map<string, CelType> {
  override get(name: string): CelType {
    return super.get(name) ?? { kind: 'object', name: '', fields: new Map() }
  }
}

const PATCH_FIELDS: FieldTypes = new PatchFields([
  ['op', STRING],
  ['path', STRING],
  ['from', STRING],
  ['value', DYN],
])

/** The structures that mutating policies make: `Object`, `Object.spec` and so on with any fields, and `JSONPatch`. */
export const PATCH_STRUCTS: StructTypes = {
  get(name) {
    if (name === PATCH) return PATCH_FIELDS
    return name === OBJECT || name.startsWith(`${OBJECT}.`) ? OPEN_FIELDS : undefined
  },
}

/** `jsonpatch.escapeKey`, for keys in the paths of patches. */
export const JSON_PATCH_LIBRARY: Library = {
  'jsonpatch.escapeKey': [
    plain('string_jsonpatch_escapeKey_string', [STRING], STRING, (key) =>
      String(key).replaceAll('~', '~0').replaceAll('/', '~1'),
    ),
  ],
}

/**
 * Says of each object within a made one whether it is called by where it stands, since their fields are not checked:
 * `Object.spec.containers` may stand in that field only. Other values have nothing to say.
 */
export function misplacedObjects(value: CelValue): string[] {
  const name = madeName(value)
  return name === undefined ? [] : misplaced(value, [name])
}

function misplaced(value: CelValue, path: readonly string[]): string[] {
  if (value instanceof CelList) return value.items.flatMap((item) => misplaced(item, path))
  if (isMap(value)) return value.keys().flatMap((key) => misplaced(value.get(key) ?? null, path))
  const name = madeName(value)
  if (name === undefined || !isObjectValue(value)) return []
  const wanted = path.join('.')
  const why = 'which matches field name path from root Object type'
  const own = `unexpected type name ${JSON.stringify(name)}, expected ${JSON.stringify(wanted)}, ${why}`
  const below = value.names().flatMap((field) => misplaced(value.field(field) ?? null, [...path, field]))
  return name === wanted ? below : [own, ...below]
}

/** The type name of an object that an expression has made. */
function madeName(value: CelValue): string | undefined {
  if (!isObjectValue(value) || value.type.kind !== 'object') return undefined
  const { name } = value.type
  return name === OBJECT || name.startsWith(`${OBJECT}.`) ? name : undefined
}
