import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  formatQuantity,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  mapAt,
  METADATA_FIELDS,
  objectAt,
  parseQuantity,
  qualifiedNameProblems,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { claimSpecDiff } from './claim-diff.ts'
import { type Findings, forbidden, IMMUTABLE, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateAnnotations, validateLabels } from './metadata.ts'
import { validateBasicQuantity } from './resources.ts'
import { validateLabelSelector } from './selector.ts'

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

/** Forms of a volume's content. */
export const VOLUME_MODES = ['Block', 'Filesystem']

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject

/** Checks access modes: known ones, and the exclusive one alone. */
export function validateModes(modes: readonly string[], field: string): Findings {
  const out: Findings = []
  for (const mode of modes) if (!ACCESS_MODES.includes(mode)) out.push(notSupported(field, mode, ACCESS_MODES))
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode))
  if (modes.includes('ReadWriteOncePod') && others) {
    out.push(forbidden(field, 'may not use ReadWriteOncePod with other access modes'))
  }
  return out
}

/** A quantity must be more than zero. */
export function validatePositive(text: string, field: string): Findings {
  const quantity = parseQuantity(text)
  return quantity.nano > 0n ? [] : [invalid(field, formatQuantity(quantity), 'must be greater than zero')]
}

/** Checks the spec of a claim. `keepsGroups`: groups of data sources are not looked at. */
export function validateClaimSpec(spec: JsonObject, field: string, keepsGroups = false): Findings {
  const out: Findings = []
  const modes = stringsAt(spec, 'accessModes')
  if (modes.length === 0) out.push(required(`${field}.accessModes`, 'at least 1 access mode is required'))
  out.push(...validateLabelSelector(objectAt(spec, 'selector'), `${field}.selector`))
  out.push(...validateModes(modes, `${field}.accessModes`))
  const storage = mapAt(objectAt(spec, 'resources'), 'requests').storage
  if (storage === undefined) out.push(required(`${field}.resources[storage]`))
  else out.push(...validatePositive(storage, `${field}.resources[storage]`))
  out.push(...optionalClass(spec, 'storageClassName', field))
  const volumeMode = valueAt(spec, 'volumeMode')
  if (volumeMode !== undefined && !VOLUME_MODES.includes(String(volumeMode))) {
    out.push(notSupported(`${field}.volumeMode`, volumeMode, VOLUME_MODES))
  }
  out.push(...validateDataSources(spec, field, keepsGroups))
  return [...out, ...optionalClass(spec, 'volumeAttributesClassName', field)]
}

function optionalClass(spec: JsonObject, key: string, field: string): Findings {
  const name = stringAt(spec, key)
  return name === '' ? [] : invalidEach(`${field}.${key}`, name, dnsSubdomainProblems(name))
}

function validateDataSources(spec: JsonObject, field: string, keepsGroups: boolean): Findings {
  const source = objectAt(spec, 'dataSource')
  const reference = objectAt(spec, 'dataSourceRef')
  const out: Findings = source ? validateDataSource(source, `${field}.dataSource`, keepsGroups) : []
  const space = stringAt(reference, 'namespace')
  if (reference) {
    out.push(...validateDataSource(reference, `${field}.dataSourceRef`, keepsGroups))
    if (space !== '') out.push(...invalidEach(`${field}.dataSourceRef.namespace`, space, dnsLabelProblems(space)))
  }
  if (!source || !reference) return out
  // Kubernetes prints a path object in place of the value.
  if (space !== '') out.push(invalid(field, {}, 'may not be specified when dataSourceRef.namespace is specified'))
  else if (['apiGroup', 'kind', 'name'].some((key) => valueAt(source, key) !== valueAt(reference, key))) {
    out.push(invalid(field, {}, 'must match dataSourceRef'))
  }
  return out
}

function validateDataSource(source: JsonObject, field: string, keepsGroup: boolean): Findings {
  const out: Findings = []
  const kind = stringAt(source, 'kind')
  const group = stringAt(source, 'apiGroup')
  if (stringAt(source, 'name') === '') out.push(required(`${field}.name`))
  if (kind === '') out.push(required(`${field}.kind`))
  if (group !== '') {
    if (!keepsGroup) out.push(...invalidEach(`${field}.apiGroup`, group, dnsSubdomainProblems(group)))
  } else if (kind !== 'PersistentVolumeClaim') {
    out.push(invalid(field, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
  }
  return out
}

const TEMPLATE_METADATA: ReadonlySet<string> = new Set(['labels', 'annotations'])

/** Checks the template of a claim that is made for one pod. */
export function validateClaimTemplate(template: JsonObject, field: string): Findings {
  const metadata = objectAt(template, 'metadata') ?? {}
  const out = [
    ...validateAnnotations(mapAt(metadata, 'annotations'), `${field}.metadata.annotations`),
    ...validateLabels(mapAt(metadata, 'labels'), `${field}.metadata.labels`),
  ]
  for (const key of METADATA_FIELDS) {
    const value = valueAt(metadata, key)
    if (TEMPLATE_METADATA.has(key) || value === undefined || value === '') continue
    if (value === 0 && key === 'generation') continue
    out.push(forbidden(`${field}.metadata.${key === 'uid' ? 'uID' : key}`, 'cannot be set'))
  }
  return [...out, ...validateClaimSpec(objectAt(template, 'spec') ?? {}, `${field}.spec`)]
}

/** Checks a PersistentVolumeClaim; one whose old form names a group of a data source may name any. */
export function validateClaim(object: KubeObject, old?: KubeObject): Findings {
  const hadGroup = ['dataSource', 'dataSourceRef'].some(
    (key) => valueAt(objectAt(old?.spec, key), 'apiGroup') !== undefined,
  )
  return validateClaimSpec(specOf(object), 'spec', hadGroup)
}

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'
const CLAIM_FROZEN =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

/** What a claim never changes: all but a larger request once it is bound, and the volume that it gets bound to. */
export function validateClaimUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const before = specOf(old)
  const out: Findings = []
  const now = structuredClone(spec)
  const then = structuredClone(before)
  if (stringAt(before, 'volumeName') === '') restore(then, spec, 'volumeName')
  out.push(...restoreClass(object, old, now, then))
  const bound = stringAt(object.status, 'phase') === 'Bound'
  if (bound) {
    restoreRequest(now, before)
    restore(now, before, 'volumeAttributesClassName')
  }
  if (!jsonEqual(now, then)) out.push(forbidden('spec', `${CLAIM_FROZEN}\n${claimSpecDiff(then, now)}`))
  const size = (value: JsonObject): bigint => quantityOf(mapAt(objectAt(value, 'resources'), 'requests').storage)
  const capacity = quantityOf(mapAt(objectAt(old, 'status'), 'capacity').storage)
  if (size(spec) < size(before) && size(spec) <= capacity) {
    out.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  }
  if (!jsonEqual(spec.volumeMode ?? null, before.volumeMode ?? null)) {
    out.push(invalid('volumeMode', spec.volumeMode, IMMUTABLE))
  }
  const className = valueAt(spec, 'volumeAttributesClassName')
  const current = valueAt(old.status, 'currentVolumeAttributesClassName')
  if (className !== valueAt(before, 'volumeAttributesClassName') && current !== undefined) {
    const what = className === undefined ? 'nil' : 'empty string'
    if (className === undefined || className === '') {
      const text = `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`
      out.push(forbidden('spec.volumeAttributesClassName', text))
    }
  }
  return out
}

function quantityOf(text: string | undefined): bigint {
  return text === undefined ? 0n : parseQuantity(text).nano
}

/** A class may move from the old annotation to the field, and a claim without a class may get one later. */
function restoreClass(object: KubeObject, old: KubeObject, now: JsonObject, then: JsonObject): Findings {
  const annotation = object.metadata.annotations?.[CLASS_ANNOTATION]
  const former = old.metadata.annotations?.[CLASS_ANNOTATION]
  const className = valueAt(now, 'storageClassName')
  const hadNone = valueAt(then, 'storageClassName') === undefined
  const moves =
    former !== undefined && hadNone && className === former && (annotation === undefined || annotation === former)
  if (moves) {
    delete now.storageClassName
    return []
  }
  if (className !== undefined && hadNone && (former === undefined || className === former)) {
    restore(now, then, 'storageClassName')
  }
  if ((annotation ?? '') === (former ?? '')) return []
  return [invalid(`metadata.annotations[${CLASS_ANNOTATION}]`, annotation ?? '', IMMUTABLE)]
}

function restore(spec: JsonObject, before: JsonObject, key: string): void {
  if (before[key] === undefined) delete spec[key]
  else spec[key] = before[key]
}

function restoreRequest(spec: JsonObject, before: JsonObject): void {
  const requests = objectAt(objectAt(spec, 'resources'), 'requests')
  const old = mapAt(objectAt(before, 'resources'), 'requests').storage
  if (requests && old !== undefined) requests.storage = old
}

const RESIZE_STATES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
]

/** Checks the status of a claim. */
export function validateClaimStatus(object: KubeObject): Findings {
  const status = object.status as JsonObject | undefined
  const out: Findings = []
  for (const [name, value] of Object.entries(mapAt(status, 'capacity'))) {
    out.push(...validateBasicQuantity(value, `status.capacity[${name}]`))
  }
  for (const [name, state] of Object.entries(mapAt(status, 'allocatedResourceStatuses'))) {
    const at = 'status.allocatedResourceStatuses'
    out.push(...validateResourceKey(name, at))
    if (!RESIZE_STATES.includes(state)) out.push(notSupported(at, name, RESIZE_STATES))
  }
  for (const [name, value] of Object.entries(mapAt(status, 'allocatedResources'))) {
    const found = validateResourceKey(name, 'status.allocatedResources')
    out.push(...(found.length > 0 ? found : validateBasicQuantity(value, `status.allocatedResources[${name}]`)))
  }
  return out
}

function validateResourceKey(name: string, field: string): Findings {
  const problems = invalidEach(field, name, qualifiedNameProblems(name))
  if (problems.length > 0) return problems
  const native = !name.includes('/') || name.includes('kubernetes.io/')
  return native && name !== 'storage' ? [notSupported(field, name, ['storage'])] : []
}
