import { errorText } from '../../base/index.ts'
import type { Client } from '../client.ts'
import { isConflict, isUnsupportedMediaType, KubeClientError, KubeError } from '../errors.ts'
import { gvkText, placeOf, type ResourceInfo } from '../resources/info.ts'
import type { KubeObject } from '../../api/index.ts'
import type { DeployOptions } from './options.ts'
import { retryOn } from './retry.ts'

/** The refusal of a server-side apply, with the object in `details.info`; `cause` is the server's error. */
export class ApplyError extends KubeClientError {}

/** `ns/name apps/v1, Kind=Deployment`. */
export function objectWords(info: ResourceInfo): string {
  return `${info.namespace}/${info.name} ${gvkText(info.mapping.gvk)}`
}

/** Applies one object on the server, as Helm's patchResourceServerSide; gives the object as stored. */
export async function applyServerSide(client: Client, info: ResourceInfo, options: DeployOptions): Promise<KubeObject> {
  try {
    return await client.apply(info.mapping.gvr, placeOf(info), info.object, {
      fieldManager: options.fieldManager,
      force: options.forceConflicts,
      fieldValidation: 'Strict',
      dryRun: options.dryRun,
      signal: options.signal,
    })
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    throw applyFailure(info, error)
  }
}

/** As applyServerSide, tried again when two writers of a quota collide. */
export function applyNew(client: Client, info: ResourceInfo, options: DeployOptions): Promise<KubeObject> {
  return retryOn(options, quotaCollision, () => applyServerSide(client, info, options))
}

function applyFailure(info: ResourceInfo, error: unknown): ApplyError {
  const why = errorText(error)
  if (isUnsupportedMediaType(error)) {
    return new ApplyError('INVALID_OBJECT', `server-side apply not available on the server: ${why}`, { info }, error)
  }
  const what = isConflict(error) ? 'conflict occurred while applying object' : 'server-side apply failed for object'
  return new ApplyError('INVALID_OBJECT', `${what} ${objectWords(info)}: ${why}`, { info }, error)
}

/** The server names this collision only by its words. */
function quotaCollision(error: unknown): boolean {
  const cause = error instanceof ApplyError ? error.cause : error
  return (
    cause instanceof KubeError &&
    isConflict(cause) &&
    cause.message.includes('Operation cannot be fulfilled on resourcequotas') &&
    cause.message.includes('the object has been modified')
  )
}
