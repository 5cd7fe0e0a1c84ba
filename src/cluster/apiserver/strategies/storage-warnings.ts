import { formatQuantity, jsonEqual, type JsonObject, type KubeObject } from '../../../api/index.ts'
import { listAt, mapAt, objectAt, parseQuantity, stringAt, valueAt } from '../../../api/index.ts'
import { nodeTermWarnings } from './node-label-warnings.ts'

const CLASS_BETA = 'volume.beta.kubernetes.io/storage-class'

/** Annotations of volumes that became fields. */
const OLD_ANNOTATIONS: Readonly<Record<string, string>> = {
  [CLASS_BETA]: 'deprecated since v1.8; use "storageClassName" attribute instead',
  'volume.beta.kubernetes.io/mount-options': 'deprecated since v1.31; use "mountOptions" attribute instead',
}

/** Plug-ins for volumes that are no longer there, by their field; as warnings spell them where that differs. */
const GONE_PLUGINS: readonly (readonly [field: string, text: string, spelled?: string])[] = [
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+', 'storageOS'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

/** Warnings about a PersistentVolume. As Kubernetes' api/persistentvolume. */
export function persistentVolumeWarnings(object: KubeObject): string[] {
  const spec = (object.spec ?? {}) as JsonObject
  const out = Object.entries(OLD_ANNOTATIONS).flatMap(([key, text]) =>
    object.metadata.annotations?.[key] === undefined ? [] : [`metadata.annotations[${key}]: ${text}`],
  )
  if (stringAt(spec, 'persistentVolumeReclaimPolicy') === 'Recycle') {
    out.push(
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    )
  }
  listAt(objectAt(objectAt(spec, 'nodeAffinity'), 'required'), 'nodeSelectorTerms').forEach((term, index) => {
    out.push(...nodeTermWarnings(term, `spec.nodeAffinity.required.nodeSelectorTerms[${index}]`))
  })
  for (const [field, text, spelled] of GONE_PLUGINS) {
    if (objectAt(spec, field)) out.push(`spec.${spelled ?? field}: ${text}`)
  }
  return out
}

/** Warnings about a PersistentVolumeClaim. */
export function claimWarnings(object: KubeObject): string[] {
  const old = object.metadata.annotations?.[CLASS_BETA]
  return [
    ...(old === undefined ? [] : [`metadata.annotations[${CLASS_BETA}]: ${OLD_ANNOTATIONS[CLASS_BETA]}`]),
    ...claimSpecWarnings((object.spec ?? {}) as JsonObject, 'spec'),
  ]
}

/** Warnings about the spec of a claim at `path`: parts of bytes, as far as Kubernetes sees them in thousandths. */
export function claimSpecWarnings(spec: JsonObject, path: string): string[] {
  return ['requests', 'limits'].flatMap((key) => {
    const text = mapAt(objectAt(spec, 'resources'), key).storage
    if (text === undefined) return []
    const quantity = parseQuantity(text)
    if (quantity.nano % 1_000_000_000n === 0n) return []
    const shown = JSON.stringify(formatQuantity(quantity))
    return [`${path}.resources.${key}[storage]: fractional byte value ${shown} is invalid, must be an integer`]
  })
}

/** Warnings about a CSIDriver that asks for tokens, told when that is new. */
export function csiDriverWarnings(object: KubeObject, old: KubeObject | undefined): string[] {
  const tokens = listAt(object.spec, 'tokenRequests')
  if (tokens.length === 0 || valueAt(object.spec, 'serviceAccountTokenInSecrets') !== undefined) return []
  if (old !== undefined && jsonEqual(tokens, listAt(old.spec, 'tokenRequests'))) return []
  const advice = 'set to true to prevent possible logging of tokens in volume attributes'
  return [`spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, ${advice}`]
}
