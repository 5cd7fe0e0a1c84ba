import {
  dnsLabelProblems,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  parseQuantity,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { dnsSubdomainProblems } from '../../../api/index.ts'
import { validateClaimTemplate } from './claim.ts'
import { duplicate, type Findings, forbidden, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateDownwardFile, validateProjected } from './projected-volume.ts'
import { validateItems, validateMode } from './volume-paths.ts'
import { needs, POD_SOURCES, type SourceCheck, validateOneSource } from './volume-sources.ts'

/** Where volumes are checked: in a pod, whose name claims are made from, or in the template of one. */
export interface VolumeContext {
  readonly isPod: boolean
  readonly podName: string
}

/** Checks the volumes of a pod; gives those that are sound by name, which containers may mount. */
export function validateVolumes(
  volumes: readonly JsonObject[],
  field: string,
  context: VolumeContext,
): { findings: Findings; volumes: Map<string, JsonObject> } {
  const findings: Findings = []
  const sound = new Map<string, JsonObject>()
  volumes.forEach((volume, index) => {
    const at = `${field}[${index}]`
    const name = stringAt(volume, 'name')
    const found = validateVolumeSource(volume, at, name, context)
    if (name === '') found.push(required(`${at}.name`))
    else found.push(...invalidEach(`${at}.name`, name, dnsLabelProblems(name)))
    if (sound.has(name)) found.push(duplicate(`${at}.name`, name))
    if (found.length === 0) sound.set(name, volume)
    findings.push(...found)
  })
  return { findings, volumes: sound }
}

/** Checks of the sources, in the order in which Kubernetes looks at them. */
function sourcesFor(context: VolumeContext): readonly (readonly [string, SourceCheck, string?])[] {
  return [
    ['emptyDir', validateEmptyDir],
    ['hostPath', POD_SOURCES.hostPath],
    ['gitRepo', POD_SOURCES.gitRepo],
    ['gcePersistentDisk', POD_SOURCES.gcePersistentDisk, 'persistentDisk'],
    ['awsElasticBlockStore', POD_SOURCES.awsElasticBlockStore],
    ['secret', validateFiles('secretName')],
    ['nfs', POD_SOURCES.nfs],
    ['iscsi', POD_SOURCES.iscsi],
    ['glusterfs', POD_SOURCES.glusterfs],
    ['flocker', POD_SOURCES.flocker],
    ['persistentVolumeClaim', POD_SOURCES.persistentVolumeClaim],
    ['rbd', POD_SOURCES.rbd],
    ['cinder', POD_SOURCES.cinder],
    ['cephfs', POD_SOURCES.cephfs],
    ['quobyte', POD_SOURCES.quobyte],
    ['downwardAPI', validateDownward],
    ['fc', POD_SOURCES.fc],
    ['flexVolume', POD_SOURCES.flexVolume],
    ['configMap', validateFiles('name')],
    ['azureFile', POD_SOURCES.azureFile],
    ['vsphereVolume', POD_SOURCES.vsphereVolume],
    ['photonPersistentDisk', POD_SOURCES.photonPersistentDisk],
    ['portworxVolume', POD_SOURCES.portworxVolume],
    ['azureDisk', POD_SOURCES.azureDisk],
    ['storageos', POD_SOURCES.storageos],
    ['projected', validateProjected],
    ['scaleIO', POD_SOURCES.scaleIO],
    ['csi', POD_SOURCES.csi],
    ['ephemeral', (source, field, owner) => validateEphemeral(source, field, owner, context.podName)],
    ['image', (source, field) => validateImage(source, field, context.isPod)],
  ]
}

function validateVolumeSource(volume: JsonObject, field: string, name: string, context: VolumeContext): Findings {
  const { findings, count } = validateOneSource(volume, field, name, sourcesFor(context))
  if (count === 0) findings.push(required(field, 'must specify a volume type'))
  return findings
}

function validateEmptyDir(source: JsonObject, field: string): Findings {
  const limit = valueAt(source, 'sizeLimit')
  if (limit === undefined || parseQuantity(String(limit)).nano >= 0n) return []
  return [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
}

function validateFiles(nameKey: string): SourceCheck {
  return (source, field, owner) => [
    ...needs(nameKey)(source, field, owner),
    ...validateMode(numberAt(source, 'defaultMode'), `${field}.defaultMode`),
    ...validateItems(source, field),
  ]
}

function validateDownward(source: JsonObject, field: string): Findings {
  const out = validateMode(numberAt(source, 'defaultMode'), `${field}.defaultMode`)
  for (const item of listAt(source, 'items')) out.push(...validateDownwardFile(item, field))
  return out
}

function validateEphemeral(source: JsonObject, field: string, name: string, podName: string): Findings {
  const template = objectAt(source, 'volumeClaimTemplate')
  const at = `${field}.volumeClaimTemplate`
  const out = template ? validateClaimTemplate(template, at) : [required(at)]
  if (podName === '' || name === '') return out
  const claim = `${podName}-${name}`
  for (const problem of dnsSubdomainProblems(claim)) {
    out.push(invalid(field.replace(/\.ephemeral$/, '.name'), name, `PVC name ${JSON.stringify(claim)}: ${problem}`))
  }
  return out
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']

function validateImage(source: JsonObject, field: string, isPod: boolean): Findings {
  const out = isPod ? needs('reference')(source, field, '') : []
  const policy = stringAt(source, 'pullPolicy')
  if (policy === '') out.push(required(`${field}.pullPolicy`))
  else if (!PULL_POLICIES.includes(policy)) out.push(notSupported(`${field}.pullPolicy`, policy, PULL_POLICIES))
  return out
}
