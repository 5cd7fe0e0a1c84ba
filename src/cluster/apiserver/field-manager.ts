import { apiVersionOf, type JsonObject, type KubeObject, parseApiVersion } from '../../api/index.ts'
import { type Scope, timestamp } from './context.ts'
import { ApiError, applyConflict, badRequest, plainServerError } from './errors.ts'
import {
  applyPatch,
  CUSTOM_STATUS_RESETS,
  resetFields,
  trackUpdate as track,
  type Versioned,
  type VersionLookup,
  type WriteContext,
} from './managed-fields/index.ts'
import { ConversionAnswers } from './conversion-answers.ts'
import type { ResourceDefinition } from './registry/resource.ts'

/** What every tracked write of a request has in common. `answers`: what a webhook has converted for it so far. */
function writeContext(scope: Scope, manager: string, answers?: ConversionAnswers): WriteContext {
  const { definition, info, server } = scope
  const versions = server.registry.versionsOf(definition.group, definition.plural)
  return {
    manager,
    apiVersion: apiVersionOf(definition),
    node: definition.schema?.node,
    ...(info.subresource !== '' && { subresource: info.subresource }),
    now: timestamp(server.clock),
    resets: resetsOf(definition, info.subresource),
    ...(versions.length > 1 && { versions: versionLookup(definition, versions, answers) }),
  }
}

function resetsOf(definition: ResourceDefinition, subresource: string): readonly string[] {
  const hasStatus = definition.subresources.some((sub) => sub.name === 'status')
  if (definition.custom === true && subresource === 'status') return CUSTOM_STATUS_RESETS
  return resetFields(definition.kind, subresource, hasStatus)
}

/** How managers that wrote in other versions of the resource are compared. */
function versionLookup(
  own: ResourceDefinition,
  all: readonly ResourceDefinition[],
  answers: ConversionAnswers | undefined,
): VersionLookup {
  const convert = (from: ResourceDefinition, to: ResourceDefinition, object: JsonObject): JsonObject => {
    const source = object as unknown as KubeObject
    return (answers?.get(source, apiVersionOf(to)) ?? converted(from, to, source)) as unknown as JsonObject
  }
  return (apiVersion): Versioned | undefined => {
    const { group, version } = parseApiVersion(apiVersion)
    const other = all.find((definition) => definition.group === group && definition.version === version)
    if (other === undefined) return undefined
    return {
      node: other.schema?.node ?? { kind: 'dynamic' },
      convert: (object) => convert(own, other, object as JsonObject),
      restore: (object) => convert(other, own, object as JsonObject),
    }
  }
}

function converted(from: ResourceDefinition, to: ResourceDefinition, object: KubeObject): KubeObject {
  const stored = from.convert === undefined ? object : from.convert.toStorage(object)
  const target = to.convert === undefined ? stored : to.convert.fromStorage(stored)
  return { ...target, apiVersion: apiVersionOf(to) }
}

/** Records in metadata.managedFields which fields `manager` has set, compared with `live`. */
export function trackUpdate(
  scope: Scope,
  live: KubeObject | undefined,
  object: KubeObject,
  manager: string,
): KubeObject {
  try {
    return track({ ...writeContext(scope, manager), live, next: object })
  } catch (error) {
    if (error instanceof ApiError) throw error
    return untracked(object)
  }
}

/** As Kubernetes' UpdateNoErrors: a write never fails because of its bookkeeping, which then begins anew. */
function untracked(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** As trackUpdate; a promise where versions that managers wrote in are converted by a webhook. */
export function trackChange(
  scope: Scope,
  live: KubeObject | undefined,
  object: KubeObject,
  manager: string,
): KubeObject | Promise<KubeObject> {
  const { conversion } = scope.definition
  if (conversion === undefined) return trackUpdate(scope, live, object, manager)
  return new ConversionAnswers(conversion)
    .run((answers) => track({ ...writeContext(scope, manager, answers), live, next: object }))
    .catch(() => untracked(object))
}

/** What applying a configuration comes to. An object that it does not change has not been merged and needs no defaults. */
export interface Applied {
  readonly object: KubeObject
  readonly changed: boolean
}

/** Applies a configuration; throws the conflict, or what is wrong with it. */
export async function applyConfiguration(
  scope: Scope,
  change: {
    readonly live: KubeObject | undefined
    readonly applied: KubeObject
    readonly manager: string
    readonly force: boolean
  },
): Promise<Applied> {
  const { live, applied, manager, force } = change
  const { conversion } = scope.definition
  const apply = (answers?: ConversionAnswers): ReturnType<typeof applyPatch> =>
    applyPatch({ ...writeContext(scope, manager, answers), live, applied, force })
  const result = conversion === undefined ? apply() : await new ConversionAnswers(conversion).run(apply)
  if (result.type === 'applied') return result
  if (result.type === 'conflict') throw applyConflict(result.report.message, [...result.report.causes])
  throw result.status === 400 ? badRequest(result.message) : plainServerError(result.message)
}
