import type { Json, SchemaNode } from '../../../api/index.ts'
import { type Comparison, compareValues } from './compare.ts'
import type { Conflict } from './conflict.ts'
import { FieldSet } from './field-set.ts'
import type { Manager, Managers } from './managers.ts'
import { fieldElement } from './path-element.ts'
import { removeFields } from './remove.ts'
import { toFieldSet } from './to-field-set.ts'

/** The object in one API version. */
export interface Versioned {
  readonly node: SchemaNode
  /** Converts an object of the request's version to this one. */
  convert(object: Json): Json
  /** And back. */
  restore(object: Json): Json
}

/** Finds the form of the object in an API version; undefined when that version is gone. */
export type VersionLookup = (apiVersion: string) => Versioned | undefined

/** A set of whole fields from paths such as `metadata.labels`. */
export function fieldsOf(paths: readonly string[]): FieldSet {
  const set = new FieldSet()
  for (const path of paths) set.insert(path.split('.').map(fieldElement))
  return set
}

/** Paths that nobody owns: identity and what the server sets. */
export const UNTRACKED = fieldsOf([
  'apiVersion',
  'kind',
  'metadata',
  'metadata.name',
  'metadata.namespace',
  'metadata.creationTimestamp',
  'metadata.selfLink',
  'metadata.uid',
  'metadata.clusterName',
  'metadata.generation',
  'metadata.managedFields',
  'metadata.resourceVersion',
])

/** What all managers but `self` lose by a change, and where that is a conflict. */
export interface Transfer {
  readonly conflicts: readonly Conflict[]
  /** The managers after the change; those that own nothing any more are gone. */
  readonly managers: Managers
  readonly comparison: Comparison
}

/** Compares two states of an object and takes the changed fields away from everybody but `self`. */
export function transferOwnership(
  change: { readonly before: Json; readonly after: Json; readonly apiVersion: string },
  managers: Managers,
  self: string,
  options: { readonly versions: VersionLookup; readonly ignored: FieldSet },
): Transfer {
  const comparisons = new Map<string, Comparison | undefined>()
  const compareIn = (apiVersion: string): Comparison | undefined => {
    if (!comparisons.has(apiVersion)) {
      const version = options.versions(apiVersion)
      const result =
        version && compareValues(version.node, version.convert(change.before), version.convert(change.after))
      comparisons.set(apiVersion, result && withoutFields(result, options.ignored))
    }
    return comparisons.get(apiVersion)
  }
  const conflicts: Conflict[] = []
  const kept: Managers = new Map()
  for (const [key, manager] of [...managers].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (key === self) {
      kept.set(key, manager)
      continue
    }
    const comparison = compareIn(manager.apiVersion)
    if (!comparison) continue
    const lost = manager.set.intersection(comparison.modified.union(comparison.added))
    lost.forEach((path) => {
      conflicts.push({ manager, path })
    })
    const set = manager.set.difference(lost).difference(comparison.removed)
    if (!set.empty) kept.set(key, { ...manager, set })
  }
  const comparison = compareIn(change.apiVersion) ?? compareValues({ kind: 'dynamic' }, null, null)
  return { conflicts, managers: kept, comparison }
}

function withoutFields(comparison: Comparison, ignored: FieldSet): Comparison {
  if (ignored.empty) return comparison
  return {
    added: comparison.added.recursiveDifference(ignored),
    modified: comparison.modified.recursiveDifference(ignored),
    removed: comparison.removed.recursiveDifference(ignored),
  }
}

/**
 * Removes from `merged` what an applier no longer applies: the fields of its last set that nobody owns now. Items that
 * others own, or that were never owned, stay. As structured-merge-diff's prune.
 */
export function pruneUnowned(
  merged: Json,
  managers: Managers,
  last: Manager | undefined,
  versions: VersionLookup,
): Json {
  if (!last || last.set.empty) return merged
  const version = versions(last.apiVersion)
  if (!version) return merged
  const { node } = version
  const byVersion = new Map<string, FieldSet>()
  for (const { apiVersion, set } of managers.values()) {
    const known = byVersion.get(apiVersion)
    byVersion.set(apiVersion, known ? known.union(set) : set)
  }
  const own = byVersion.get(last.apiVersion)
  const given = last.set.withNamedFields(node)
  // The usual case: all that was applied before still has an owner, so nothing can go.
  if (own && given.difference(own.withNamedFields(node)).empty) return merged
  const whole = version.convert(merged)
  let pruned: Json = removeFields(node, whole, given) ?? {}
  if (own) pruned = addBackOwned(node, whole, pruned, own)
  for (const [apiVersion, set] of byVersion) {
    const other = apiVersion === last.apiVersion ? undefined : versions(apiVersion)
    if (!other) continue
    const kept = addBackOwned(
      other.node,
      other.convert(version.restore(whole)),
      other.convert(version.restore(pruned)),
      set,
    )
    pruned = version.convert(other.restore(kept))
  }
  const prunedSet = toFieldSet(node, pruned).withNamedFields(node)
  const mergedSet = toFieldSet(node, whole).withNamedFields(node)
  const dangling = mergedSet.difference(prunedSet).intersection(given)
  return version.restore(removeFields(node, whole, dangling) ?? {})
}

function addBackOwned(node: SchemaNode, merged: Json, pruned: Json, owned: FieldSet): Json {
  const mergedSet = toFieldSet(node, merged).withNamedFields(node)
  const prunedSet = toFieldSet(node, pruned).withNamedFields(node)
  const kept = prunedSet.union(owned.withNamedFields(node))
  return removeFields(node, merged, mergedSet.difference(kept)) ?? {}
}
