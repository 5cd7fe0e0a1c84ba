import {
  dnsSubdomainProblems,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  parseQuantity,
  qualifiedNameProblems,
  rangeProblem,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import {
  duplicate,
  type Findings,
  forbidden,
  IMMUTABLE,
  invalid,
  invalidEach,
  nonNegative,
  notSupported,
  required,
  tooLong,
} from './findings.ts'
import { validateLabelSelector } from './selector.ts'
import { validateCsiDriverName } from './volume-sources.ts'

const BINDING = ['Immediate', 'WaitForFirstConsumer']
const PARAMETER_COUNT = 512
const PARAMETER_BYTES = 256 * 1024

const sizeOf = (map: Readonly<Record<string, string>>): number =>
  Object.entries(map).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)

function validateProvisioner(name: string, field: string): Findings {
  const lower = name.toLowerCase()
  return name === '' ? [required(field)] : invalidEach(field, lower, qualifiedNameProblems(lower))
}

function validateParameters(parameters: Readonly<Record<string, string>>): Findings {
  const keys = Object.keys(parameters)
  if (keys.length > PARAMETER_COUNT) return [tooLong('parameters', PARAMETER_COUNT)]
  const out: Findings = keys.includes('') ? [invalid('parameters', '', 'field can not be empty.')] : []
  if (sizeOf(parameters) > PARAMETER_BYTES) out.push(tooLong('parameters', PARAMETER_BYTES))
  return out
}

/** Checks a StorageClass. */
export function validateStorageClass(object: KubeObject): Findings {
  const out = validateProvisioner(stringAt(object, 'provisioner'), 'provisioner')
  out.push(...validateParameters(mapAt(object, 'parameters')))
  const reclaim = stringAt(object, 'reclaimPolicy')
  if (reclaim !== '' && !['Delete', 'Retain'].includes(reclaim)) {
    out.push(notSupported('reclaimPolicy', reclaim, ['Delete', 'Retain']))
  }
  const binding = valueAt(object, 'volumeBindingMode')
  if (binding === undefined) out.push(required('volumeBindingMode'))
  else if (!BINDING.includes(String(binding))) out.push(notSupported('volumeBindingMode', binding, BINDING))
  return [...out, ...validateTopologies(listAt(object, 'allowedTopologies'))]
}

function validateTopologies(terms: readonly JsonObject[]): Findings {
  const out: Findings = []
  const seen = new Set<string>()
  terms.forEach((term, index) => {
    const at = `allowedTopologies[${index}]`
    const expressions = listAt(term, 'matchLabelExpressions')
    if (expressions.length === 0) {
      // An empty term is like the zero values that Kubernetes compares with.
      out.push(duplicate(`${at}.matchLabelExpressions`, ''))
      return
    }
    const keys = new Map<string, string[]>()
    expressions.forEach((expression, i) => {
      out.push(...validateTopology(expression, `${at}.matchLabelExpressions[${i}]`, keys))
    })
    const text = JSON.stringify([...keys].sort())
    if (seen.has(text)) out.push(duplicate(`${at}.matchLabelExpressions`, ''))
    seen.add(text)
  })
  return out
}

function validateTopology(expression: JsonObject, field: string, keys: Map<string, string[]>): Findings {
  const out: Findings = []
  const values = stringsAt(expression, 'values')
  if (values.length === 0) out.push(required(`${field}.values`))
  values.forEach((value, index) => {
    if (values.indexOf(value) < index) out.push(duplicate(`${field}.values[${index}]`, value))
  })
  const key = stringAt(expression, 'key')
  out.push(...invalidEach(`${field}.key`, key, qualifiedNameProblems(key)))
  if (keys.has(key)) out.push(duplicate(`${field}.key`, key))
  keys.set(key, [...new Set(values)].sort())
  return out
}

/** What a class never changes. */
export function validateStorageClassUpdate(object: KubeObject, old: KubeObject): Findings {
  const out: Findings = []
  for (const key of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode']) {
    if (!jsonEqual(object[key] ?? null, old[key] ?? null)) out.push(invalid(key, object[key], IMMUTABLE))
  }
  return out
}

/** Checks a VolumeAttributesClass. */
export function validateVolumeAttributesClass(object: KubeObject): Findings {
  const parameters = mapAt(object, 'parameters')
  const out = [...validateProvisioner(stringAt(object, 'driverName'), 'driverName'), ...validateParameters(parameters)]
  if (Object.keys(parameters).length === 0) {
    out.push(required('parameters', 'must contain at least one key/value pair'))
  }
  return out
}

/** What such a class never changes. */
export function validateVolumeAttributesClassUpdate(object: KubeObject, old: KubeObject): Findings {
  return ['driverName', 'parameters']
    .filter((key) => !jsonEqual(object[key] ?? null, old[key] ?? null))
    .map((key) => forbidden(key, `updates to ${key} are forbidden.`))
}

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType']

/** Checks a CSIDriver. */
export function validateCsiDriver(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const out: Findings = []
  const policy = valueAt(spec, 'fsGroupPolicy')
  if (policy !== undefined && !GROUP_POLICIES.includes(String(policy))) {
    out.push(notSupported('spec.fsGroupPolicy', policy, GROUP_POLICIES))
  }
  out.push(...validateTokenRequests(listAt(spec, 'tokenRequests')))
  for (const mode of stringsAt(spec, 'volumeLifecycleModes')) {
    if (mode === 'Persistent' || mode === 'Ephemeral') continue
    out.push(notSupported('spec.volumeLifecycleModes', mode, ['Persistent', 'Ephemeral']))
  }
  const period = numberAt(spec, 'nodeAllocatableUpdatePeriodSeconds')
  if (period !== undefined && period < 10) {
    out.push(invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds'))
  }
  const tokens = valueAt(spec, 'serviceAccountTokenInSecrets')
  if (tokens !== undefined && listAt(spec, 'tokenRequests').length === 0) {
    const text = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified'
    out.push(invalid('spec.serviceAccountTokenInSecrets', tokens, text))
  }
  return out
}

function validateTokenRequests(requests: readonly JsonObject[]): Findings {
  const out: Findings = []
  const audiences = new Set<string>()
  requests.forEach((request, index) => {
    const at = `spec.tokenRequests[${index}]`
    const audience = stringAt(request, 'audience')
    if (audiences.has(audience)) {
      out.push(duplicate(`${at}.audience`, audience))
      return
    }
    audiences.add(audience)
    const seconds = numberAt(request, 'expirationSeconds')
    const text = (what: string): string => `may not specify a duration ${what}`
    if (seconds === undefined) return
    if (seconds < 600) out.push(invalid(`${at}.expirationSeconds`, seconds, text('less than 10 minutes')))
    if (seconds > 2 ** 32) out.push(invalid(`${at}.expirationSeconds`, seconds, text('larger than 2^32 seconds')))
  })
  return out
}

/** What a CSIDriver never changes. */
export function validateCsiDriverUpdate(object: KubeObject, old: KubeObject): Findings {
  const out: Findings = []
  for (const [key, shown] of [
    ['attachRequired', 'attachedRequired'],
    ['volumeLifecycleModes', 'volumeLifecycleModes'],
  ] as const) {
    const now = valueAt(object.spec, key)
    if (!jsonEqual(now ?? null, valueAt(old.spec, key) ?? null)) out.push(invalid(`spec.${shown}`, now, IMMUTABLE))
  }
  return out
}

/** Checks a CSINode. */
export function validateCsiNode(object: KubeObject): Findings {
  const out: Findings = []
  const names = new Set<string>()
  listAt(object.spec, 'drivers').forEach((driver, index) => {
    const at = `spec.drivers[${index}]`
    const name = stringAt(driver, 'name')
    const id = stringAt(driver, 'nodeID')
    out.push(...validateCsiDriverName(name, `${at}.name`))
    if (id === '') out.push(required(`${at}.nodeID`))
    if (Buffer.byteLength(id) > 256) out.push(invalid(`${at}.nodeID`, id, 'must be 256 characters or less'))
    const count = numberAt(objectAt(driver, 'allocatable'), 'count')
    out.push(...nonNegative(`${at}.allocatable.count`, count))
    if (names.has(name)) out.push(duplicate(`${at}.name`, name))
    names.add(name)
    const keys = stringsAt(driver, 'topologyKeys')
    keys.forEach((key, i) => {
      if (key === '') out.push(required(at))
      if (keys.indexOf(key) < i) out.push(duplicate(at, key))
      out.push(...invalidEach(at, key, qualifiedNameProblems(key)))
    })
  })
  return out
}

/** A driver of a node changes only in how many volumes it bears. */
export function validateCsiNodeUpdate(object: KubeObject, old: KubeObject): Findings {
  const before = listAt(old.spec, 'drivers')
  const fixed = (driver: JsonObject): JsonObject => ({ ...driver, allocatable: null })
  return before.flatMap((driver) =>
    listAt(object.spec, 'drivers')
      .filter((now) => stringAt(now, 'name') === stringAt(driver, 'name') && !jsonEqual(fixed(now), fixed(driver)))
      .map((now) => invalid('spec.drivers', printDriver(now), IMMUTABLE)),
  )
}

function printDriver(driver: JsonObject): JsonObject {
  const keys = driver.topologyKeys ?? null
  return { Name: stringAt(driver, 'name'), NodeID: stringAt(driver, 'nodeID'), TopologyKeys: keys, Allocatable: null }
}

/** Checks a CSIStorageCapacity. */
export function validateCsiStorageCapacity(object: KubeObject): Findings {
  const out = validateLabelSelector(objectAt(object, 'nodeTopology'), 'nodeTopology')
  const name = stringAt(object, 'storageClassName')
  out.push(...invalidEach('storageClassName', name, dnsSubdomainProblems(name)))
  for (const key of ['capacity']) {
    const text = valueAt(object, key)
    if (text !== undefined && parseQuantity(String(text)).nano < 0n) {
      out.push(invalid(key, text, 'must be greater than or equal to 0'))
    }
  }
  return out
}

/** Where and of which class a capacity is, never changes. */
export function validateCsiStorageCapacityUpdate(object: KubeObject, old: KubeObject): Findings {
  return ['nodeTopology', 'storageClassName']
    .filter((key) => !jsonEqual(object[key] ?? null, old[key] ?? null))
    .map((key) => invalid(key, object[key], IMMUTABLE))
}

/** Checks a VolumeAttachment: exactly one source, a driver and a node. */
export function validateVolumeAttachment(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const out = validateCsiDriverName(stringAt(spec, 'attacher'), 'spec.attacher')
  const source = objectAt(spec, 'source')
  const inline = objectAt(source, 'inlineVolumeSpec')
  const name = valueAt(source, 'persistentVolumeName')
  const text = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (!inline && name === undefined) out.push(required('spec.source', text))
  else if (inline && name !== undefined) out.push(forbidden('spec.source', text))
  else if (name === '') {
    out.push(required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'))
  }
  if (name !== undefined) {
    out.push(...invalidEach('spec.source.persistentVolumeName', name, dnsSubdomainProblems(String(name))))
  }
  const node = stringAt(spec, 'nodeName')
  out.push(...invalidEach('spec.nodeName', node, dnsSubdomainProblems(node)))
  return [...out, ...validateAttachmentStatus(objectAt(object, 'status'))]
}

const METADATA_BYTES = 256 * 1024
const MESSAGE_BYTES = 1024

function validateAttachmentStatus(status: JsonObject | undefined): Findings {
  const out: Findings = []
  if (sizeOf(mapAt(status, 'attachmentMetadata')) > METADATA_BYTES) {
    out.push(tooLong('status.attachmentMetadata', METADATA_BYTES))
  }
  for (const key of ['attachError', 'detachError']) {
    const error = objectAt(status, key)
    if (Buffer.byteLength(stringAt(error, 'message')) > MESSAGE_BYTES) {
      out.push(tooLong(`status.${key}.message`, METADATA_BYTES))
    }
    const code = numberAt(error, 'errorCode')
    if (code !== undefined && code < 0) {
      out.push(invalid(`status.${key}.errorCode`, code, rangeProblem(0, 2 ** 31 - 1)))
    }
  }
  return out
}

/** Checks what is said of an attachment. */
export function validateVolumeAttachmentStatus(object: KubeObject): Findings {
  return validateAttachmentStatus(objectAt(object, 'status'))
}

/** What is attached where, never changes. */
export function validateVolumeAttachmentUpdate(object: KubeObject, old: KubeObject): Findings {
  if (jsonEqual(object.spec ?? null, old.spec ?? null)) return []
  const spec = object.spec as JsonObject | undefined
  const source = objectAt(spec, 'source')
  const printed = {
    Attacher: stringAt(spec, 'attacher'),
    Source: {
      PersistentVolumeName: valueAt(source, 'persistentVolumeName') ?? null,
      InlineVolumeSpec: valueAt(source, 'inlineVolumeSpec') ?? null,
    },
    NodeName: stringAt(spec, 'nodeName'),
  }
  return [invalid('spec', printed, IMMUTABLE)]
}
