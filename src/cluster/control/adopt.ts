import type { KubeObject, OwnerReference } from '../../api/index.ts'
import type { ServerObject } from './kinds/index.ts'
import type { ApiClient } from './api-client.ts'
import { isApiError } from './errors.ts'
import type { ResourceType } from './resources.ts'
import { apiVersionOfType } from './resources.ts'

/** The owner reference whose `controller` is set, if any. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((ref) => ref.controller === true)
}

/** The reference that a controller puts on what it creates. */
export function controllerReference(type: ResourceType, owner: ServerObject): OwnerReference {
  return {
    apiVersion: apiVersionOfType(type),
    kind: type.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  }
}

/** What `claimObjects` needs to know about the claiming side. */
export interface Claim<O extends ServerObject, T extends ServerObject> {
  readonly client: ApiClient
  readonly owner: O
  readonly ownerType: ResourceType<O>
  readonly childType: ResourceType<T>
  readonly matches: (child: T) => boolean
}

/**
 * Picks what the owner controls out of `candidates`, adopting matching orphans and releasing what no longer matches, as
 * Kubernetes' controller reference manager. A deleted owner adopts nothing.
 */
export async function claimObjects<O extends ServerObject, T extends ServerObject>(
  claim: Claim<O, T>,
  candidates: Iterable<T>,
): Promise<T[]> {
  const claimed: T[] = []
  for (const child of candidates) {
    const controller = controllerOf(child)
    if (controller !== undefined) {
      if (controller.uid !== claim.owner.metadata.uid) continue
      if (claim.matches(child)) claimed.push(child)
      else if (claim.owner.metadata.deletionTimestamp === undefined) await release(claim, child)
      continue
    }
    if (claim.owner.metadata.deletionTimestamp !== undefined || !claim.matches(child)) continue
    if (child.metadata.deletionTimestamp !== undefined) continue
    const adopted = await adopt(claim, child)
    if (adopted !== undefined) claimed.push(adopted)
  }
  return claimed
}

async function adopt<O extends ServerObject, T extends ServerObject>(
  claim: Claim<O, T>,
  child: T,
): Promise<T | undefined> {
  const fresh = await claim.client.get(claim.ownerType, claim.owner.metadata)
  if (fresh?.metadata.uid !== claim.owner.metadata.uid || fresh.metadata.deletionTimestamp !== undefined)
    return undefined
  const reference = controllerReference(claim.ownerType, claim.owner)
  const others = child.metadata.ownerReferences ?? []
  return patchReferences(claim, child, [...others.filter((ref) => ref.uid !== reference.uid), reference])
}

async function release<O extends ServerObject, T extends ServerObject>(claim: Claim<O, T>, child: T): Promise<void> {
  const others = (child.metadata.ownerReferences ?? []).filter((ref) => ref.uid !== claim.owner.metadata.uid)
  await patchReferences(claim, child, others)
}

async function patchReferences<O extends ServerObject, T extends ServerObject>(
  claim: Claim<O, T>,
  child: T,
  ownerReferences: OwnerReference[],
): Promise<T | undefined> {
  const metadata = { uid: child.metadata.uid, ownerReferences: ownerReferences.length > 0 ? ownerReferences : null }
  try {
    return await claim.client.patch(claim.childType, child.metadata, { metadata })
  } catch (error) {
    // Gone meanwhile, or another object took the name: nothing to claim.
    if (isApiError(error, 'NOT_FOUND', 'INVALID', 'CONFLICT')) return undefined
    throw error
  }
}
