import type { PersistentVolume } from '../../control/index.ts'
import { claimNames } from '../../control/index.ts'
import type { Plugin } from '../framework.ts'

const keys = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]

interface Place {
  readonly key: string
  readonly values: ReadonlySet<string>
}

/** Zones and regions that a volume's labels name; several are joined by two underscores. */
function placesOf(volume: PersistentVolume): Place[] {
  return keys.flatMap((key) => {
    const value = volume.metadata.labels?.[key]
    return value === undefined ? [] : [{ key, values: new Set(value.split('__')) }]
  })
}

/** As VolumeZone: the volumes of bound claims must be of the node's zone and region. */
export const volumeZone: Plugin = {
  name: 'VolumeZone',
  prepare: (pod, snapshot) => {
    const places = claimNames(pod).flatMap((name) => {
      const claim = snapshot.claim(pod.metadata.namespace ?? '', name)
      const volume = snapshot.volume(claim?.spec.volumeName ?? '')
      return volume === undefined ? [] : placesOf(volume)
    })
    return { state: places }
  },
  filter: (_pod, { node }, state) => {
    const labels = node.metadata.labels ?? {}
    // A cluster without zones has nothing to keep apart.
    if (!keys.some((key) => labels[key] !== undefined)) return undefined
    const fits = (state as Place[]).every(({ key, values }) => values.has(labels[key] ?? ''))
    return fits ? undefined : { reasons: ['node(s) had no available volume zone'], resolvable: false }
  },
}
