import { GoNumber, type GoValue } from '../go/value.ts'

/** A Go type that YAML or JSON is decoded into. `goType` is the spelling of error texts. */
export type TypeSpec =
  | { readonly kind: 'any' }
  | { readonly kind: 'string'; readonly goType?: string }
  | { readonly kind: 'bool' }
  /** `time.Time`: text is kept as it is. */
  | { readonly kind: 'time' }
  | { readonly kind: 'list'; readonly goType: string; readonly element: TypeSpec }
  | { readonly kind: 'map'; readonly goType: string; readonly element: TypeSpec }
  | {
      readonly kind: 'struct'
      /** Type name without package, such as `Metadata`; anonymous structs have none. */
      readonly name: string
      readonly goType: string
      readonly fields: Readonly<Record<string, TypeSpec>>
      /** null decodes to null (a nil pointer) instead of leaving the struct empty. */
      readonly pointer?: boolean
      /** Fields of a struct that is embedded by pointer: they count as this one's, and are never made text of. */
      readonly embedded?: { readonly name: string; readonly fields: Readonly<Record<string, TypeSpec>> }
    }

/** What decoding gave; `problem` is the first error Go would report (the rest is decoded all the same). */
export interface DecodeResult {
  readonly value: unknown
  readonly problem: string | undefined
}

/**
 * Decodes a value read from YAML into a Go type. As sigs.k8s.io/yaml: numbers and booleans become text where text is wanted
 * (floats in their shortest 32-bit form), field names match without regard to case, null leaves a field empty. With `integers`
 * the input tells integers (bigint) from floats. Structs give
 * plain objects by JSON field name, without the fields that are absent. `strict` reports unknown fields; `exact` (for what was
 * JSON already) makes no text of numbers and booleans.
 */
export function decodeTyped(
  input: GoValue,
  type: TypeSpec,
  options: { readonly strict?: boolean; readonly integers?: boolean; readonly exact?: boolean } = {},
): DecodeResult {
  const decoder = new Decoder(options.strict ?? false, options.integers ?? false, options.exact ?? false)
  const value = decoder.decode(input, type)
  return { value, problem: decoder.problem }
}

class Decoder {
  problem: string | undefined
  readonly #strict: boolean
  readonly #integers: boolean
  #struct = ''
  #path: string[] = []
  /** Numbers and booleans are no text here. */
  #exact: boolean

  constructor(strict: boolean, integers: boolean, exact: boolean) {
    this.#strict = strict
    this.#integers = integers
    this.#exact = exact
  }

  decode(input: GoValue, type: TypeSpec): unknown {
    if (input === null || input === undefined) return type.kind === 'struct' && !type.pointer ? {} : null
    switch (type.kind) {
      case 'any':
        return this.#integers ? withDoubles(input) : input
      case 'string':
        return this.#string(input, type.goType ?? 'string')
      case 'bool':
        return typeof input === 'boolean' ? input : this.#mismatch(input, 'bool')
      case 'time':
        return this.#time(input)
      case 'list':
        if (!Array.isArray(input)) return this.#mismatch(input, type.goType)
        return input.map((item) => this.decode(item, type.element))
      case 'map':
        return input instanceof Map ? this.#map(input, type.element) : this.#mismatch(input, type.goType)
      case 'struct':
        return input instanceof Map ? this.#structValue(input, type) : this.#mismatch(input, type.goType)
    }
  }

  #string(input: GoValue, goType: string): unknown {
    if (typeof input === 'string') return input
    if (this.#exact) return this.#mismatch(input, goType)
    if (typeof input === 'boolean') return input ? 'true' : 'false'
    if (typeof input === 'bigint') return String(input)
    if (typeof input === 'number') return numberAsText(input, this.#integers)
    if (input instanceof GoNumber) return String(input.value)
    return this.#mismatch(input, goType)
  }

  #time(input: GoValue): unknown {
    if (typeof input !== 'string') {
      this.problem ??= 'Time.UnmarshalJSON: input is not a JSON string'
      return null
    }
    if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}([.,]\d+)?(Z|[+-]\d{2}:\d{2})$/.test(input)) {
      this.problem ??= `parsing time ${JSON.stringify(input)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(input)} as "2006"`
      return null
    }
    return input
  }

  #map(input: Map<GoValue, GoValue>, element: TypeSpec): Map<string, unknown> {
    const result = new Map<string, unknown>()
    for (const key of sortedKeys(input)) {
      const value = this.decode(input.get(key), element)
      result.set(key, value === null && element.kind === 'string' ? '' : value)
    }
    return result
  }

  #structValue(input: Map<GoValue, GoValue>, type: TypeSpec & { readonly kind: 'struct' }): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    const outer = this.#struct
    for (const key of sortedKeys(input)) {
      const own = fieldOf(type.fields, key)
      const found = own ?? (type.embedded === undefined ? undefined : fieldOf(type.embedded.fields, key))
      if (found === undefined) {
        if (this.#strict) this.problem ??= `json: unknown field ${JSON.stringify(key)}`
        continue
      }
      const [name, field] = found
      const wasExact = this.#exact
      const depth = this.#path.length
      this.#struct = type.name
      if (own === undefined) {
        this.#exact = true
        this.#path.push(type.embedded?.name ?? '')
      }
      this.#path.push(name)
      const value = this.decode(input.get(key), field)
      this.#path.length = depth
      this.#exact = wasExact
      if (value !== null || field.kind === 'struct' || field.kind === 'list' || field.kind === 'map')
        result[name] = value
    }
    this.#struct = outer
    return result
  }

  #mismatch(input: GoValue, goType: string): null {
    const target =
      this.#path.length === 0
        ? `Go value of type ${goType}`
        : `Go struct field ${this.#struct}.${this.#path.join('.')} of type ${goType}`
    this.problem ??= `json: cannot unmarshal ${jsonKind(input)} into ${target}`
    return null
  }
}

/** The field a key names, by its very name or else without regard to case. */
export function fieldOf(
  fields: Readonly<Record<string, TypeSpec>>,
  key: string,
): readonly [string, TypeSpec] | undefined {
  const name = Object.hasOwn(fields, key) ? key : Object.keys(fields).find((other) => equalFold(other, key))
  const field = name === undefined ? undefined : fields[name]
  return name === undefined || field === undefined ? undefined : [name, field]
}

/** In the order of their bytes, from which that of JavaScript differs only where surrogates are. */
function sortedKeys(map: Map<GoValue, GoValue>): string[] {
  const keys = Array.from(map.keys(), String)
  if (keys.some((key) => /[\ud800-\uffff]/.test(key))) {
    return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }
  return keys.sort()
}

function equalFold(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase()
}

function jsonKind(input: GoValue): string {
  if (typeof input === 'string') return 'string'
  if (typeof input === 'boolean') return 'bool'
  if (Array.isArray(input)) return 'array'
  if (input instanceof Map) return 'object'
  return 'number'
}

/** Integers as doubles again, which is what untyped places hold. */
function withDoubles(value: GoValue): GoValue {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(withDoubles)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, withDoubles(item)]))
  return value
}

/** As Go's FormatFloat(value, 'g', -1, 32). Unless `isFloat`, a whole number was an integer and prints all digits. */
function numberAsText(value: number, isFloat: boolean): string {
  if (!isFloat && Number.isInteger(value) && Math.abs(value) < 1e21) return BigInt(value).toString()
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const [mantissa = '0', exponentText = '0'] = shortest32(value).split('e')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= 6) {
    const digits = String(Math.abs(exponent)).padStart(2, '0')
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`
  }
  return plain(mantissa, exponent)
}

function shortest32(value: number): string {
  const single = Math.fround(value)
  for (let digits = 0; digits <= 9; digits++) {
    const text = single.toExponential(digits)
    if (Math.fround(Number(text)) === single) return text
  }
  return single.toExponential()
}

function plain(mantissa: string, exponent: number): string {
  const negative = mantissa.startsWith('-')
  const digits = mantissa.replace(/[-.]/g, '')
  const point = 1 + exponent
  const text =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : digits.length <= point
        ? digits + '0'.repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`
  return negative ? `-${text}` : text
}
