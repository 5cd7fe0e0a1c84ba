import {
  configKeyProblems,
  dnsLabelProblems,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  parseQuantity,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { validateFieldRef, validateResourceFieldRef } from './env.ts'
import { duplicate, type Findings, forbidden, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateClaimSpec } from './storage.ts'

/** Checks the volumes of a pod; gives the names of those that are sound, which containers may mount. */
export function validateVolumes(
  volumes: readonly JsonObject[],
  field: string,
): { findings: Findings; names: Set<string> } {
  const findings: Findings = []
  const names = new Set<string>()
  volumes.forEach((volume, index) => {
    const at = `${field}[${index}]`
    const name = stringAt(volume, 'name')
    const found = validateVolumeSource(volume, at)
    if (name === '') found.push(required(`${at}.name`))
    else found.push(...invalidEach(`${at}.name`, name, dnsLabelProblems(name)))
    if (names.has(name)) found.push(duplicate(`${at}.name`, name))
    if (found.length === 0) names.add(name)
    findings.push(...found)
  })
  return { findings, names }
}

type SourceCheck = (source: JsonObject, field: string) => Findings

const needs =
  (...keys: string[]): SourceCheck =>
  (source, field) =>
    keys.filter((key) => stringAt(source, key) === '').map((key) => required(`${field}.${key}`))

const fine: SourceCheck = () => []

/** Checks of the sources, in the order in which Kubernetes looks at them. */
const SOURCES: readonly (readonly [key: string, check: SourceCheck])[] = [
  ['emptyDir', validateEmptyDir],
  ['hostPath', validateHostPath],
  ['gitRepo', needs('repository')],
  ['gcePersistentDisk', needs('pdName')],
  ['awsElasticBlockStore', needs('volumeID')],
  ['secret', (source, field) => [...needs('secretName')(source, field), ...validateFiles(source, field)]],
  ['nfs', validateNfs],
  ['iscsi', needs('targetPortal', 'iqn')],
  ['glusterfs', needs('endpoints', 'path')],
  ['flocker', fine],
  ['persistentVolumeClaim', needs('claimName')],
  ['rbd', needs('image')],
  ['cinder', needs('volumeID')],
  ['cephfs', fine],
  ['quobyte', needs('registry', 'volume')],
  ['downwardAPI', validateDownward],
  ['fc', fine],
  ['flexVolume', needs('driver')],
  ['configMap', (source, field) => [...needs('name')(source, field), ...validateFiles(source, field)]],
  ['azureFile', needs('secretName', 'shareName')],
  ['vsphereVolume', needs('volumePath')],
  ['photonPersistentDisk', needs('pdID')],
  ['portworxVolume', needs('volumeID')],
  ['azureDisk', needs('diskName', 'diskURI')],
  ['storageos', fine],
  ['projected', validateProjected],
  ['scaleIO', needs('gateway', 'system')],
  ['csi', needs('driver')],
  ['ephemeral', validateEphemeral],
  ['image', needs('reference')],
]

function validateVolumeSource(volume: JsonObject, field: string): Findings {
  const out: Findings = []
  let count = 0
  for (const [key, check] of SOURCES) {
    const source = objectAt(volume, key)
    if (!source) continue
    if (count > 0) out.push(forbidden(`${field}.${key}`, 'may not specify more than 1 volume type'))
    else {
      count++
      out.push(...check(source, `${field}.${key}`))
    }
  }
  if (count === 0) out.push(required(field, 'must specify a volume type'))
  return out
}

function validateEmptyDir(source: JsonObject, field: string): Findings {
  const limit = valueAt(source, 'sizeLimit')
  if (limit === undefined || parseQuantity(String(limit)).nano >= 0n) return []
  return [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
}

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
  const out: Findings = []
  if (hasBackstep(path)) out.push(invalid(`${field}.path`, path, "must not contain '..'"))
  const type = stringAt(source, 'type')
  if (!HOST_PATH_TYPES.includes(type)) out.push(notSupported(`${field}.type`, type, HOST_PATH_TYPES))
  return out
}

function validateNfs(source: JsonObject, field: string): Findings {
  const out: Findings = needs('server')(source, field)
  const path = stringAt(source, 'path')
  if (path === '') out.push(required(`${field}.path`))
  if (!path.startsWith('/')) out.push(invalid(`${field}.path`, path, 'must be an absolute path'))
  return out
}

function validateMode(mode: number | undefined, field: string): Findings {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return []
  return [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
}

/** Checks defaultMode and items of a ConfigMap or Secret. */
function validateFiles(source: JsonObject, field: string): Findings {
  const out = validateMode(numberAt(source, 'defaultMode'), `${field}.defaultMode`)
  listAt(source, 'items').forEach((item, index) => {
    const at = `${field}.items[${index}]`
    const key = stringAt(item, 'key')
    if (key === '') out.push(required(`${at}.key`))
    else out.push(...invalidEach(`${at}.key`, key, configKeyProblems(key)))
    out.push(...validateLocalPath(stringAt(item, 'path'), `${at}.path`))
    out.push(...validateMode(numberAt(item, 'mode'), `${at}.mode`))
  })
  return out
}

function hasBackstep(path: string): boolean {
  return path.split('/').includes('..')
}

/** A path below the volume that does not climb out of it. */
function validateLocalPath(path: string, field: string): Findings {
  if (path === '') return [required(field)]
  const out = validateDescendingPath(path, field)
  if (path.startsWith('..') && !path.startsWith('../')) out.push(invalid(field, path, "must not start with '..'"))
  return out
}

/** A relative path without `..`. */
export function validateDescendingPath(path: string, field: string): Findings {
  const out: Findings = []
  if (path.startsWith('/')) out.push(invalid(field, path, 'must be a relative path'))
  if (hasBackstep(path)) out.push(invalid(field, path, "must not contain '..'"))
  return out
}

function validateDownward(source: JsonObject, field: string): Findings {
  const out = validateMode(numberAt(source, 'defaultMode'), `${field}.defaultMode`)
  for (const item of listAt(source, 'items')) out.push(...validateDownwardFile(item, field))
  return out
}

function validateDownwardFile(item: JsonObject, field: string): Findings {
  const out = validateLocalPath(stringAt(item, 'path'), `${field}.path`)
  const fieldRef = objectAt(item, 'fieldRef')
  const resource = objectAt(item, 'resourceFieldRef')
  if (fieldRef) {
    out.push(...validateFieldRef(fieldRef, 'volume', `${field}.fieldRef`))
    if (resource)
      out.push(invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
  } else if (resource) out.push(...validateResourceFieldRef(resource, true, `${field}.resourceFieldRef`))
  else out.push(required(`${field}.fieldRef`, 'one of fieldRef and resourceFieldRef is required'))
  out.push(...validateMode(numberAt(item, 'mode'), `${field}.mode`))
  return out
}

const PROJECTIONS: readonly (readonly [key: string, check: SourceCheck])[] = [
  ['secret', (source, field) => [...needs('name')(source, field), ...validateFiles(source, field)]],
  ['configMap', (source, field) => [...needs('name')(source, field), ...validateFiles(source, field)]],
  ['downwardAPI', validateDownward],
  ['serviceAccountToken', validateTokenProjection],
  ['clusterTrustBundle', fine],
  ['podCertificate', fine],
]

function validateProjected(source: JsonObject, field: string): Findings {
  const out = validateMode(numberAt(source, 'defaultMode'), `${field}.defaultMode`)
  listAt(source, 'sources').forEach((projection, index) => {
    const at = `${field}.sources[${index}]`
    let count = 0
    for (const [key, check] of PROJECTIONS) {
      const found = objectAt(projection, key)
      if (!found) continue
      if (count > 0) out.push(forbidden(at, 'may not specify more than 1 volume type per source'))
      else {
        count++
        out.push(...check(found, `${at}.${key}`))
      }
    }
    if (count === 0) out.push(required(at, 'must specify a volume type per source'))
  })
  return out
}

function validateTokenProjection(source: JsonObject, field: string): Findings {
  const out: Findings = []
  const seconds = numberAt(source, 'expirationSeconds') ?? 0
  if (seconds < 600)
    out.push(invalid(`${field}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'))
  if (seconds > 2 ** 32)
    out.push(invalid(`${field}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds'))
  const path = stringAt(source, 'path')
  if (path === '') out.push(required(`${field}.path`))
  else out.push(...validateLocalPath(path, `${field}.path`))
  return out
}

function validateEphemeral(source: JsonObject, field: string): Findings {
  const template = objectAt(source, 'volumeClaimTemplate')
  if (!template) return [required(`${field}.volumeClaimTemplate`)]
  return validateClaimSpec(objectAt(template, 'spec') ?? {}, `${field}.volumeClaimTemplate.spec`)
}
