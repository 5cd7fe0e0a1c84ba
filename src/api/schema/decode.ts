import { normalizeBase64 } from '../base64.ts'
import type { Json, JsonObject } from '../object.ts'
import { canonicalQuantity } from '../quantity.ts'
import { normalizeTime } from '../time.ts'
import { ApiValueError } from '../errors.ts'
import { embeddedIn } from './embedded.ts'
import type { FieldNode, ScalarNode, SchemaNode, StructNode } from './model.ts'

/** What decoding gives. */
export interface Decoded {
  /** The object as a Go server would print it after reading: known fields only, values in canonical form. */
  readonly value: JsonObject
  /** `unknown field "spec.foo"`, in document order; empty when strict decoding would pass. */
  readonly unknown: readonly string[]
  /** Why the document cannot be read at all, such as `json: cannot unmarshal string into Go struct field …`. */
  readonly error?: string
}

/**
 * Reads parsed JSON as a type, as Kubernetes' JSON decoder does: a wrong type is an error that names Go's struct and
 * path, unknown fields are dropped and reported, nulls vanish, quantities, times and bytes become canonical, and empty
 * values are kept or dropped as Go's `omitempty` and pointers say. The input is not changed.
 */
export function decodeObject(node: StructNode, value: unknown): Decoded {
  const decoder = new Decoder()
  try {
    const decoded = decoder.struct(node, value)
    return {
      value: (decoded ?? {}) as JsonObject,
      unknown: decoder.unknown,
      ...(decoder.error !== undefined && { error: decoder.error }),
    }
  } catch (error) {
    // Go's decoder stops at errors of custom unmarshalers, which win over the ones noted before.
    if (error instanceof ApiValueError) return { value: {}, unknown: [], error: error.message }
    throw error
  }
}

class Decoder {
  readonly unknown: string[] = []
  error: string | undefined
  /** Field names without indexes, for type errors. */
  private readonly fields: string[] = []
  private structName = ''
  /** Path with indexes and map keys, for strict findings. */
  private path = ''

  struct(node: StructNode, value: unknown): Json | undefined {
    if (!isObject(value)) return this.mismatch(node, value)
    const out: JsonObject = {}
    const structName = this.structName
    const path = this.path
    for (const key in value) {
      const raw = value[key]
      const field = node.fields.get(key)
      if (!field) {
        if (node.preserveUnknown) out[key] = raw as Json
        else this.reportUnknown(path === '' ? key : `${path}.${key}`)
        continue
      }
      this.structName = shortName(node.name)
      const embedded = embeddedIn(node.name, key)
      if (embedded !== undefined) this.fields.push(embedded)
      this.fields.push(key)
      this.path = path === '' ? key : `${path}.${key}`
      const decoded = raw === null ? undefined : this.node(field.node, raw)
      this.fields.pop()
      if (embedded !== undefined) this.fields.pop()
      if (decoded === undefined) continue
      if (EMPTY_IS_WRONG.has(`${shortName(node.name)}.${key}`)) out[key] = decoded
      else if (!isOmitted(field, decoded)) out[key] = isEmptyList(node, decoded) ? null : decoded
    }
    this.structName = structName
    this.path = path
    addAlways(node, out)
    return out
  }

  private reportUnknown(field: string): void {
    const finding = `unknown field ${JSON.stringify(field)}`
    if (this.unknown.length < 100 && !this.unknown.includes(finding)) this.unknown.push(finding)
  }

  private node(node: SchemaNode, value: unknown): Json | undefined {
    switch (node.kind) {
      case 'scalar':
        return this.scalar(node, value)
      case 'struct':
        return this.struct(node, value)
      case 'dynamic':
        return value as Json
      case 'list': {
        if (!Array.isArray(value)) return this.mismatch(node, value)
        const path = this.path
        const out = value.map((item, index) => {
          this.path = `${path}[${index}]`
          return this.element(node.item, item)
        })
        this.path = path
        return out
      }
      case 'map': {
        if (!isObject(value)) return this.mismatch(node, value)
        const path = this.path
        const out: JsonObject = {}
        for (const key in value) {
          this.path = `${path}.${key}`
          out[key] = this.element(node.value, value[key])
        }
        this.path = path
        return out
      }
    }
  }

  /** An item of a list or map: null is the zero value there. */
  private element(node: SchemaNode, value: unknown): Json {
    if (value === null) return node.kind === 'scalar' && node.scalar === 'bytes' ? '' : zeroValue(node)
    return this.node(node, value) ?? zeroValue(node)
  }

  private scalar(node: ScalarNode, value: unknown): Json | undefined {
    switch (node.scalar) {
      case 'string':
        return typeof value === 'string' ? value : this.mismatch(node, value)
      case 'boolean':
        return typeof value === 'boolean' ? value : this.mismatch(node, value)
      case 'int32':
      case 'int64':
        return isInteger(value, node.scalar) ? value : this.mismatch(node, value)
      case 'double':
        return typeof value === 'number' ? value : this.mismatch(node, value)
      case 'bytes':
        return typeof value === 'string' ? this.bytes(value) : this.mismatch(node, value)
      case 'quantity':
        return canonicalQuantity(typeof value === 'string' ? value.trim() : JSON.stringify(value))
      case 'time':
      case 'microTime':
        if (typeof value !== 'string') throw this.fatal(value, 'string')
        return normalizeTime(value, node.scalar === 'microTime')
      case 'duration':
        if (typeof value !== 'string') throw this.fatal(value, 'string')
        return value
      case 'intOrString':
        if (typeof value === 'string' || isInteger(value, 'int32')) return value as Json
        throw this.fatal(value, 'int32')
    }
  }

  private bytes(value: string): Json | undefined {
    try {
      return normalizeBase64(value)
    } catch (error) {
      if (error instanceof ApiValueError) this.error ??= error.message
      else throw error
      return undefined
    }
  }

  private mismatch(node: SchemaNode, value: unknown): undefined {
    const numeric = node.kind === 'scalar' && ['int32', 'int64', 'double'].includes(node.scalar)
    this.error ??= this.typeError(value, goType(node), numeric)
    return undefined
  }

  private fatal(value: unknown, type: string): ApiValueError {
    return new ApiValueError('BAD_SCHEMA', this.typeError(value, type, type === 'int32'))
  }

  private typeError(value: unknown, type: string, numeric: boolean): string {
    const found = describe(value, numeric)
    const target = this.fields.length > 0 ? `Go struct field ${this.structName}.${this.fields.join('.')}` : 'Go value'
    return `json: cannot unmarshal ${found} into ${target} of type ${type}`
  }
}

function describe(value: unknown, numeric: boolean): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return numeric ? `number ${value}` : 'number'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'object'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function isInteger(value: unknown, width: 'int32' | 'int64'): value is number {
  if (typeof value !== 'number' || !Number.isInteger(value)) return false
  return width === 'int64' ? Math.abs(value) <= 2 ** 63 : value >= -(2 ** 31) && value < 2 ** 31
}

const GO_SCALARS: Readonly<Record<ScalarNode['scalar'], string>> = {
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  duration: 'v1.Duration',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
}

/** Go's spelling of a type, as its decoder names it in errors. */
function goType(node: SchemaNode): string {
  switch (node.kind) {
    case 'scalar':
      return node.goName ?? GO_SCALARS[node.scalar]
    case 'struct':
      return `${node.name.split('.').at(-2) ?? 'v1'}.${shortName(node.name)}`
    case 'list':
      return `[]${goType(node.item)}`
    case 'map':
      if (node.value.kind === 'scalar' && node.value.scalar === 'quantity') return 'v1.ResourceList'
      return `map[string]${goType(node.value)}`
    case 'dynamic':
      return 'runtime.RawExtension'
  }
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** Lists of built-in types that are printed although they are empty are nil in Go; definitions are kept as JSON. */
function isEmptyList(node: StructNode, value: Json): boolean {
  return Array.isArray(value) && value.length === 0 && node.name.startsWith('io.k8s.api.')
}

/**
 * Lists and maps of which Kubernetes tells empty ones from absent ones, and accepts none that is empty: they stay, for its
 * defaults (which replace absent ones only) and its findings (which print them). Nowhere else does emptiness matter for long,
 * since what is stored does not keep it.
 */
const EMPTY_IS_WRONG: ReadonlySet<string> = new Set([
  'HPAScalingRules.policies',
  'PersistentVolumeSpec.capacity',
  'PodFailurePolicyOnExitCodesRequirement.values',
  'SuccessPolicy.rules',
])

/** Whether Go leaves a value out: empty, not behind a pointer, and marked `omitempty`. */
function isOmitted(field: FieldNode, value: Json): boolean {
  if (field.node.kind === 'list' || field.node.kind === 'map') {
    return !field.always && (Array.isArray(value) ? value.length === 0 : Object.keys(value as JsonObject).length === 0)
  }
  if (field.pointer) return false
  if (field.node.kind === 'struct') return field.omitZero && Object.keys(value as JsonObject).length === 0
  if (field.always || field.node.kind !== 'scalar') return false
  return value === '' || value === 0 || value === false
}

/** Adds the values that Go prints although nobody set them, such as `status: {}` and `divisor: "0"`. */
function addAlways(node: StructNode, out: JsonObject): void {
  for (const field of node.fields.values()) {
    if (out[field.name] !== undefined || field.omitZero) continue
    const zero = printedZero(field)
    if (zero !== undefined) out[field.name] = zero
  }
}

function printedZero(field: FieldNode): Json | undefined {
  const { node } = field
  if (field.pointer) return field.always ? null : undefined
  switch (node.kind) {
    case 'struct':
      return zeroValue(node)
    case 'scalar':
      // Structs in Go: `omitempty` does not leave them out.
      if (node.scalar === 'quantity' || node.scalar === 'time' || node.scalar === 'microTime') return zeroValue(node)
      if (node.scalar === 'intOrString') return 0
      return field.always ? zeroValue(node) : undefined
    default:
      return field.always ? null : undefined
  }
}

function zeroValue(node: SchemaNode): Json {
  switch (node.kind) {
    case 'struct': {
      const out: JsonObject = {}
      addAlways(node, out)
      return out
    }
    case 'scalar':
      return ZERO[node.scalar]
    default:
      return null
  }
}

const ZERO: Readonly<Record<ScalarNode['scalar'], Json>> = {
  string: '',
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  bytes: null,
  time: null,
  microTime: null,
  duration: '0s',
  quantity: '0',
  intOrString: 0,
}
