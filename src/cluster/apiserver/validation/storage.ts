import {
  dnsSubdomainProblems,
  formatQuantity,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  mapAt,
  objectAt,
  parseQuantity,
  qualifiedNameProblems,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { claimSpecDiff } from './claim-diff.ts'
import { type Findings, forbidden, IMMUTABLE, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateNodeSelector } from './scheduling.ts'
import { validateLabelSelector } from './selector.ts'

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const VOLUME_MODES = ['Block', 'Filesystem']

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject

function validateModes(modes: readonly string[], field: string): Findings {
  const out: Findings = []
  for (const mode of modes) if (!ACCESS_MODES.includes(mode)) out.push(notSupported(field, mode, ACCESS_MODES))
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    out.push(forbidden(field, 'may not use ReadWriteOncePod with other access modes'))
  }
  return out
}

function validatePositive(text: string, field: string): Findings {
  const quantity = parseQuantity(text)
  return quantity.nano > 0n ? [] : [invalid(field, formatQuantity(quantity), 'must be greater than zero')]
}

/** Checks the spec of a claim. */
export function validateClaimSpec(spec: JsonObject, field: string): Findings {
  const out: Findings = []
  const modes = stringsAt(spec, 'accessModes')
  if (modes.length === 0) out.push(required(`${field}.accessModes`, 'at least 1 access mode is required'))
  out.push(...validateLabelSelector(objectAt(spec, 'selector'), `${field}.selector`))
  out.push(...validateModes(modes, `${field}.accessModes`))
  const storage = mapAt(objectAt(spec, 'resources'), 'requests').storage
  if (storage === undefined) out.push(required(`${field}.resources[storage]`))
  else out.push(...validatePositive(storage, `${field}.resources[storage]`))
  const className = stringAt(spec, 'storageClassName')
  if (className !== '')
    out.push(...invalidEach(`${field}.storageClassName`, className, dnsSubdomainProblems(className)))
  const volumeMode = stringAt(spec, 'volumeMode')
  if (volumeMode !== '' && !VOLUME_MODES.includes(volumeMode)) {
    out.push(notSupported(`${field}.volumeMode`, volumeMode, VOLUME_MODES))
  }
  return out
}

/** Checks a PersistentVolumeClaim. */
export function validateClaim(object: KubeObject): Findings {
  return validateClaimSpec(specOf(object), 'spec')
}

/** What a claim never changes: all but a larger request once it is bound, and the volume that it gets bound to. */
export function validateClaimUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const before = specOf(old)
  const bound = stringAt(old.status, 'phase') === 'Bound'
  const frozen = structuredClone(spec)
  if (stringAt(before, 'volumeName') === '') restore(frozen, before, 'volumeName')
  if (valueAt(before, 'storageClassName') === undefined || mayAnnotate(object)) restoreClass(frozen, before)
  if (bound) restoreRequest(frozen, before)
  restore(frozen, before, 'volumeAttributesClassName')
  const out: Findings = []
  if (!jsonEqual(frozen, before)) {
    const text =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
    out.push(forbidden('spec', `${text}\n${claimSpecDiff(before, spec)}`))
  } else if (bound) {
    const now = mapAt(objectAt(spec, 'resources'), 'requests').storage
    const then = mapAt(objectAt(before, 'resources'), 'requests').storage
    if (now !== undefined && then !== undefined && parseQuantity(now).nano < parseQuantity(then).nano) {
      out.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'))
    }
  }
  return out
}

function mayAnnotate(object: KubeObject): boolean {
  return object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined
}

function restore(spec: JsonObject, before: JsonObject, key: string): void {
  if (before[key] === undefined) delete spec[key]
  else spec[key] = before[key]
}

/** A claim without a class may get one later (the default class). */
function restoreClass(spec: JsonObject, before: JsonObject): void {
  if (valueAt(before, 'storageClassName') === undefined) restore(spec, before, 'storageClassName')
}

function restoreRequest(spec: JsonObject, before: JsonObject): void {
  const resources = objectAt(spec, 'resources')
  const requests = objectAt(resources, 'requests')
  const old = mapAt(objectAt(before, 'resources'), 'requests').storage
  if (requests && old !== undefined) requests.storage = old
}

const RECLAIM = ['Delete', 'Recycle', 'Retain']
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
]

/** Checks a PersistentVolume. */
export function validatePersistentVolume(object: KubeObject): Findings {
  const spec = specOf(object)
  const out: Findings = []
  const modes = stringsAt(spec, 'accessModes')
  if (modes.length === 0) out.push(required('spec.accessModes'))
  out.push(...validateModes(modes, 'spec.accessModes'))
  const capacity = mapAt(spec, 'capacity')
  if (Object.keys(capacity).length === 0) out.push(required('spec.capacity'))
  if (capacity.storage === undefined || Object.keys(capacity).length > 1) {
    out.push(notSupported('spec.capacity', valueAt(spec, 'capacity') ?? null, ['storage']))
  }
  for (const [name, value] of Object.entries(capacity)) out.push(...validatePositive(value, `spec.capacity[${name}]`))
  const reclaim = stringAt(spec, 'persistentVolumeReclaimPolicy')
  if (reclaim !== '' && !RECLAIM.includes(reclaim))
    out.push(notSupported('spec.persistentVolumeReclaimPolicy', reclaim, RECLAIM))
  const affinity = objectAt(objectAt(spec, 'nodeAffinity'), 'required')
  if (affinity) out.push(...validateNodeSelector(affinity, 'spec.nodeAffinity.required'))
  out.push(...validateSources(spec))
  const className = stringAt(spec, 'storageClassName')
  if (className !== '') out.push(...invalidEach('spec.storageClassName', className, dnsSubdomainProblems(className)))
  const volumeMode = stringAt(spec, 'volumeMode')
  if (volumeMode !== '' && !VOLUME_MODES.includes(volumeMode))
    out.push(notSupported('spec.volumeMode', volumeMode, VOLUME_MODES))
  return out
}

function validateSources(spec: JsonObject): Findings {
  const found = SOURCES.filter((key) => objectAt(spec, key))
  const out: Findings = found.slice(1).map((key) => forbidden(`spec.${key}`, 'may not specify more than 1 volume type'))
  const path = objectAt(spec, 'hostPath')
  if (path && stringAt(path, 'path') === '') out.push(required('spec.hostPath.path'))
  const nfs = objectAt(spec, 'nfs')
  if (nfs) {
    if (stringAt(nfs, 'server') === '') out.push(required('spec.nfs.server'))
    if (stringAt(nfs, 'path') === '') out.push(required('spec.nfs.path'))
    if (!stringAt(nfs, 'path').startsWith('/'))
      out.push(invalid('spec.nfs.path', stringAt(nfs, 'path'), 'must be an absolute path'))
  }
  const local = objectAt(spec, 'local')
  if (local) {
    if (stringAt(local, 'path') === '') out.push(required('spec.local.path'))
    if (!objectAt(spec, 'nodeAffinity')) out.push(required('spec.nodeAffinity', 'Local volume requires node affinity'))
  }
  const csi = objectAt(spec, 'csi')
  if (csi) {
    if (stringAt(csi, 'driver') === '') out.push(required('spec.csi.driver'))
    if (stringAt(csi, 'volumeHandle') === '') out.push(required('spec.csi.volumeHandle'))
  }
  if (found.length === 0) out.push(required('spec', 'must specify a volume type'))
  return out
}

/** The source of a volume never changes. */
export function validatePersistentVolumeUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const before = specOf(old)
  const out: Findings = []
  if (SOURCES.some((key) => !jsonEqual(spec[key] ?? null, before[key] ?? null))) {
    out.push(forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation'))
  }
  if (!jsonEqual(spec.volumeMode ?? null, before.volumeMode ?? null))
    out.push(invalid('spec.volumeMode', spec.volumeMode, IMMUTABLE))
  if (before.nodeAffinity !== undefined && !jsonEqual(spec.nodeAffinity ?? null, before.nodeAffinity)) {
    out.push(invalid('spec.nodeAffinity', spec.nodeAffinity, IMMUTABLE))
  }
  return out
}

const BINDING = ['Immediate', 'WaitForFirstConsumer']

/** Checks a StorageClass. */
export function validateStorageClass(object: KubeObject): Findings {
  const out: Findings = []
  const provisioner = stringAt(object, 'provisioner')
  if (provisioner === '') out.push(required('provisioner'))
  else out.push(...invalidEach('provisioner', provisioner, qualifiedNameProblems(provisioner.toLowerCase())))
  const parameters = mapAt(object, 'parameters')
  if (Object.keys(parameters).some((key) => key === '')) out.push(invalid('parameters', '', 'field can not be empty.'))
  const reclaim = stringAt(object, 'reclaimPolicy')
  if (reclaim !== '' && !['Delete', 'Retain'].includes(reclaim)) {
    out.push(notSupported('reclaimPolicy', reclaim, ['Delete', 'Retain']))
  }
  const binding = stringAt(object, 'volumeBindingMode')
  if (binding === '') out.push(required('volumeBindingMode'))
  else if (!BINDING.includes(binding)) out.push(notSupported('volumeBindingMode', binding, BINDING))
  return out
}

/** What a class never changes. */
export function validateStorageClassUpdate(object: KubeObject, old: KubeObject): Findings {
  const out: Findings = []
  if (object.provisioner !== old.provisioner) out.push(invalid('provisioner', object.provisioner, IMMUTABLE))
  for (const key of ['parameters', 'reclaimPolicy']) {
    if (!jsonEqual(object[key] ?? null, old[key] ?? null)) out.push(forbidden(key, `updates to ${key} are forbidden.`))
  }
  if (object.volumeBindingMode !== old.volumeBindingMode)
    out.push(invalid('volumeBindingMode', object.volumeBindingMode, IMMUTABLE))
  return out
}

/** Checks a CSIDriver. */
export function validateCsiDriver(object: KubeObject): Findings {
  const modes = stringsAt(object.spec, 'volumeLifecycleModes')
  return modes
    .filter((mode) => mode !== 'Persistent' && mode !== 'Ephemeral')
    .map((mode) => notSupported('spec.volumeLifecycleModes', mode, ['Ephemeral', 'Persistent']))
}
