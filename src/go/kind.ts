import {
  GoComplex,
  GoFunction,
  GoNil,
  GoNumber,
  GoObject,
  NamedMap,
  NamedSlice,
  TypedMap,
  TypedSlice,
  type GoNumberKind,
  type GoValue,
} from './value.ts'

/** Go's reflect kinds, as far as values here have them; `invalid` is the zero reflect.Value. */
export type GoKind =
  | 'invalid'
  | 'bool'
  | 'int'
  | 'float64'
  | 'complex128'
  | 'string'
  | 'slice'
  | 'map'
  | 'struct'
  | 'ptr'
  | 'func'
  | GoNumberKind

/** Type name as `%T` prints it; `<nil>` for nil and no value. */
export function goType(value: GoValue): string {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'number':
      return 'float64'
    case 'bigint':
      return 'int'
    case 'undefined':
      return '<nil>'
    default:
      return value === null ? '<nil>' : objectType(value)
  }
}

function objectType(value: GoValue & object): string {
  if (Array.isArray(value)) {
    if (value instanceof NamedSlice) return value.typeName
    return value instanceof TypedSlice ? `[]${value.elementType}` : '[]interface {}'
  }
  if (value instanceof Map) {
    if (value instanceof NamedMap) return value.typeName
    return value instanceof TypedMap ? `map[${value.keyType}]${value.elementType}` : 'map[string]interface {}'
  }
  if (value instanceof GoNumber) return value.typeName ?? value.kind
  if (value instanceof GoObject) return value.pointer ? `*${value.typeName}` : value.typeName
  if (value instanceof Uint8Array) return '[]uint8'
  if (value instanceof GoComplex) return 'complex128'
  return value.typeName
}

/** Reflect kind of a value; nil and no value are `invalid`. */
export function goKind(value: GoValue): GoKind {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'number':
      return 'float64'
    case 'bigint':
      return 'int'
    case 'undefined':
      return 'invalid'
    default:
      return value === null ? 'invalid' : objectKind(value)
  }
}

function objectKind(value: GoValue & object): GoKind {
  if (Array.isArray(value) || value instanceof Uint8Array) return 'slice'
  if (value instanceof Map) return 'map'
  if (value instanceof GoNumber) return value.kind
  if (value instanceof GoObject) return value.pointer ? 'ptr' : 'struct'
  if (value instanceof GoComplex) return 'complex128'
  if (value instanceof GoFunction) return 'func'
  return kindOfNil(value)
}

function kindOfNil(value: GoNil): GoKind {
  const type = value.typeName
  if (type.startsWith('[]')) return 'slice'
  if (type.startsWith('func(')) return 'func'
  if (type.startsWith('*')) return 'ptr'
  return 'map'
}

/** Type of the elements of a map or slice value, as Go spells it. */
export function elementTypeOf(container: GoValue): string {
  if (container instanceof TypedMap || container instanceof TypedSlice) return container.elementType
  if (container instanceof GoNil) return elementTypeOfName(container.typeName)
  if (container instanceof Uint8Array || typeof container === 'string') return 'uint8'
  return 'interface {}'
}

/** Type of a map's keys. */
export function keyTypeOf(container: GoValue): string {
  if (container instanceof TypedMap) return container.keyType
  if (container instanceof GoNil) return /^map\[([^\]]*)\]/.exec(container.typeName)?.[1] ?? 'string'
  return 'string'
}

function elementTypeOfName(typeName: string): string {
  const match = /^(?:\[\]|map\[[^\]]*\]|\*)(.*)$/.exec(typeName)
  return match?.[1] ?? 'interface {}'
}

/** Whether an untyped nil can be assigned to a type, given by its spelling. */
export function canBeNil(type: string): boolean {
  return (
    type === 'interface {}' ||
    type === 'reflect.Value' ||
    type === 'error' ||
    type.startsWith('map[') ||
    type.startsWith('[]') ||
    type.startsWith('*') ||
    type.startsWith('func(') ||
    type.startsWith('chan ')
  )
}

const NUMBER_KINDS: ReadonlySet<string> = new Set([
  'int8',
  'int16',
  'int32',
  'int64',
  'uint',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'uintptr',
  'float32',
])

/** Whether a type name is a numeric kind that `GoNumber` holds. */
export function isNumberKind(type: string): type is GoNumberKind {
  return NUMBER_KINDS.has(type)
}

/** The zero value of a type, given by its spelling: `reflect.Zero`. */
export function zeroValue(type: string): GoValue {
  switch (type) {
    case 'interface {}':
    case 'error':
      return null
    case 'reflect.Value':
      return undefined
    case 'string':
      return ''
    case 'bool':
      return false
    case 'int':
      return 0n
    case 'float64':
      return 0
    case 'complex128':
      return new GoComplex(0, 0)
    default:
      if (isNumberKind(type)) return new GoNumber(type, type === 'float32' ? 0 : 0n)
      return canBeNil(type) ? new GoNil(type) : new GoObject({ typeName: type })
  }
}

const SIGNED: ReadonlySet<string> = new Set(['int', 'int8', 'int16', 'int32', 'int64'])
const UNSIGNED: ReadonlySet<string> = new Set(['uint', 'uint8', 'uint16', 'uint32', 'uint64', 'uintptr'])

/** Whether a kind is a signed integer. */
export function isSigned(kind: GoKind): boolean {
  return SIGNED.has(kind)
}

/** Whether a kind is an unsigned integer. */
export function isUnsigned(kind: GoKind): boolean {
  return UNSIGNED.has(kind)
}

/** The integer that a value of an integer kind holds; undefined for other kinds. */
export function integerOf(value: GoValue): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (value instanceof GoNumber && typeof value.value === 'bigint') return value.value
  return undefined
}
