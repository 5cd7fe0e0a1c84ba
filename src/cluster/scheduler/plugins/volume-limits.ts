import type { Pod } from '../../control/index.ts'
import { claimNames } from '../../control/index.ts'
import type { Plugin, Snapshot } from '../framework.ts'

/** The CSI volumes of a pod as `driver/handle`. */
function volumesOf(pod: Pod, snapshot: Snapshot): string[] {
  return claimNames(pod).flatMap((name) => {
    const claim = snapshot.claim(pod.metadata.namespace ?? '', name)
    const volume = snapshot.volume(claim?.spec.volumeName ?? '')
    const csi = volume?.spec.csi as { driver: string; volumeHandle: string } | undefined
    if (csi !== undefined) return [`${csi.driver}/${csi.volumeHandle}`]
    const storageClass = snapshot.storageClass(claim?.spec.storageClassName ?? '')
    return claim === undefined || volume !== undefined || storageClass === undefined
      ? []
      : [`${storageClass.provisioner}/${claim.metadata.namespace}/${claim.metadata.name}`]
  })
}

/** As NodeVolumeLimits: no more volumes of a CSI driver than its CSINode allows. */
export const volumeLimits: Plugin = {
  name: 'NodeVolumeLimits',
  prepare: (pod, snapshot) => ({ state: volumesOf(pod, snapshot) }),
  filter: (_pod, node, state, snapshot) => {
    const wanted = state as string[]
    const limits = wanted.length === 0 ? undefined : snapshot.volumeLimits(node.name)
    if (limits === undefined || limits.size === 0) return undefined
    const attached = new Set([...node.pods.values()].flatMap((other) => volumesOf(other, snapshot)))
    for (const volume of wanted) attached.add(volume)
    for (const [driver, limit] of limits) {
      const prefix = `${driver}/`
      if (!wanted.some((volume) => volume.startsWith(prefix))) continue
      if ([...attached].filter((volume) => volume.startsWith(prefix)).length > limit) {
        return { reasons: ['node(s) exceed max volume count'], resolvable: true }
      }
    }
    return undefined
  },
}
