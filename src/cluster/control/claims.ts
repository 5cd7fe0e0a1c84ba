import { matchesSelector } from '../../api/index.ts'
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from './kinds/index.ts'
import { matchesTerm } from './node-rules.ts'
import { quantityValue } from './quantity.ts'

/** Set on a claim when the scheduler has chosen the node for which it is to be provisioned. */
export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node'

/** Name of the claim behind a volume of a pod, if it has one. */
export function claimNames(pod: Pod): string[] {
  const names: string[] = []
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.persistentVolumeClaim) names.push(volume.persistentVolumeClaim.claimName)
    else if (volume.ephemeral) names.push(`${pod.metadata.name}-${volume.name}`)
  }
  return names
}

/** True when the claim is bound for good. */
export function isFullyBound(claim: PersistentVolumeClaim): boolean {
  return Boolean(claim.spec.volumeName) && claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined
}

/** True when the volume may be used on the node. */
export function volumeFitsNode(volume: PersistentVolume, node: Node): boolean {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms
  return terms === undefined || terms.some((term) => matchesTerm(term, node))
}

/** True when the volume could satisfy the claim, whoever holds it now. */
export function volumeSatisfies(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { spec } = volume
  if (volume.metadata.deletionTimestamp !== undefined) return false
  if ((spec.storageClassName ?? '') !== (claim.spec.storageClassName ?? '')) return false
  if ((spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return false
  if (!(claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode))) return false
  if (quantityValue(spec.capacity?.storage) < quantityValue(claim.spec.resources?.requests?.storage)) return false
  return claim.spec.selector === undefined || matchesSelector(claim.spec.selector, volume.metadata.labels)
}

/** The smallest free volume that satisfies a claim on a node; one reserved for the claim wins. */
export function findVolume(
  volumes: readonly PersistentVolume[],
  claim: PersistentVolumeClaim,
  node: Node | undefined,
): PersistentVolume | undefined {
  let best: PersistentVolume | undefined
  for (const volume of volumes) {
    const reference = volume.spec.claimRef
    if (reference !== undefined && reference !== null) {
      const reserved = reference.name === claim.metadata.name && reference.namespace === claim.metadata.namespace
      if (!reserved || (reference.uid && reference.uid !== claim.metadata.uid)) continue
      if (!volumeSatisfies(volume, claim) || (node && !volumeFitsNode(volume, node))) continue
      return volume
    }
    if (volume.status?.phase !== 'Available' || !volumeSatisfies(volume, claim)) continue
    if (node && !volumeFitsNode(volume, node)) continue
    if (
      best === undefined ||
      quantityValue(volume.spec.capacity?.storage) < quantityValue(best.spec.capacity?.storage)
    ) {
      best = volume
    }
  }
  return best
}
