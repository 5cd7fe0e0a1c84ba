import type { KubeObject } from '../../api/index.ts'
import type { Client } from '../client.ts'
import { isConflict, KubeClientError } from '../errors.ts'
import type { ResourceInfo } from '../resources/info.ts'
import { writeBatches, reasonsOf, settleAll } from './batches.ts'
import { joinFailures } from './joined.ts'
import type { DeployOptions } from './options.ts'
import { retryOn } from './retry.ts'
import { applyNew } from './server-apply.ts'

/** Creates objects in order, those at once that do not depend on one another; everything is tried. As Helm's `kube.Client.Create`. */
export async function createAll(client: Client, infos: readonly ResourceInfo[], options: DeployOptions): Promise<void> {
  if (infos.length === 0) throw nothingVisited()
  const errors: unknown[] = []
  for (const batch of writeBatches(infos)) {
    options.signal?.throwIfAborted()
    errors.push(...reasonsOf(await settleAll(batch, (info) => createOne(client, info, options))))
  }
  if (errors.length > 0) throw joinFailures(errors, '\n')
}

/** Creates one object: by server-side apply, or by a plain create. */
export function createOne(client: Client, info: ResourceInfo, options: DeployOptions): Promise<KubeObject> {
  if (options.serverSide) return applyNew(client, info, options)
  const place = { namespace: info.mapping.namespaced ? info.namespace : undefined }
  return retryOn(options, isConflict, () =>
    client.create(info.mapping.gvr, place, info.object, {
      fieldManager: options.fieldManager,
      dryRun: options.dryRun,
      signal: options.signal,
    }),
  )
}

/** As Helm's ErrNoObjectsVisited. */
function nothingVisited(): KubeClientError {
  return new KubeClientError('INVALID_OBJECT', 'no objects visited')
}
