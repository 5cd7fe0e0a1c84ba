import type { Pod, Volume } from '../../control/index.ts'
import { claimNames } from '../../control/index.ts'
import type { Plugin, Snapshot } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'

const inUse =
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod'
const noDisk = 'node(s) had no available disk'

/** True when a claim for one pod only is used by a pod that has a node already. */
function claimInUse(pod: Pod, snapshot: Snapshot): boolean {
  const { namespace = '' } = pod.metadata
  const alone = claimNames(pod).filter((name) =>
    snapshot.claim(namespace, name)?.spec.accessModes?.includes('ReadWriteOncePod'),
  )
  if (alone.length === 0) return false
  return snapshot.nodes.some((node) =>
    [...node.pods.values()].some(
      (other) => other.metadata.namespace === namespace && claimNames(other).some((name) => alone.includes(name)),
    ),
  )
}

interface Disk {
  readonly readOnly?: boolean
  readonly [field: string]: unknown
}

/** Inline volumes of cloud disks: sources whose equal fields make them the same disk, and whether readers may share it. */
const disks: readonly { readonly source: string; readonly same: readonly string[]; readonly readersShare: boolean }[] =
  [
    { source: 'gcePersistentDisk', same: ['pdName'], readersShare: true },
    { source: 'awsElasticBlockStore', same: ['volumeID'], readersShare: false },
    { source: 'iscsi', same: ['iqn'], readersShare: true },
    { source: 'rbd', same: ['pool', 'image'], readersShare: true },
  ]

function conflicts(mine: Volume, theirs: Volume): boolean {
  return disks.some(({ source, same, readersShare }) => {
    const [a, b] = [mine[source] as Disk | undefined, theirs[source] as Disk | undefined]
    if (a === undefined || b === undefined || !same.every((field) => a[field] === b[field])) return false
    return !(readersShare && a.readOnly === true && b.readOnly === true)
  })
}

function diskConflict(pod: Pod, node: NodeInfo): boolean {
  const mine = (pod.spec.volumes ?? []).filter((volume) => disks.some(({ source }) => volume[source] !== undefined))
  if (mine.length === 0) return false
  return [...node.pods.values()].some((other) =>
    (other.spec.volumes ?? []).some((theirs) => mine.some((volume) => conflicts(volume, theirs))),
  )
}

/** As VolumeRestrictions: claims for one pod only, and cloud disks that one node may mount once. */
export const volumeRestrictions: Plugin = {
  name: 'VolumeRestrictions',
  prepare: (pod, snapshot) => ({ state: claimInUse(pod, snapshot) }),
  filter: (pod, node, state) => {
    if (diskConflict(pod, node)) return { reasons: [noDisk], resolvable: true }
    return state === true ? { reasons: [inUse], resolvable: true } : undefined
  },
}
