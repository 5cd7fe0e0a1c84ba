import { apiVersionOf, type JsonObject, type KubeObject, parseApiVersion } from '../../api/index.ts'
import { type Scope, timestamp } from './context.ts'
import { ApiError, applyConflict, badRequest, plainServerError } from './errors.ts'
import {
  applyPatch,
  CUSTOM_STATUS_RESETS,
  resetFields,
  trackUpdate as track,
  trackScale,
  type Versioned,
  type VersionLookup,
  type WriteContext,
} from './managed-fields/index.ts'
import type { ResourceDefinition } from './registry/resource.ts'

/** What every tracked write of a request has in common. */
function writeContext(scope: Scope, manager: string): WriteContext {
  const { definition, info, server } = scope
  const versions = server.registry.versionsOf(definition.group, definition.plural)
  return {
    manager,
    apiVersion: apiVersionOf(definition),
    node: definition.schema?.node,
    ...(info.subresource !== '' && { subresource: info.subresource }),
    now: timestamp(server.clock),
    resets: resetsOf(definition, info.subresource),
    ...(versions.length > 1 && { versions: versionLookup(definition, versions) }),
  }
}

function resetsOf(definition: ResourceDefinition, subresource: string): readonly string[] {
  const hasStatus = definition.subresources.some((sub) => sub.name === 'status')
  if (definition.custom === true && subresource === 'status') return CUSTOM_STATUS_RESETS
  return resetFields(definition.kind, subresource, hasStatus)
}

/** How managers that wrote in other versions of the resource are compared. */
function versionLookup(own: ResourceDefinition, all: readonly ResourceDefinition[]): VersionLookup {
  return (apiVersion): Versioned | undefined => {
    const { group, version } = parseApiVersion(apiVersion)
    const other = all.find((definition) => definition.group === group && definition.version === version)
    if (other === undefined) return undefined
    return {
      node: other.schema?.node ?? { kind: 'dynamic' },
      convert: (object) => converted(own, other, object as unknown as KubeObject) as unknown as JsonObject,
      restore: (object) => converted(other, own, object as unknown as KubeObject) as unknown as JsonObject,
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
    // As Kubernetes' UpdateNoErrors: a write never fails because of its bookkeeping.
    return object
  }
}

/** Records a new replica count that came through the scale sub-resource. */
export function trackReplicas(
  scope: Scope,
  change: { readonly live: KubeObject; readonly next: KubeObject; readonly manager: string; readonly replicas: number },
): KubeObject {
  const { live, next, manager, replicas } = change
  const replicasPath = scope.definition.scale?.specReplicasPath ?? '.spec.replicas'
  return trackScale({ ...writeContext(scope, manager), live, next, replicas, replicasPath })
}

/** Applies a configuration; throws the conflict, or what is wrong with it. */
export function applyConfiguration(
  scope: Scope,
  change: {
    readonly live: KubeObject | undefined
    readonly applied: KubeObject
    readonly manager: string
    readonly force: boolean
  },
): KubeObject {
  const { live, applied, manager, force } = change
  const result = applyPatch({ ...writeContext(scope, manager), live, applied, force })
  if (result.type === 'applied') return result.object
  if (result.type === 'conflict') throw applyConflict(result.report.message, [...result.report.causes])
  throw result.status === 400 ? badRequest(result.message) : plainServerError(result.message)
}
