import { type JsonObject, listAt, objectAt, setAbsent, setDefault, stringAt, valueAt } from '../../../api/index.ts'
import { defaultPullPolicy } from './image.ts'

const DEFAULT_MODE = 0o644

/** Defaults of a volume of a pod; one without a source is an empty directory. */
export function defaultVolume(volume: JsonObject): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {}
  for (const key of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    const source = objectAt(volume, key)
    if (source && valueAt(source, 'defaultMode') === undefined) source.defaultMode = DEFAULT_MODE
  }
  defaultFieldRefs(objectAt(volume, 'downwardAPI'))
  for (const projection of listAt(objectAt(volume, 'projected'), 'sources')) {
    defaultFieldRefs(objectAt(projection, 'downwardAPI'))
    const token = objectAt(projection, 'serviceAccountToken')
    if (token && valueAt(token, 'expirationSeconds') === undefined) token.expirationSeconds = 3600
  }
  const image = objectAt(volume, 'image')
  if (image) setDefault(image, 'pullPolicy', defaultPullPolicy(stringAt(image, 'reference')))
  defaultVolumeSource(volume)
}

function defaultFieldRefs(source: JsonObject | undefined): void {
  for (const item of listAt(source, 'items')) {
    const field = objectAt(item, 'fieldRef')
    if (field) setDefault(field, 'apiVersion', 'v1')
  }
}

/** Defaults of the sources that pods and persistent volumes share. */
export function defaultVolumeSource(source: JsonObject): void {
  const hostPath = objectAt(source, 'hostPath')
  if (hostPath && valueAt(hostPath, 'type') === undefined) hostPath.type = ''
  for (const [key, defaults] of SOURCE_DEFAULTS) {
    const found = objectAt(source, key)
    if (!found) continue
    // Only azureDisk keeps its texts behind pointers.
    const set = key === 'azureDisk' ? setAbsent : setDefault
    for (const [name, value] of Object.entries(defaults)) set(found, name, value)
  }
}

const SOURCE_DEFAULTS: readonly (readonly [key: string, defaults: Record<string, string | boolean>])[] = [
  ['iscsi', { iscsiInterface: 'default' }],
  ['rbd', { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }],
  ['azureDisk', { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false }],
  ['scaleIO', { storageMode: 'ThinProvisioned', fsType: 'xfs' }],
]

/** Defaults of a claim's spec. */
export function defaultClaimSpec(spec: JsonObject): void {
  setAbsent(spec, 'volumeMode', 'Filesystem')
}

/** Defaults of a claim. */
export function defaultClaim(claim: JsonObject): void {
  defaultClaimSpec(objectAt(claim, 'spec') ?? {})
  const status = objectAt(claim, 'status') ?? {}
  setDefault(status, 'phase', 'Pending')
  claim.status = status
}
