import type { User } from '../exchange.ts'
import type { FieldError, JsonObject, KubeObject, StructNode } from '../../../api/index.ts'

/** Verbs a resource or sub-resource may serve, as discovery names them. */
export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

/** What a strategy may use while it prepares or checks an object. */
export interface StrategyContext {
  /** Who asks. */
  readonly user: User
  /** Current time, RFC 3339 in UTC with seconds. */
  readonly now: string
  /** A random UUID. */
  uuid(): string
  /** Five random characters of Kubernetes' safe alphabet. */
  suffix(): string
  /** Tells the client something of what it asked for. */
  warn(text: string): void
}

/**
 * What differs per kind beyond its schema: preparation (fields that clients may not set, generation), validation, and
 * warnings. All methods work on already decoded and defaulted objects; `prepare*` change `object` in place.
 */
export interface Strategy {
  /** Clears what clients may not set on create (status, …). Metadata is filled in by the pipeline. */
  prepareForCreate?(object: KubeObject, ctx: StrategyContext): void
  /** Restores what an update of the main resource may not change (status, …) from `old`. */
  prepareForUpdate?(object: KubeObject, old: KubeObject, ctx: StrategyContext): void
  /** As prepareForUpdate, for the status sub-resource: everything but status (and what rides with it) comes from `old`. */
  prepareForStatusUpdate?(object: KubeObject, old: KubeObject, ctx: StrategyContext): void
  /** Findings for a new object, in Kubernetes' order. */
  validateCreate?(object: KubeObject): FieldError[]
  /** Findings for a change of the main resource (immutable fields included). */
  validateUpdate?(object: KubeObject, old: KubeObject): FieldError[]
  /** Findings for a change through the status sub-resource. */
  validateStatusUpdate?(object: KubeObject, old: KubeObject): FieldError[]
  /** Texts for `Warning` headers. */
  warnings?(object: KubeObject, old: KubeObject | undefined): string[]
  /** False for kinds whose `metadata.generation` never moves (ConfigMap, Secret, Event, …). Default: true when `spec` exists. */
  readonly generation?: boolean
  /** A change of `status` counts for the generation too (custom resources without that sub-resource). Default: false. */
  readonly countsStatus?: boolean
  /** Whether something beyond the spec changed that counts for the generation. Default: nothing does. */
  countsFurther?(object: KubeObject, old: KubeObject): boolean
  /** Grace period in seconds when a delete names none (pods: 30). Default 0: deleted at once. */
  gracePeriodSeconds?(object: KubeObject): number
  /** Called before a deletion is planned, on a copy. True: it marked the object as deleted, and that is all of it for now. */
  prepareForDelete?(object: KubeObject, ctx: StrategyContext): boolean
  /** Values for field selectors beyond metadata.name and metadata.namespace. */
  selectableFields?(object: KubeObject): Record<string, string>
}

/** A column of the table that `kubectl get` prints. */
export interface TableColumn {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: string
  readonly description?: string
  /** 0: always shown; 1 and more: only with `-o wide`. */
  readonly priority?: number
}

/** Columns of a kind and how to fill a row. */
export interface TableDefinition {
  readonly columns: readonly TableColumn[]
  /** Cells of one object, in the order of the columns. `nowMs` is used for ages. */
  row(object: KubeObject, nowMs: number): unknown[]
  /** The order of rows, where it is not that of names. */
  order?(a: KubeObject, b: KubeObject): number
  /** A table of no objects has no list of rows, as that of Kubernetes' printer for kinds without columns of their own. */
  readonly generic?: boolean
}

/** A sub-resource other than the main one. */
export interface SubresourceDefinition {
  /** `status`, `scale`, `binding`, `eviction`, `log`, `exec`, `token`, … */
  readonly name: string
  readonly verbs: readonly Verb[]
  /** Kind and group/version it answers with when they differ from the parent's (`Scale` of autoscaling/v1, …). */
  readonly kind?: string
  readonly group?: string
  readonly version?: string
}

/** Paths of the scale sub-resource, as CRDs name them (`.spec.replicas`). */
export interface ScalePaths {
  readonly specReplicasPath: string
  readonly statusReplicasPath: string
  readonly labelSelectorPath?: string
}

/**
 * Conversion that has to ask somebody else (a webhook), so that it takes time. What is to be read is settled first; then
 * reading is as immediate as it is for everybody else.
 */
export interface VersionConversion {
  /**
   * Converts stored objects that are kept in another version; undefined when there is nothing to ask for. `fresh`: also those
   * that have been converted before. Rejects with what Kubernetes answers.
   */
  settle(stored: readonly KubeObject[], fresh: boolean): Promise<void> | undefined
  /** A stored object of another version in this one; it has to be settled. */
  shown(stored: KubeObject): KubeObject
  /** An object of this version as it is to be kept. */
  toStorage(object: KubeObject): Promise<KubeObject>
  /** An object of any version of the resource in another one. */
  convert(object: KubeObject, apiVersion: string): Promise<KubeObject>
}

/** One resource in one version, built in or from a CustomResourceDefinition. Data only. */
export interface ResourceDefinition {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly listKind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly Verb[]
  readonly subresources: readonly SubresourceDefinition[]
  readonly scale?: ScalePaths
  /** Hash that discovery prints; any stable text does. */
  readonly storageVersionHash?: string
  /** Version in which objects are stored, when this is not it (HPA v1 is stored as v2, …). */
  readonly storageVersion?: string
  /** Group under which objects are stored, when this is not it (events.k8s.io shares the core group's events). */
  readonly storageGroup?: string
  /** Converts between this version and the stored one; absent when they are alike. */
  readonly convert?: {
    toStorage(object: KubeObject): KubeObject
    fromStorage(object: KubeObject): KubeObject
  }
  /** Converts by asking a webhook. Takes precedence over `convert`; absent: nobody has to be asked. */
  readonly conversion?: VersionConversion
  readonly strategy: Strategy
  readonly table: TableDefinition
  /** Made by a CustomResourceDefinition: no strategic merge patch. Default: false. */
  readonly custom?: boolean
  /** Reads data that is not read by a built-in type; the result has its defaults already, and the nulls only that are asked for. */
  read?(
    raw: KubeObject,
    options?: { readonly keepNulls?: boolean },
  ): { readonly object: KubeObject; readonly findings: readonly string[]; readonly error?: string }
  /** What is kept as this version's schema shows it: the same object when that changes nothing. Absent: as it is kept. */
  shown?(stored: KubeObject): KubeObject
  /** What users of this version are warned of. */
  readonly deprecationWarning?: string
  /** Fills in defaults in place, as the scheme's defaulting functions do. */
  applyDefaults(object: KubeObject): void
  /** Checks field types, unknown and duplicate fields against the schema; see api/schema. Absent: any shape is fine. */
  readonly schema?: ObjectSchema | undefined
}

/** Schema of an object, enough for decoding, pruning, merging and explaining. Implemented by api/schema. */
export interface ObjectSchema {
  /** The type as data, for decoding, merging and ownership. */
  readonly node: StructNode
  /** OpenAPI v3 schema (with $refs) of this type, for /openapi/v3. */
  readonly openapi: JsonObject
  /** Name in `components.schemas`, such as `io.k8s.api.core.v1.Pod`. */
  readonly name: string
}
