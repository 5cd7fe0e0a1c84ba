import { listAt, objectAt, stringAt, stringsAt } from '../../../../api/index.ts'
import { badSeccomp, type Check, hasOwnUsers, procMount } from './baseline.ts'
import {
  containersText,
  counted,
  namesWhere,
  type PodView,
  quoted,
  securityOf,
  settersText,
  sortedSet,
} from './pod-view.ts'

/** Since 1.25 pods of Windows need not say what only Linux has. */
function isWindows(pod: PodView, minor: number): boolean {
  return minor >= 25 && stringAt(objectAt(pod.spec, 'os'), 'name') === 'windows'
}

const allowPrivilegeEscalation: Check = (pod, minor) => {
  if (isWindows(pod, minor)) return undefined
  const names = namesWhere(pod, (container) => securityOf(container)?.allowPrivilegeEscalation !== false)
  if (names.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

const capabilities: Check = (pod, minor) => {
  if (isWindows(pod, minor)) return undefined
  const added: string[] = []
  const keeping = namesWhere(pod, (container) => {
    return !stringsAt(objectAt(securityOf(container), 'capabilities'), 'drop').includes('ALL')
  })
  const adding = namesWhere(pod, (container) => {
    const all = stringsAt(objectAt(securityOf(container), 'capabilities'), 'add')
    const bad = all.filter((capability) => capability !== 'NET_BIND_SERVICE')
    added.push(...bad)
    return bad.length > 0
  })
  const details: string[] = []
  if (keeping.length > 0) details.push(`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`)
  if (adding.length > 0) {
    const which = quoted(sortedSet(added))
    details.push(`${containersText(adding)} must not include ${which} in securityContext.capabilities.add`)
  }
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const VOLUMES = 'configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret'.split(' ')
const OTHER_VOLUMES =
  'hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos'.split(
    ' ',
  )

const restrictedVolumes: Check = ({ spec }) => {
  const bad = listAt(spec, 'volumes').filter((volume) => !VOLUMES.some((type) => volume[type] !== undefined))
  if (bad.length === 0) return undefined
  const names = bad.map((volume) => stringAt(volume, 'name'))
  const types = sortedSet(bad.map((volume) => OTHER_VOLUMES.find((type) => volume[type] !== undefined) ?? 'unknown'))
  const use = `${counted(names.length, 'uses', 'use')} ${counted(types.length, 'restricted volume type', 'restricted volume types')}`
  const detail = `${counted(names.length, 'volume', 'volumes')} ${quoted(names)} ${use} ${quoted(types)}`
  return { reason: 'restricted volume types', detail }
}

const runAsNonRoot: Check = (pod, minor) => {
  if (minor >= 35 && hasOwnUsers(pod)) return undefined
  const podValue = securityOf(pod.spec)?.runAsNonRoot
  const explicit = namesWhere(pod, (container) => securityOf(container)?.runAsNonRoot === false)
  const reason = 'runAsNonRoot != true'
  if (podValue === false || explicit.length > 0) {
    const setters = settersText(podValue === false, explicit)
    return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` }
  }
  const silent = namesWhere(pod, (container) => {
    return podValue !== true && typeof securityOf(container)?.runAsNonRoot !== 'boolean'
  })
  if (silent.length === 0) return undefined
  return { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` }
}

const runAsUser: Check = (pod, minor) => {
  if (minor >= 35 && hasOwnUsers(pod)) return undefined
  const isRoot = securityOf(pod.spec)?.runAsUser === 0
  const names = namesWhere(pod, (container) => securityOf(container)?.runAsUser === 0)
  if (!isRoot && names.length === 0) return undefined
  return { reason: 'runAsUser=0', detail: `${settersText(isRoot, names)} must not set runAsUser=0` }
}

const seccompProfile: Check = (pod, minor) => {
  if (isWindows(pod, minor)) return undefined
  const bad = badSeccomp(pod)
  if (bad !== undefined) return bad
  if (objectAt(securityOf(pod.spec), 'seccompProfile') !== undefined) return undefined
  const silent = namesWhere(pod, (container) => objectAt(securityOf(container), 'seccompProfile') === undefined)
  if (silent.length === 0) return undefined
  const detail = `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`
  return { reason: 'seccompProfile', detail }
}

/** The checks that the restricted level has besides those of the baseline, and which of those they replace. */
export const RESTRICTED: readonly {
  readonly since: number
  readonly check: Check
  readonly replaces?: string
}[] = [
  { since: 8, check: allowPrivilegeEscalation },
  { since: 22, check: capabilities, replaces: 'capabilities_baseline' },
  { since: 35, check: procMount, replaces: 'procMount' },
  { since: 0, check: restrictedVolumes, replaces: 'hostPathVolumes' },
  { since: 0, check: runAsNonRoot },
  { since: 23, check: runAsUser },
  { since: 19, check: seccompProfile, replaces: 'seccompProfile_baseline' },
]
