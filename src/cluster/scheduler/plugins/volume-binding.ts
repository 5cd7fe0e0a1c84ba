import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../control/index.ts'
import { claimNames, findVolume, isFullyBound, volumeFitsNode } from '../../control/index.ts'
import type { Plugin, Rejection, Snapshot } from '../framework.ts'

/** The claims of a pod, as far as they matter to scheduling. */
export interface ClaimState {
  /** Volumes of bound claims. */
  readonly bound: readonly PersistentVolume[]
  /** Claims that wait for their first consumer. */
  readonly waiting: readonly PersistentVolumeClaim[]
}

function reject(reason: string): { rejection: Rejection } {
  return { rejection: { reasons: [reason], resolvable: false } }
}

function prepare(pod: Pod, snapshot: Snapshot): { state?: ClaimState; rejection?: Rejection } {
  const bound: PersistentVolume[] = []
  const waiting: PersistentVolumeClaim[] = []
  let unboundImmediate = false
  for (const name of claimNames(pod)) {
    const claim = snapshot.claim(pod.metadata.namespace ?? '', name)
    if (claim === undefined) return reject(`persistentvolumeclaim "${name}" not found`)
    if (claim.metadata.deletionTimestamp !== undefined)
      return reject(`persistentvolumeclaim "${name}" is being deleted`)
    if (claim.status?.phase === 'Lost')
      return reject(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`)
    if (isFullyBound(claim)) {
      const volume = snapshot.volume(claim.spec.volumeName ?? '')
      if (volume === undefined)
        return reject(
          `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`,
        )
      bound.push(volume)
    } else {
      const storageClass = snapshot.storageClass(claim.spec.storageClassName ?? '')
      if (storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && !claim.spec.volumeName) waiting.push(claim)
      else unboundImmediate = true
    }
  }
  if (unboundImmediate) return reject('pod has unbound immediate PersistentVolumeClaims')
  return { state: { bound, waiting } }
}

/** As VolumeBinding: bound volumes must be reachable from the node, waiting claims must be bindable or provisionable there. */
export const volumeBinding: Plugin = {
  name: 'VolumeBinding',
  prepare,
  filter: (_pod, { node }, raw, snapshot) => {
    const state = raw as ClaimState
    if (!state.bound.every((volume) => volumeFitsNode(volume, node))) {
      return { reasons: ["node(s) didn't match PersistentVolume's node affinity"], resolvable: false }
    }
    for (const claim of state.waiting) {
      const storageClass = snapshot.storageClass(claim.spec.storageClassName ?? '')
      const provisionable = storageClass !== undefined && storageClass.provisioner !== 'kubernetes.io/no-provisioner'
      if (!provisionable && findVolume(snapshot.volumes(), claim, node) === undefined) {
        return { reasons: ["node(s) didn't find available persistent volumes to bind"], resolvable: false }
      }
    }
    return undefined
  },
}
