import type { Client, DeleteOptions } from '../client.ts'
import { isConflict, isNotFound, KubeClientError } from '../errors.ts'
import { placeOf, type ResourceInfo } from '../resources/info.ts'
import { deleteBatches, reasonsOf, settleAll } from './batches.ts'
import type { DeployOptions } from './options.ts'
import { retryOn } from './retry.ts'

/** What becomes of dependents. */
export type Propagation = NonNullable<DeleteOptions['propagationPolicy']>

/**
 * Deletes objects in order, those at once whose order does not matter; those that are gone count as deleted. Gives all
 * failures, in order. As Helm's `kube.Client.Delete`, which goes kind by kind.
 */
export async function deleteAll(
  client: Client,
  infos: readonly ResourceInfo[],
  propagation: Propagation,
  options: Pick<DeployOptions, 'clock' | 'debug' | 'signal'>,
): Promise<unknown[]> {
  if (infos.length === 0) {
    return [new KubeClientError('INVALID_OBJECT', 'object not found, skipping delete: no objects visited')]
  }
  const errors: unknown[] = []
  for (const batch of deleteBatches(infos)) {
    options.signal?.throwIfAborted()
    const work = async (info: ResourceInfo): Promise<void> => {
      options.debug?.('starting delete resource', {
        namespace: info.namespace,
        name: info.name,
        kind: info.mapping.gvk.kind,
      })
      try {
        await deleteOne(client, info, propagation, options)
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
    errors.push(...reasonsOf(await settleAll(batch, work)))
  }
  return errors
}

/** Deletes one object. */
export function deleteOne(
  client: Client,
  info: ResourceInfo,
  propagation: Propagation,
  options: Pick<DeployOptions, 'clock' | 'signal'>,
): Promise<unknown> {
  return retryOn(options, isConflict, () =>
    client.delete(info.mapping.gvr, placeOf(info), { propagationPolicy: propagation, signal: options.signal }),
  )
}
