import { createHash } from 'node:crypto'
import { builtinSchema } from '../../../api/index.ts'
import { defaultingOf } from '../defaulting/index.ts'
import { strategyOf } from '../strategies/index.ts'
import { tableOf } from '../table/index.ts'
import type { ResourceDefinition, ScalePaths, SubresourceDefinition, TableDefinition, Verb } from './resource.ts'

/** All verbs of an ordinary resource, in the order of discovery. */
export const ALL_VERBS: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
]

/** Verbs of the status sub-resource and its like. */
const STATUS_VERBS: readonly Verb[] = ['get', 'patch', 'update']

/** The `status` sub-resource. */
export const STATUS: SubresourceDefinition = { name: 'status', verbs: STATUS_VERBS }

/** The `scale` sub-resource. */
export const SCALE: SubresourceDefinition = {
  name: 'scale',
  verbs: STATUS_VERBS,
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
}

/** Scale paths of every built-in workload. */
export const SCALE_PATHS: ScalePaths = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.selector',
}

/** What a line of a registry table says; everything else follows from the kind. */
export interface ResourceLine {
  readonly kind: string
  readonly plural: string
  /** Default: the kind in lower case. */
  readonly singular?: string
  readonly short?: readonly string[]
  readonly categories?: readonly string[]
  /** Default: true. */
  readonly namespaced?: boolean
  /** Default: ALL_VERBS. */
  readonly verbs?: readonly Verb[]
  readonly subresources?: readonly SubresourceDefinition[]
  readonly scale?: ScalePaths
  readonly storageVersion?: string
  /** Default: the group itself. Events of events.k8s.io are stored as those of the core group. */
  readonly storageGroup?: string
  /** Version that the discovery hash is made from: Kubernetes keeps writing some kinds in an older form. */
  readonly hashVersion?: string
  readonly convert?: NonNullable<ResourceDefinition['convert']>
}

/** The hash by which discovery tells clients that the storage version of a resource has changed. */
export function storageVersionHash(gvk: {
  readonly group: string
  readonly version: string
  readonly kind: string
}): string {
  const text = `${gvk.group}/${gvk.version}/${gvk.kind}`
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64')
}

/** Completes the lines of one group and version; schema, strategy, defaults and columns are looked up by kind. */
export function defineResources(group: string, version: string, lines: readonly ResourceLine[]): ResourceDefinition[] {
  return lines.map((line) => defineResource(group, version, line))
}

function defineResource(group: string, version: string, line: ResourceLine): ResourceDefinition {
  const { kind } = line
  const verbs = line.verbs ?? ALL_VERBS
  const stored = verbs.includes('watch')
  const gvk = { group, version, kind }
  const storage = { group: line.storageGroup ?? group, version: line.storageVersion ?? version }
  return {
    ...gvk,
    listKind: `${kind}List`,
    plural: line.plural,
    singular: line.singular ?? kind.toLowerCase(),
    shortNames: line.short ?? [],
    categories: line.categories ?? [],
    namespaced: line.namespaced ?? true,
    verbs,
    subresources: line.subresources ?? [],
    ...(line.scale && { scale: line.scale }),
    ...(stored && {
      storageVersionHash: storageVersionHash({
        ...gvk,
        ...storage,
        ...(line.hashVersion && { version: line.hashVersion }),
      }),
    }),
    ...(line.storageVersion && { storageVersion: line.storageVersion }),
    ...(line.storageGroup !== undefined && { storageGroup: line.storageGroup }),
    ...(line.convert && { convert: line.convert }),
    strategy: strategyOf(gvk),
    table: line.convert ? storedTable(tableOf(gvk), line.convert) : tableOf(gvk),
    applyDefaults: defaultingOf(gvk),
    get schema() {
      return builtinSchema(gvk)
    },
  }
}

/** Tables show the stored form of an object. */
function storedTable(table: TableDefinition, convert: NonNullable<ResourceDefinition['convert']>): TableDefinition {
  return { ...table, row: (object, nowMs) => table.row(convert.toStorage(object), nowMs) }
}
