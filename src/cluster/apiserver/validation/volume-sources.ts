import {
  boolAt,
  dnsLabelProblems,
  dnsSubdomainProblems,
  type JsonObject,
  mapAt,
  numberAt,
  objectAt,
  rangeProblem,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { type Findings, forbidden, invalid, invalidEach, notSupported, required, tooLong } from './findings.ts'
import { validateDescendingPath, validateNoBackstep } from './volume-paths.ts'

/** Checks the settings of one kind of volume. `owner` is the name of the volume or of the PersistentVolume. */
export type SourceCheck = (source: JsonObject, field: string, owner: string) => Findings

/** A check that only asks for some texts. */
export const needs =
  (...keys: string[]): SourceCheck =>
  (source, field) =>
    keys.filter((key) => stringAt(source, key) === '').map((key) => required(`${field}.${key}`))

/** The text says 1, although 0 is fine, as in Kubernetes. */
const PARTITION = 'must be between 1 and 255, inclusive'

const disk =
  (key: string): SourceCheck =>
  (source, field) => {
    const partition = numberAt(source, 'partition') ?? 0
    const out = needs(key)(source, field, '')
    if (partition < 0 || partition > 255) out.push(invalid(`${field}.partition`, partition, PARTITION))
    return out
  }

/** A reference to a Secret, of which only some parts are asked for. */
const secretRef =
  (...keys: string[]): SourceCheck =>
  (source, field) => {
    const reference = objectAt(source, 'secretRef')
    return reference ? needs(...keys)(reference, `${field}.secretRef`, '') : []
  }

const every =
  (...checks: SourceCheck[]): SourceCheck =>
  (source, field, owner) =>
    checks.flatMap((check) => check(source, field, owner))

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

function validateHostPath(source: JsonObject, field: string): Findings {
  const path = stringAt(source, 'path')
  if (path === '') return [required(`${field}.path`)]
  const out = validateNoBackstep(path, `${field}.path`)
  const type = stringAt(source, 'type')
  if (!HOST_PATH_TYPES.includes(type)) out.push(notSupported(`${field}.type`, type, HOST_PATH_TYPES))
  return out
}

function validateLocal(source: JsonObject, field: string): Findings {
  const path = stringAt(source, 'path')
  return path === '' ? [required(`${field}.path`)] : validateNoBackstep(path, `${field}.path`)
}

function validateNfs(source: JsonObject, field: string): Findings {
  const out = needs('server', 'path')(source, field, '')
  const path = stringAt(source, 'path')
  if (!path.startsWith('/')) out.push(invalid(`${field}.path`, path, 'must be an absolute path'))
  return out
}

const ISCSI_FORMATS: readonly (readonly [prefix: string, format: RegExp])[] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([0-9A-Za-z\-.]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[0-9A-Za-z]{16}$/],
  ['naa', /^naa.[0-9A-Za-z]{32}$/],
]

function iscsiName(name: string, field: string, unknown: string): Findings {
  const found = ISCSI_FORMATS.find(([prefix]) => name.startsWith(prefix))
  if (!found) return [invalid(field, name, unknown)]
  return found[1].test(name) ? [] : [invalid(field, name, 'must be valid format')]
}

const ISCSI_TOO_LONG =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'
const ISCSI_PREFIX = 'must be valid format starting with iqn, eui, or naa'

function validateIscsi(persistent: boolean): SourceCheck {
  return (source, field, owner) => {
    const out = needs('targetPortal')(source, field, owner)
    const portal = stringAt(source, 'targetPortal')
    const initiator = valueAt(source, 'initiatorName')
    const isTooLong = initiator !== undefined && Buffer.byteLength(`${owner}:${portal}`) > 64
    if (persistent && isTooLong) out.push(invalid(`${field}.targetportal`, portal, ISCSI_TOO_LONG))
    const iqn = stringAt(source, 'iqn')
    const unknown = persistent ? 'must be valid format' : ISCSI_PREFIX
    if (iqn === '') out.push(required(`${field}.iqn`))
    else out.push(...iscsiName(iqn, `${field}.iqn`, unknown))
    const lun = numberAt(source, 'lun') ?? 0
    if (lun < 0 || lun > 255) out.push(invalid(`${field}.lun`, lun, rangeProblem(0, 255)))
    const secret = objectAt(source, 'secretRef')
    const authenticates = boolAt(source, 'chapAuthDiscovery') || boolAt(source, 'chapAuthSession')
    if (authenticates && !secret) out.push(required(`${field}.secretRef`))
    if (persistent) out.push(...secretRef('name')(source, field, owner))
    if (initiator !== undefined) out.push(...iscsiName(String(initiator), `${field}.initiatorname`, unknown))
    if (!persistent && isTooLong) out.push(invalid(field.replace(/\.iscsi$/, '.name'), owner, ISCSI_TOO_LONG))
    return out
  }
}

function validateFibreChannel(source: JsonObject, field: string): Findings {
  const names = stringsAt(source, 'targetWWNs')
  const ids = stringsAt(source, 'wwids')
  const at = `${field}.targetWWNs`
  const out: Findings = []
  if (names.length === 0 && ids.length === 0) {
    out.push(required(at, 'must specify either targetWWNs or wwids, but not both'))
  }
  if (names.length > 0 && ids.length > 0) {
    out.push(invalid(at, names, 'targetWWNs and wwids can not be specified simultaneously'))
  }
  if (names.length > 0) {
    const lun = numberAt(source, 'lun')
    if (lun === undefined) out.push(required(`${field}.lun`, 'lun is required if targetWWNs is specified'))
    else if (lun < 0 || lun > 255) out.push(invalid(`${field}.lun`, lun, rangeProblem(0, 255)))
  }
  return out
}

function validateFlocker(source: JsonObject, field: string): Findings {
  const name = stringAt(source, 'datasetName')
  const uuid = stringAt(source, 'datasetUUID')
  const out: Findings = []
  if (name === '' && uuid === '') out.push(required(field, 'one of datasetName and datasetUUID is required'))
  if (name !== '' && uuid !== '') {
    out.push(invalid(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'))
  }
  if (name.includes('/')) out.push(invalid(`${field}.datasetName`, name, "must not contain '/'"))
  return out
}

function validateQuobyte(source: JsonObject, field: string): Findings {
  const out: Findings = []
  const registry = stringAt(source, 'registry')
  const pairs = 'must be a host:port pair or multiple pairs separated by commas'
  if (registry === '') out.push(required(`${field}.registry`, pairs))
  else if (Buffer.byteLength(stringAt(source, 'tenant')) >= 65) {
    out.push(required(`${field}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'))
  } else {
    for (const pair of registry.split(',')) {
      if (!isHostAndPort(pair)) out.push(invalid(`${field}.registry`, registry, pairs))
    }
  }
  return [...out, ...needs('volume')(source, field, '')]
}

/** As Go's net.SplitHostPort accepts: one colon outside brackets. */
function isHostAndPort(text: string): boolean {
  return /^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(text)
}

function monitors(source: JsonObject, field: string): Findings {
  return stringsAt(source, 'monitors').length === 0 ? [required(`${field}.monitors`)] : []
}

function validateFlex(source: JsonObject, field: string): Findings {
  const out = needs('driver')(source, field, '')
  for (const key of Object.keys(mapAt(source, 'options'))) {
    const space = `.${(key.includes('/') ? key.slice(0, key.indexOf('/')) : key).toLowerCase()}`
    if (space.endsWith('.kubernetes.io') || space.endsWith('.k8s.io')) {
      out.push(invalid(`${field}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'))
    }
  }
  return out
}

const CACHING = ['None', 'ReadOnly', 'ReadWrite']
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared']
const MANAGED_URI = ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}']
const BLOB_URI = ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']

function validateAzureDisk(source: JsonObject, field: string): Findings {
  const out = needs('diskName', 'diskURI')(source, field, '')
  const caching = valueAt(source, 'cachingMode')
  if (caching !== undefined && !CACHING.includes(String(caching))) {
    out.push(notSupported(`${field}.cachingMode`, caching, CACHING))
  }
  const kind = valueAt(source, 'kind')
  const uri = stringAt(source, 'diskURI')
  if (kind === undefined) return out
  if (!DISK_KINDS.includes(String(kind))) out.push(notSupported(`${field}.kind`, kind, DISK_KINDS))
  if (kind === 'Managed') {
    if (!uri.startsWith('/subscriptions/')) out.push(notSupported(`${field}.diskURI`, uri, MANAGED_URI))
  } else if (!uri.startsWith('https://')) out.push(notSupported(`${field}.diskURI`, uri, BLOB_URI))
  return out
}

function validateStorageOs(source: JsonObject, field: string): Findings {
  const name = stringAt(source, 'volumeName')
  const out: Findings =
    name === '' ? [required(`${field}.volumeName`)] : invalidEach(`${field}.volumeName`, name, dnsLabelProblems(name))
  const space = stringAt(source, 'volumeNamespace')
  if (space !== '') out.push(...invalidEach(`${field}.volumeNamespace`, space, dnsLabelProblems(space)))
  return out
}

function validateAzureFileVolume(source: JsonObject, field: string): Findings {
  const out = needs('secretName', 'shareName')(source, field, '')
  if (valueAt(source, 'secretNamespace') === '') out.push(required(`${field}.secretNamespace`))
  return out
}

function validateGlusterVolume(source: JsonObject, field: string): Findings {
  const out = needs('endpoints', 'path')(source, field, '')
  const space = valueAt(source, 'endpointsNamespace')
  if (space === undefined) return out
  const at = `${field}.endpointsNamespace`
  if (space === '') {
    out.push(invalid(at, space, 'if the endpointnamespace is set, it must be a valid namespace name'))
  } else out.push(...invalidEach(at, space, dnsLabelProblems(String(space))))
  return out
}

/** Checks the name of a CSI driver. */
export function validateCsiDriverName(name: string, field: string): Findings {
  if (name === '') return [required(field)]
  const out: Findings = Buffer.byteLength(name) > 63 ? [tooLong(field, 63)] : []
  return [...out, ...invalidEach(field, name, dnsSubdomainProblems(name.toLowerCase()))]
}

function validateInlineCsi(source: JsonObject, field: string): Findings {
  const out = validateCsiDriverName(stringAt(source, 'driver'), `${field}.driver`)
  const reference = objectAt(source, 'nodePublishSecretRef')
  if (!reference) return out
  const name = stringAt(reference, 'name')
  if (name === '') out.push(required(`${field}.nodePublishSecretRef.name`))
  else out.push(...invalidEach(`${field}.name`, name, dnsSubdomainProblems(name)))
  return out
}

const CSI_SECRETS = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
]

function validateCsiVolume(source: JsonObject, field: string): Findings {
  const out = validateCsiDriverName(stringAt(source, 'driver'), `${field}.driver`)
  out.push(...needs('volumeHandle')(source, field, ''))
  for (const key of CSI_SECRETS) {
    const reference = objectAt(source, key)
    if (!reference) continue
    const name = stringAt(reference, 'name')
    if (name === '') out.push(required(`${field}.${key}.name`))
    else out.push(...invalidEach(`${field}.${key}.name`, name, dnsSubdomainProblems(name)))
    const space = stringAt(reference, 'namespace')
    if (space === '') out.push(required(`${field}.${key}.namespace`))
    else out.push(...invalidEach(`${field}.${key}.namespace`, space, dnsLabelProblems(space)))
  }
  return out
}

/** Checks that are the same for volumes of pods and for PersistentVolumes. */
const COMMON = {
  hostPath: validateHostPath,
  gcePersistentDisk: disk('pdName'),
  awsElasticBlockStore: disk('volumeID'),
  nfs: validateNfs,
  flocker: validateFlocker,
  rbd: every(monitors, needs('image')),
  cephfs: monitors,
  quobyte: validateQuobyte,
  fc: validateFibreChannel,
  flexVolume: validateFlex,
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk: validateAzureDisk,
  scaleIO: needs('gateway', 'system', 'volumeName'),
} satisfies Record<string, SourceCheck>

/** Checks of storage that pods mount directly. */
export const POD_SOURCES = {
  ...COMMON,
  gitRepo: (source: JsonObject, field: string) => [
    ...needs('repository')(source, field, ''),
    ...validateDescendingPath(stringAt(source, 'directory'), `${field}.directory`),
  ],
  iscsi: validateIscsi(false),
  glusterfs: needs('endpoints', 'path'),
  cinder: every(needs('volumeID'), secretRef('name')),
  azureFile: needs('secretName', 'shareName'),
  storageos: every(validateStorageOs, secretRef('name')),
  persistentVolumeClaim: needs('claimName'),
  csi: validateInlineCsi,
} satisfies Record<string, SourceCheck>

/** Checks of storage behind PersistentVolumes, in the order in which Kubernetes looks at them. */
export const PERSISTENT_SOURCES: readonly (readonly [key: string, check: SourceCheck, checkedAs?: string])[] = [
  ['hostPath', COMMON.hostPath],
  ['gcePersistentDisk', COMMON.gcePersistentDisk, 'persistentDisk'],
  ['awsElasticBlockStore', COMMON.awsElasticBlockStore],
  ['glusterfs', validateGlusterVolume],
  ['flocker', COMMON.flocker],
  ['nfs', COMMON.nfs],
  ['rbd', COMMON.rbd],
  ['quobyte', COMMON.quobyte],
  ['cephfs', COMMON.cephfs],
  ['iscsi', validateIscsi(true)],
  ['cinder', every(needs('volumeID'), secretRef('name', 'namespace'))],
  ['fc', COMMON.fc],
  ['flexVolume', COMMON.flexVolume],
  ['azureFile', validateAzureFileVolume],
  ['vsphereVolume', COMMON.vsphereVolume],
  ['photonPersistentDisk', COMMON.photonPersistentDisk],
  ['portworxVolume', COMMON.portworxVolume],
  ['azureDisk', COMMON.azureDisk],
  ['scaleIO', COMMON.scaleIO],
  ['local', validateLocal],
  ['storageos', every(validateStorageOs, secretRef('name', 'namespace'))],
  ['csi', validateCsiVolume],
]

/** A source of volumes that may stand beside another one. */
const BESIDE_OTHERS = 'flexVolume'

/** Names under which a second source is refused, where they are not the field's. */
const REFUSED_AS: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

/** Checks that a holder has exactly one source, and that one. `checkedAs` is the name of the path in its findings. */
export function validateOneSource(
  holder: JsonObject,
  field: string,
  owner: string,
  sources: readonly (readonly [key: string, check: SourceCheck, checkedAs?: string])[],
): { readonly findings: Findings; readonly count: number } {
  const findings: Findings = []
  let count = 0
  for (const [key, check, checkedAs] of sources) {
    const source = objectAt(holder, key)
    if (!source) continue
    if (count > 0 && !(sources === PERSISTENT_SOURCES && key === BESIDE_OTHERS)) {
      findings.push(forbidden(`${field}.${REFUSED_AS[key] ?? key}`, 'may not specify more than 1 volume type'))
    } else {
      count++
      findings.push(...check(source, `${field}.${checkedAs ?? key}`, owner))
    }
  }
  return { findings, count }
}
