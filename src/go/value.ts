/**
 * Go values as templates and chart values see them. One representation, used by template/, funcs/, encoding/,
 * chart/ and render/:
 *
 * | Go                              | here                                                                     |
 * |---------------------------------|--------------------------------------------------------------------------|
 * | untyped nil (JSON/YAML null)    | `null`                                                                   |
 * | reflect's zero Value, no value  | `undefined` (what a missing map key gives; prints `<no value>`)           |
 * | bool                            | `boolean`                                                                |
 * | float64                         | `number` (every number read from YAML values)                            |
 * | int                             | `bigint` (literals, len, int)                                            |
 * | int64, uint8, float32, Duration | `GoNumber` (int64: `--set`, arithmetic of sprig)                         |
 * | string                          | `string`; a byte that is not valid UTF-8 is one lone surrogate U+DC80–DCFF |
 * | []byte                          | `Uint8Array`                                                             |
 * | []interface{}                   | plain `Array`                                                            |
 * | complex128                      | `GoComplex`                                                              |
 * | []string, []int, …              | `TypedSlice` (an Array that knows its element type)                       |
 * | map[string]interface{}          | plain `Map` (insertion order has no meaning; ranges and printing sort)   |
 * | map[string]string, …            | `TypedMap` (a Map that knows its key and element type)                    |
 * | named map or slice with methods | `NamedMap` (`common.Values`), `NamedSlice` (`common.VersionSet`)         |
 * | struct, pointer to struct       | `GoObject`                                                               |
 * | func value                      | `GoFunction`                                                             |
 * | nil map, nil pointer, nil slice | `GoNil`                                                                  |
 *
 * The common values (string, bool, float64, map, list) are plain JavaScript values, so that nothing is boxed for them.
 */
export type GoValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | GoNumber
  | GoComplex
  | GoNil
  | GoObject
  | GoFunction
  | GoSlice
  | GoMap

/** A Go slice; a plain array is []interface{}. */
export type GoSlice = GoValue[]

/** A Go map with string keys, or (TypedMap) with any keys. */
export type GoMap = Map<GoValue, GoValue>

/** Go's numeric kinds other than int (`bigint`) and float64 (`number`). */
export type GoNumberKind =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'uintptr'
  | 'float32'

/** A number of a kind that has no plain JavaScript form. Integers hold a bigint already wrapped to their width. */
export class GoNumber {
  readonly kind: GoNumberKind
  readonly value: bigint | number
  /** The named type, such as `time.Duration` (kind int64); absent: the kind itself. */
  readonly typeName: string | undefined
  constructor(kind: GoNumberKind, value: bigint | number, typeName?: string) {
    this.kind = kind
    this.value = value
    this.typeName = typeName
  }
}

/** A complex128 (literals such as `1+2i`). */
export class GoComplex {
  readonly re: number
  readonly im: number
  constructor(re: number, im: number) {
    this.re = re
    this.im = im
  }
}

/** Creates an int64, wrapped to 64 bits. */
export function int64(value: bigint | number): GoNumber {
  return new GoNumber('int64', BigInt.asIntN(64, typeof value === 'number' ? BigInt(Math.trunc(value)) : value))
}

/** A slice whose element type is not interface{}: `new TypedSlice('string')`, `TypedSlice.from`-like by `typedSlice`. */
export class TypedSlice extends Array<GoValue> {
  elementType = 'interface {}'
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

/** Creates a slice of `elementType` (Go's spelling, such as `string`) that holds `items`. */
export function typedSlice(elementType: string, items: Iterable<GoValue>): TypedSlice {
  const slice = new TypedSlice()
  for (const item of items) slice.push(item)
  slice.elementType = elementType
  return slice
}

/** A map whose key type is not string, or whose element type is not interface{}. */
export class TypedMap extends Map<GoValue, GoValue> {
  readonly keyType: string
  readonly elementType: string
  constructor(keyType: string, elementType: string, entries?: Iterable<readonly [GoValue, GoValue]>) {
    super(entries)
    this.keyType = keyType
    this.elementType = elementType
  }
}

/** A named map type with methods, such as Helm's `common.Values`; assignable to the plain map type. */
export class NamedMap extends TypedMap {
  readonly typeName: string
  readonly methods: ReadonlyMap<string, GoCallable>
  readonly #bind: ((self: NamedMap) => ReadonlyMap<string, GoCallable>) | undefined
  constructor(options: {
    readonly typeName: string
    readonly keyType?: string
    readonly elementType?: string
    readonly entries?: Iterable<readonly [GoValue, GoValue]>
    /** Builds the methods bound to this map. */
    readonly methods?: (self: NamedMap) => ReadonlyMap<string, GoCallable>
  }) {
    super(options.keyType ?? 'string', options.elementType ?? 'interface {}', options.entries)
    this.typeName = options.typeName
    this.#bind = options.methods
    this.methods = options.methods?.(this) ?? new Map()
  }

  /** A map of the same type, with its own methods. */
  withEntries(entries: Iterable<readonly [GoValue, GoValue]>): NamedMap {
    const { typeName, keyType, elementType } = this
    const methods = this.#bind
    return new NamedMap({ typeName, keyType, elementType, entries, ...(methods === undefined ? {} : { methods }) })
  }
}

/** A named slice type with methods, such as Helm's `common.VersionSet`. */
export class NamedSlice extends TypedSlice {
  typeName = ''
  methods: ReadonlyMap<string, GoCallable> = new Map()
}

/** Creates a slice of a named type that holds `items`. */
export function namedSlice(
  options: {
    readonly typeName: string
    readonly elementType: string
    /** Builds the methods bound to this slice. */
    readonly methods?: (self: NamedSlice) => ReadonlyMap<string, GoCallable>
  },
  items: Iterable<GoValue>,
): NamedSlice {
  const slice = new NamedSlice()
  for (const item of items) slice.push(item)
  slice.elementType = options.elementType
  slice.typeName = options.typeName
  if (options.methods !== undefined) slice.methods = options.methods(slice)
  return slice
}

/** A slice of the type of `like` that holds `items`. */
export function sliceLike(like: readonly GoValue[], items: GoValue[]): GoValue[] {
  if (like instanceof NamedSlice) {
    const slice = namedSlice({ typeName: like.typeName, elementType: like.elementType }, items)
    slice.methods = like.methods
    return slice
  }
  return like instanceof TypedSlice ? typedSlice(like.elementType, items) : items
}

/** A typed nil: a map, slice, pointer or func that is nil, such as `map[string]interface {}`. */
export class GoNil {
  /** Go's spelling of the type. */
  readonly typeName: string
  constructor(typeName: string) {
    this.typeName = typeName
  }
}

/** A method or function value as a template may call it. */
export interface GoCallable {
  /** Go types of the parameters, spelled as reflect prints them (`string`, `interface {}`, `[]string`, …). */
  readonly params: readonly string[]
  /** The last parameter takes any number of arguments (its `params` entry is the element type). */
  readonly variadic?: boolean
  /** Go type of the first result, for printing and errors; `interface {}` when absent. */
  readonly result?: string
  /** Called with arguments already checked against `params`. A thrown error is Go's second result. */
  readonly call: (...args: GoValue[]) => GoValue
}

/** A struct with exported fields and methods. `pointer` makes `%T` print a star. */
export class GoObject {
  readonly typeName: string
  readonly pointer: boolean
  readonly fields: ReadonlyMap<string, GoValue>
  /** Go types of fields whose type is not that of their value, such as `interface {}`. */
  readonly fieldTypes: ReadonlyMap<string, string>
  readonly methods: ReadonlyMap<string, GoCallable>
  /** Text when it has a `String` (or `Error`) method that fmt uses; absent otherwise. */
  readonly text: (() => string) | undefined
  /** What JSON shows in its place (struct tags, `MarshalJSON`); absent: the fields by their Go names. */
  readonly json: (() => GoValue) | undefined
  /**
   * Text when the `String` method has a pointer receiver: fmt uses it for pointers, and an action for a struct that it
   * prints by itself, but neither fmt nor anything around the struct.
   */
  readonly pointerText: (() => string) | undefined
  /** Equal for equal structs whose fields are not exported, such as `time.Time`. */
  readonly identity: string | undefined
  /** Text of a `GoString` method, which `%#v` prints. */
  readonly goSyntax: (() => string) | undefined
  /** Fields that are not exported and that only fmt's other verbs show, where `fields` leaves them out. */
  readonly hiddenFields: (() => ReadonlyMap<string, GoValue>) | undefined
  constructor(options: {
    readonly typeName: string
    readonly pointer?: boolean
    readonly fields?: ReadonlyMap<string, GoValue>
    readonly fieldTypes?: ReadonlyMap<string, string>
    readonly methods?: ReadonlyMap<string, GoCallable>
    readonly text?: () => string
    readonly json?: () => GoValue
    readonly pointerText?: () => string
    readonly identity?: string
    readonly goSyntax?: () => string
    readonly hiddenFields?: () => ReadonlyMap<string, GoValue>
  }) {
    this.typeName = options.typeName
    this.pointer = options.pointer ?? false
    this.fields = options.fields ?? new Map()
    this.fieldTypes = options.fieldTypes ?? new Map()
    this.methods = options.methods ?? new Map()
    this.text = options.text
    this.pointerText = options.pointerText
    this.identity = options.identity
    this.goSyntax = options.goSyntax
    this.hiddenFields = options.hiddenFields
    this.json = options.json
  }
}

/**
 * A value as an interface{} holds it. A struct that a template reached through a pointer can be pointed to, and so has the
 * methods of its pointer; in an interface{} it is a copy without them, as reflect has it (`Value.CanAddr`).
 */
export function inInterface(value: GoValue): GoValue {
  if (!(value instanceof GoObject) || value.pointer || value.pointerText === undefined) return value
  const { typeName, fields, fieldTypes, json } = value
  return new GoObject({ typeName, fields, fieldTypes, ...(json !== undefined && { json }) })
}

/** A func value. */
export class GoFunction {
  readonly typeName: string
  readonly callable: GoCallable
  constructor(typeName: string, callable: GoCallable) {
    this.typeName = typeName
    this.callable = callable
  }
}
