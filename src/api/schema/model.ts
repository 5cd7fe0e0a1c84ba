import type { Json } from '../object.ts'

/** Kinds of scalars. Go's integer widths are kept apart because decode errors name them. */
export type ScalarKind =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'bytes'
  | 'time'
  | 'microTime'
  | 'duration'
  | 'quantity'
  | 'intOrString'

/** A leaf. */
export interface ScalarNode {
  readonly kind: 'scalar'
  readonly scalar: ScalarKind
  /** Go's named type, such as `v1.PullPolicy`; absent for the plain type. */
  readonly goName?: string
  /** Values that the documentation lists; validation has its own rules. */
  readonly enum?: readonly string[]
}

/** An object with known fields. */
export interface StructNode {
  readonly kind: 'struct'
  /** Name in OpenAPI documents, such as `io.k8s.api.core.v1.Pod`; empty for parts of custom resources. */
  readonly name: string
  readonly fields: ReadonlyMap<string, FieldNode>
  /** Applied and owned as a whole. */
  readonly atomic: boolean
  /** Custom resources: unknown fields stay (`x-kubernetes-preserve-unknown-fields`). */
  readonly preserveUnknown?: boolean
  /** Custom resources: an embedded object has apiVersion, kind and metadata beside its fields. */
  readonly embedded?: boolean
}

/** A list. */
export interface ListNode {
  readonly kind: 'list'
  readonly item: SchemaNode
  readonly listType: 'atomic' | 'set' | 'map'
  /** Fields that tell items apart, for listType `map`. */
  readonly keys: readonly string[]
}

/** A map from text to values of one type. */
export interface MapNode {
  readonly kind: 'map'
  readonly value: SchemaNode
  readonly atomic: boolean
}

/** Any JSON; merges by shape: objects by field, lists as a whole. */
export interface DynamicNode {
  readonly kind: 'dynamic'
  /** Name in OpenAPI documents, where it is a type of its own. */
  readonly name?: string
  /** The top must be an object (`RawExtension` in OpenAPI). */
  readonly object?: boolean
  /** Applied and owned as a whole, as raw extensions of built-in types are. */
  readonly whole?: boolean
}

/** The type of a value. */
export type SchemaNode = ScalarNode | StructNode | ListNode | MapNode | DynamicNode

/** How a strategic merge patch treats a field. */
export interface PatchHints {
  /** Lists are merged: by `mergeKey`, or as sets when there is none. */
  readonly merge: boolean
  readonly mergeKey?: string
  /** A map is replaced as a whole, not merged. */
  readonly replace?: boolean
  /** `$retainKeys` applies. */
  readonly retainKeys: boolean
  /** The list kind as the schema itself states it, for OpenAPI; absent when it is silent. */
  readonly listType?: 'atomic' | 'set' | 'map'
}

/** A field of a struct. */
export interface FieldNode {
  readonly name: string
  readonly node: SchemaNode
  readonly required: boolean
  /** Go keeps a pointer: zero values are told apart from absent ones. */
  readonly pointer: boolean
  /** Printed even when empty (no `omitempty`). */
  readonly always: boolean
  /** A struct that is left out when empty. */
  readonly omitZero: boolean
  readonly default?: Json
  readonly patch?: PatchHints
}

/** Any JSON in a built-in type. */
export const RAW: DynamicNode = { kind: 'dynamic', whole: true }

/** The dynamic node. */
export const DYNAMIC: DynamicNode = { kind: 'dynamic' }
