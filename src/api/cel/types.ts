/** A type of the Common Expression Language. */
export type CelType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'list'; readonly item: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | ObjectType
  | { readonly kind: 'opaque'; readonly name: string; readonly parameters: readonly CelType[] }
  | { readonly kind: 'type'; readonly of?: CelType }
  | { readonly kind: 'param'; readonly name: string }

/** A structure with known fields. Names are escaped as CEL identifiers. */
export interface ObjectType {
  readonly kind: 'object'
  readonly name: string
  readonly fields: ReadonlyMap<string, CelType>
}

/** Types without parts. */
export type PrimitiveName =
  | 'dyn'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'

const primitive = (name: PrimitiveName): CelType => ({ kind: 'primitive', name })

/** Any type. */
export const DYN = primitive('dyn')
export const ERROR = primitive('error')
export const NULL = primitive('null')
export const BOOL = primitive('bool')
export const INT = primitive('int')
export const UINT = primitive('uint')
export const DOUBLE = primitive('double')
export const STRING = primitive('string')
export const BYTES = primitive('bytes')
export const TIMESTAMP = primitive('timestamp')
export const DURATION = primitive('duration')
export const TYPE: CelType = { kind: 'type' }

/** `list(item)`. */
export const listOf = (item: CelType): CelType => ({ kind: 'list', item })
/** `map(key, value)`. */
export const mapOf = (key: CelType, value: CelType): CelType => ({ kind: 'map', key, value })
/** A type that a library brings, such as `net.IP`. */
export const opaque = (name: string, ...parameters: CelType[]): CelType => ({ kind: 'opaque', name, parameters })
/** `optional_type(of)`. */
export const optionalOf = (of: CelType): CelType => opaque('optional_type', of)
/** A type variable of a function's declaration. */
export const param = (name: string): CelType => ({ kind: 'param', name })
/** The type of a type. */
export const typeOfType = (of: CelType): CelType => ({ kind: 'type', of })

/** What an optional holds; undefined for other types. */
export function optionalInside(type: CelType): CelType | undefined {
  return type.kind === 'opaque' && type.name === 'optional_type' ? type.parameters[0] : undefined
}

/** Whether a type stands for any. */
export function isDyn(type: CelType): boolean {
  return type.kind === 'primitive' && type.name === 'dyn'
}

/** Whether a type says that checking it failed. */
export function isError(type: CelType): boolean {
  return type.kind === 'primitive' && type.name === 'error'
}

/** Whether two types are the same. */
export function sameType(a: CelType, b: CelType): boolean {
  switch (a.kind) {
    case 'primitive':
      return b.kind === 'primitive' && a.name === b.name
    case 'list':
      return b.kind === 'list' && sameType(a.item, b.item)
    case 'map':
      return b.kind === 'map' && sameType(a.key, b.key) && sameType(a.value, b.value)
    case 'object':
      return b.kind === 'object' && a.name === b.name
    case 'opaque':
      return (
        b.kind === 'opaque' &&
        a.name === b.name &&
        a.parameters.length === b.parameters.length &&
        a.parameters.every((each, index) => sameType(each, b.parameters[index] ?? ERROR))
      )
    case 'type':
      return b.kind === 'type' && (a.of === undefined || b.of === undefined || sameType(a.of, b.of))
    case 'param':
      return b.kind === 'param' && a.name === b.name
  }
}

/** A type as cel-go prints it in findings. */
export function printType(type: CelType): string {
  switch (type.kind) {
    case 'primitive':
      return type.name === 'error' ? '!error!' : type.name
    case 'list':
      return `list(${printType(type.item)})`
    case 'map':
      return `map(${printType(type.key)}, ${printType(type.value)})`
    case 'object':
    case 'param':
      return type.name
    case 'opaque':
      return type.parameters.length === 0
        ? type.name
        : `${type.name}(${type.parameters.map((each) => printType(each)).join(', ')})`
    case 'type':
      return type.of === undefined ? 'type' : `type(${printType(type.of)})`
  }
}
