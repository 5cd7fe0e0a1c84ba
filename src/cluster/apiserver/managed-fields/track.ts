import {
  decodeObject,
  DYNAMIC,
  type Json,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  type SchemaNode,
} from '../../../api/index.ts'
import { checkTyped } from './check-typed.ts'
import { type ConflictReport, reportConflicts } from './conflict.ts'
import type { FieldSet } from './field-set.ts'
import {
  capUpdateManagers,
  decodeManagers,
  encodeManagers,
  type Manager,
  managerKey,
  type Managers,
} from './managers.ts'
import { mergeValues } from './merge.ts'
import { compareValues } from './compare.ts'
import { canonicalJson } from './path-element.ts'
import {
  fieldsOf,
  pruneUnowned,
  transferOwnership,
  UNTRACKED,
  type Versioned,
  type VersionLookup,
} from './ownership.ts'
import { toFieldSet } from './to-field-set.ts'

/** What a write says about itself. */
export interface WriteContext {
  /** Name of the field manager. */
  readonly manager: string
  /** API version of the request, such as `apps/v1`. */
  readonly apiVersion: string
  /** Type of the object in that version; undefined: any shape, merged as it comes. */
  readonly node: SchemaNode | undefined
  /** Sub-resource that was written through. */
  readonly subresource?: string
  /** Current time, RFC 3339. */
  readonly now: string
  /** Fields that this way of writing resets (`status`, …), which it never comes to own. See resetFields. */
  readonly resets?: readonly string[]
  /** Other versions that managers may have written in. Without it every version is taken to have the same shape. */
  readonly versions?: VersionLookup
}

/** A write of a whole object: create, update, or any patch but apply. */
export interface UpdateWrite extends WriteContext {
  /** The stored object in the request's version; undefined on create. */
  readonly live: KubeObject | undefined
  /** The object that is going to be stored, decoded and defaulted. */
  readonly next: KubeObject
}

/** A server-side apply. */
export interface ApplyWrite extends WriteContext {
  readonly live: KubeObject | undefined
  /** The applied configuration, as the client sent it. */
  readonly applied: KubeObject
  readonly force: boolean
}

/** What an apply comes to. */
export type ApplyResult =
  | { readonly type: 'applied'; readonly object: KubeObject; readonly changed: boolean }
  | { readonly type: 'conflict'; readonly report: ConflictReport }
  | { readonly type: 'refused'; readonly status: 400 | 500; readonly message: string }

/**
 * Records who owns what after a write: fields that changed belong to `manager` (operation Update) and to nobody else,
 * fields that are gone to nobody. Returns `next` with metadata.managedFields; `next` is not changed. A request that sets
 * managedFields itself is honoured, and an empty list clears them. As Kubernetes' FieldManager.Update.
 */
export function trackUpdate(write: UpdateWrite): KubeObject {
  const { live, next } = write
  const requested = next.metadata.managedFields
  const isReset = requested?.length === 0 || (requested?.length === 1 && Object.keys(requested[0] ?? {}).length === 0)
  let managers: Managers = new Map()
  if (!isReset) {
    const own = write.subresource ? undefined : decodeManagers(requested)
    managers = own && own.size > 0 ? own : (decodeManagers(live?.metadata.managedFields) ?? new Map())
  }
  // Tracking starts with the creation; an object whose entries were cleared stays untracked until it is applied.
  const untracked = managers.size === 0 && (live?.metadata.uid ?? '') !== ''
  if (untracked) return withManagers(next, new Map())
  const before = bare(live ?? emptyLike(next, write.node))
  const key = managerKey({
    name: write.manager,
    operation: 'Update',
    apiVersion: write.apiVersion,
    subresource: write.subresource ?? '',
  })
  const updated = updateManagers(managers, { before, after: bare(next) }, key, write)
  capUpdateManagers(updated)
  return withManagers(next, updated)
}

/** What an empty object of the kind looks like (Go's zero value of built-in kinds); a new object is compared with it. */
function emptyLike(object: KubeObject, node: SchemaNode | undefined): KubeObject {
  const { apiVersion, kind } = object
  if (node?.kind !== 'struct' || node.name === '') return { apiVersion, kind, metadata: {} }
  return decodeObject(node, { apiVersion, kind, metadata: {} }).value as unknown as KubeObject
}

/** The object as it is compared: without its managers. */
function bare(object: KubeObject): Json {
  const { managedFields: _, ...metadata } = object.metadata ?? {}
  return { ...object, metadata } as unknown as JsonObject
}

function withManagers(object: KubeObject, managers: Managers): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata ?? {}
  const entries = encodeManagers(managers)
  return { ...object, metadata: entries.length > 0 ? { ...metadata, managedFields: entries } : metadata }
}

function updateManagers(
  managers: Managers,
  change: { readonly before: Json; readonly after: Json },
  key: string,
  write: WriteContext,
): Managers {
  const versions = versionsOf(write)
  const ignored = fieldsOf(write.resets ?? [])
  const { apiVersion } = write
  // Compared as a manager of its own, so that unchanged fields keep their time.
  const transfer = transferOwnership({ ...change, apiVersion }, managers, 'current-operation', { versions, ignored })
  const { comparison } = transfer
  const set = comparison.modified.union(comparison.added).recursiveDifference(ignored).difference(UNTRACKED)
  const kept = transfer.managers
  if (set.empty) return kept
  const previous = kept.get(key)
  kept.set(key, {
    name: write.manager,
    operation: 'Update',
    apiVersion,
    subresource: write.subresource ?? '',
    time: write.now,
    set: previous ? set.union(previous.set) : set,
  })
  return kept
}

function versionsOf(write: WriteContext): VersionLookup {
  const same: Versioned = { node: write.node ?? DYNAMIC, convert: (object) => object, restore: (object) => object }
  const { versions } = write
  return (apiVersion) => (apiVersion === write.apiVersion || !versions ? same : versions(apiVersion))
}

/**
 * Applies a configuration: fields that the manager applied before and no longer does are removed when nobody else owns
 * them, fields that others own with another value are conflicts unless forced, equal values are shared. The result is not
 * defaulted yet. As Kubernetes' FieldManager.Apply with structured-merge-diff.
 */
export function applyPatch(write: ApplyWrite): ApplyResult {
  const { applied } = write
  if (applied.metadata?.managedFields !== undefined) {
    return { type: 'refused', status: 400, message: 'metadata.managedFields must be nil' }
  }
  if (applied.apiVersion !== write.apiVersion) {
    const message = `Incorrect version specified in apply patch. Specified patch version: ${applied.apiVersion}, expected: ${write.apiVersion}`
    return { type: 'refused', status: 400, message }
  }
  const node = write.node ?? DYNAMIC
  const config = applied as unknown as JsonObject
  const problem = checkTyped(node, config)
  if (problem !== undefined) {
    return {
      type: 'refused',
      status: 500,
      message: `failed to create typed patch object (${describe(applied)}): ${problem}`,
    }
  }
  const live = write.live ?? emptyLike(applied, write.node)
  let managers = decodeManagers(live.metadata.managedFields) ?? new Map()
  if (managers.size === 0 && write.live) managers = firstManagers(write, write.live)
  return applyConfig(write, config, bare(live), managers)
}

function applyConfig(write: ApplyWrite, config: JsonObject, before: Json, managers: Managers): ApplyResult {
  const node = write.node ?? DYNAMIC
  const versions = versionsOf(write)
  const ignored = fieldsOf(write.resets ?? [])
  const identity = {
    name: write.manager,
    operation: 'Apply' as const,
    apiVersion: write.apiVersion,
    subresource: write.subresource ?? '',
  }
  const key = managerKey(identity)
  const last = managers.get(key)
  const set = toFieldSet(node, config).recursiveDifference(ignored)
  const self: Manager = { ...identity, time: last?.time, set }
  const claimed = new Map(managers).set(key, self)
  const merged = mergeValues(node, before, config) ?? {}
  const pruned = pruneUnowned(merged, claimed, last, versions)
  const transfer = transferOwnership({ before, after: pruned, apiVersion: write.apiVersion }, claimed, key, {
    versions,
    ignored,
  })
  const allowed = write.force ? undefined : allowedConflicts(write, before)
  const conflicts = transfer.conflicts.filter(({ path }) => !allowed?.has(path))
  if (conflicts.length > 0 && !write.force) {
    return { type: 'conflict', report: reportConflicts(conflicts) }
  }
  const changed = !write.live || !jsonEqual(before, pruned)
  const tracked = set.difference(UNTRACKED)
  if (tracked.empty) transfer.managers.delete(key)
  else {
    // A claim that changes nothing is not dated.
    const time = changed ? write.now : last?.time
    transfer.managers.set(key, { ...self, set: tracked, time })
  }
  const object = withManagers(refreshLastApplied(write, pruned as unknown as KubeObject), transfer.managers)
  const name = write.live?.metadata.name
  if (name !== undefined && object.metadata.name === undefined) {
    // Giving up the only field of metadata that anybody owned takes all of metadata along, as upstream.
    const message = `the name of the object (${name} based on URL) was undeterminable: name must be provided`
    return { type: 'refused', status: 400, message }
  }
  return { type: 'applied', object, changed }
}

/** Name under which kubectl applies; it takes over from its own client-side apply. */
const KUBECTL = 'kubectl'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Fields that kubectl applied client-side and that still have that value: server-side apply may change them. */
function allowedConflicts(write: ApplyWrite, before: Json): FieldSet | undefined {
  const text = write.live?.metadata.annotations?.[LAST_APPLIED]
  if (write.manager !== KUBECTL || !text) return undefined
  const node = write.node ?? DYNAMIC
  try {
    const last = JSON.parse(text) as JsonObject
    const { added, modified, removed } = compareValues(node, last, before)
    return toFieldSet(node, last).difference(modified).difference(added).difference(removed)
  } catch {
    return undefined
  }
}

/** Keeps the annotation of client-side apply up to date, so that kubectl may go back to it. */
function refreshLastApplied(write: ApplyWrite, object: KubeObject): KubeObject {
  if (write.manager !== KUBECTL || !object.metadata?.annotations?.[LAST_APPLIED]) return object
  const { managedFields: _, annotations = {}, ...metadata } = write.applied.metadata ?? {}
  const { [LAST_APPLIED]: _last, ...rest } = annotations
  const kept = Object.keys(rest).length > 0 ? { ...metadata, annotations: rest } : metadata
  const text = `${canonicalJson({ ...write.applied, metadata: kept } as unknown as JsonObject)}\n`
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: text } },
  }
}

/** Managers of an object that nobody has applied or tracked before: all it holds belongs to `before-first-apply`. */
function firstManagers(write: ApplyWrite, live: KubeObject): Managers {
  const name = 'before-first-apply'
  const key = managerKey({ name, operation: 'Update', apiVersion: write.apiVersion, subresource: '' })
  const empty = bare(emptyLike(live, write.node))
  const { subresource: _, ...rest } = write
  return updateManagers(new Map(), { before: empty, after: bare(live) }, key, { ...rest, manager: name })
}

/** `namespace/name; group/version, Kind=Kind`, as errors name an object. */
function describe(object: KubeObject): string {
  const { apiVersion, kind, metadata } = object
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
  // What a client sent may be of any type; only texts are names.
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  return `${text(metadata?.namespace)}/${text(metadata?.name)}; ${version}, Kind=${kind}`
}
