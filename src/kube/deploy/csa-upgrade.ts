import type { JsonObject, KubeObject, ManagedFieldsEntry } from '../../api/index.ts'
import { errorText } from '../../base/index.ts'
import type { Client } from '../client.ts'
import { isConflict, KubeClientError } from '../errors.ts'
import { placeOf, type ResourceInfo } from '../resources/info.ts'
import type { DeployOptions } from './options.ts'
import { retryOn } from './retry.ts'
import { objectWords } from './server-apply.ts'

/**
 * Moves the fields that `manager` owns by Update over to its Apply entry, so that server-side apply can remove them. As
 * client-go's csaupgrade; undefined when nothing changes.
 */
export function upgradedManagers(
  entries: readonly ManagedFieldsEntry[],
  manager: string,
): readonly ManagedFieldsEntry[] | undefined {
  const owns = (entry: ManagedFieldsEntry, operation: 'Apply' | 'Update'): boolean =>
    entry.manager === manager && entry.operation === operation && (entry.subresource ?? '') === ''
  const updates = entries.filter((entry) => owns(entry, 'Update'))
  if (updates.length === 0) return undefined
  const applied = entries.findIndex((entry) => owns(entry, 'Apply'))
  const target = applied >= 0 ? applied : entries.findIndex((entry) => owns(entry, 'Update'))
  const kept = entries[target]
  if (kept === undefined) return undefined
  const partner = updates.find((entry) => entry.apiVersion === kept.apiVersion)
  const merged: ManagedFieldsEntry = {
    ...kept,
    operation: 'Apply',
    fieldsV1: unionFields(
      kept.fieldsV1 ?? {},
      partner === undefined || partner === kept ? {} : (partner.fieldsV1 ?? {}),
    ),
  }
  return entries.flatMap((entry, index) => {
    if (index === target) return [merged]
    return owns(entry, 'Update') ? [] : [entry]
  })
}

/** Union of two field sets in their JSON form. */
function unionFields(a: JsonObject, b: JsonObject): JsonObject {
  const union: JsonObject = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const mine = union[key]
    union[key] = mine === undefined ? value : unionFields(mine as JsonObject, (value ?? {}) as JsonObject)
  }
  return union
}

/**
 * Upgrades the managed fields of the live object; does nothing when no client-side entry is there, which `seen`, the object
 * as it was read before, tells without asking.
 */
export async function upgradeFieldManager(
  client: Client,
  info: ResourceInfo,
  options: DeployOptions,
  seen?: KubeObject,
): Promise<void> {
  if (seen !== undefined && upgradedManagers(seen.metadata.managedFields ?? [], options.fieldManager) === undefined)
    return
  const words = objectWords(info)
  await retryOn(options, isConflict, async () => {
    let live: KubeObject
    try {
      live = await client.get(info.mapping.gvr, placeOf(info), { signal: options.signal })
    } catch (error) {
      throw new KubeClientError('INVALID_OBJECT', `failed to get object ${words}: ${errorText(error)}`, {}, error)
    }
    const managers = upgradedManagers(live.metadata.managedFields ?? [], options.fieldManager)
    if (managers === undefined) return
    const patch = [
      { op: 'replace', path: '/metadata/managedFields', value: managers },
      { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
    ]
    try {
      await client.patch(info.mapping.gvr, placeOf(info), 'json', patch, {
        fieldManager: options.fieldManager,
        fieldValidation: 'Strict',
        dryRun: options.dryRun,
        signal: options.signal,
      })
    } catch (error) {
      if (isConflict(error)) throw error
      const text = `failed to patch object to upgrade CSA field manager ${words}: ${errorText(error)}`
      throw new KubeClientError('INVALID_OBJECT', text, {}, error)
    }
  })
}
