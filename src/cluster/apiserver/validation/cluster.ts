import {
  dnsLabelProblems,
  type JsonObject,
  type KubeObject,
  labelValueProblems,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  qualifiedNameProblems,
  stringAt,
  stringsAt,
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
} from './findings.ts'
import { validateCidr } from './ip.ts'
import { isQualifiedFinalizer, UNQUALIFIED_FINALIZER, validateLabels } from './metadata.ts'
import { validateContainerResources, validateQuantity } from './resources.ts'
import { validateSignerName } from './signer.ts'
import { validateTaintEffect, validateTolerations } from './scheduling.ts'
import { jsonEqual } from '../../../api/index.ts'

/** Checks a Namespace: its finalizers have names of their own. */
export function validateNamespace(object: KubeObject): Findings {
  return stringsAt(object.spec, 'finalizers').flatMap((name) => validateFinalizerName(name, 'spec.finalizers'))
}

/** Checks the finalizers that `finalize` sets; unlike on create, findings tell their place in the list. */
export function validateNamespaceFinalize(object: KubeObject): Findings {
  return stringsAt(object.spec, 'finalizers').flatMap((name, at) =>
    validateFinalizerName(name, `spec.finalizers[${at}]`),
  )
}

function validateFinalizerName(name: string, field: string): Findings {
  const out = invalidEach(field, name, qualifiedNameProblems(name))
  if (!isQualifiedFinalizer(name)) out.push(invalid(field, name, UNQUALIFIED_FINALIZER))
  return out
}

/** Checks a Node: its taints and addresses. */
export function validateNode(object: KubeObject): Findings {
  const out: Findings = []
  const seen = new Map<string, Set<string>>()
  listAt(object.spec, 'taints').forEach((taint, index) => {
    const at = `metadata.taints[${index}]`
    const key = stringAt(taint, 'key')
    const value = stringAt(taint, 'value')
    const effect = stringAt(taint, 'effect')
    out.push(...invalidEach(`${at}.key`, key, qualifiedNameProblems(key)))
    const problems = labelValueProblems(value)
    if (problems.length > 0) out.push(invalid(`${at}.value`, value, problems.join(';')))
    out.push(...validateTaintEffect(effect, false, `${at}.effect`))
    const keys = seen.get(effect) ?? new Set()
    if (keys.has(key)) {
      const found = duplicate(at, { Key: key, Value: value, Effect: effect, TimeAdded: null })
      out.push({ ...found, detail: 'taints must be unique by key and effect pair' })
    }
    keys.add(key)
    seen.set(effect, keys)
  })
  out.push(...validateNodeAmounts(object), ...validateFeatures(object))
  const ranges = stringsAt(object.spec, 'podCIDRs')
  ranges.forEach((range, index) => {
    out.push(...validateCidr(range, `spec.podCIDRs[${index}]`))
  })
  const families = new Set(ranges.map((range) => range.includes(':')))
  if (ranges.length > 1 && (families.size < 2 || ranges.length > 2)) {
    out.push(invalid('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family'))
  }
  return out
}

/** Checks what is said of a node: its addresses differ, and what it has are amounts. */
export function validateNodeStatus(object: KubeObject): Findings {
  const seen = new Set<string>()
  const out: Findings = []
  listAt(object.status, 'addresses').forEach((address, index) => {
    const printed = { Type: stringAt(address, 'type'), Address: stringAt(address, 'address') }
    const key = JSON.stringify(printed)
    if (seen.has(key)) out.push(duplicate(`status.addresses[${index}]`, printed))
    seen.add(key)
  })
  return [...validateNodeAmounts(object), ...validateFeatures(object), ...out]
}

/** Checks what a node has. */
function validateNodeAmounts(object: KubeObject): Findings {
  return ['capacity', 'allocatable'].flatMap((key) =>
    Object.entries(mapAt(object.status, key)).flatMap(([name, value]) =>
      validateQuantity(name, value, `status.${key}.${name}`),
    ),
  )
}

const FEATURE = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/
const FEATURE_LIMIT = 253

/** Checks the names of a node's features: well-formed, in order, and each one once. */
function validateFeatures(object: KubeObject): Findings {
  const field = 'status.declaredFeatures'
  const names = stringsAt(object.status, 'declaredFeatures')
  return names.flatMap((name, index) => {
    const out: Findings = []
    const bad = `invalid feature name ${JSON.stringify(name)}`
    if (Buffer.byteLength(name) > FEATURE_LIMIT) {
      out.push(invalid(`${field}[${index}]`, name, `${bad}: must be no more than ${FEATURE_LIMIT} characters`))
    } else if (!FEATURE.test(name)) {
      const form =
        "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes"
      out.push(invalid(`${field}[${index}]`, name, `${bad}: ${form}`))
    }
    const next = names[index + 1]
    if (next === name) out.push(duplicate(`${field}[${index + 1}]`, next))
    else if (next !== undefined && name > next) {
      out.push(invalid(`${field}[${index + 1}]`, next, 'list must be sorted alphabetically'))
    }
    return out
  })
}

/** The address range and the provider of a node are set once. */
export function validateNodeUpdate(object: KubeObject, old: KubeObject): Findings {
  const out: Findings = []
  const spec = (object.spec ?? {}) as JsonObject
  const before = (old.spec ?? {}) as JsonObject
  const ranges = stringsAt(spec, 'podCIDRs')
  const former = stringsAt(before, 'podCIDRs')
  const moved =
    former.length === ranges.length ? former.filter((range, index) => range !== ranges[index]) : former.slice(0, 1)
  // Of as many ranges as before, each that differs is told.
  for (const _range of moved) {
    out.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
  }
  const provider = stringAt(before, 'providerID')
  if (provider !== '' && stringAt(spec, 'providerID') !== provider) {
    out.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'))
  }
  if (stringAt(spec, 'externalID') !== stringAt(before, 'externalID')) {
    out.push(forbidden('spec.externalID', 'may not be updated'))
  }
  return out
}

/** Checks a RuntimeClass. */
export function validateRuntimeClass(object: KubeObject): Findings {
  const handler = stringAt(object, 'handler')
  const out: Findings =
    handler === '' ? [required('handler')] : invalidEach('handler', handler, dnsLabelProblems(handler))
  const overhead = objectAt(objectAt(object, 'overhead'), 'podFixed')
  if (overhead) out.push(...validateContainerResources({ limits: overhead }, 'overhead', new Set()))
  const scheduling = objectAt(object, 'scheduling')
  if (!scheduling) return out
  out.push(...validateLabels(mapAt(scheduling, 'nodeSelector'), 'scheduling.nodeSelector'))
  const tolerations = listAt(scheduling, 'tolerations')
  out.push(...validateTolerations(tolerations, 'scheduling.tolerations'))
  const keys = tolerations.map((each) =>
    ['key', 'operator', 'value', 'effect'].map((key) => stringAt(each, key)).join('\n'),
  )
  tolerations.forEach((toleration, index) => {
    if (keys.indexOf(keys[index] ?? '') === index) return
    const printed = {
      Key: stringAt(toleration, 'key'),
      Operator: stringAt(toleration, 'operator'),
      Value: stringAt(toleration, 'value'),
      Effect: stringAt(toleration, 'effect'),
      TolerationSeconds: toleration.tolerationSeconds ?? null,
    }
    out.push(duplicate(`scheduling.tolerations[${index}]`, printed))
  })
  return out
}

/** The handler of a class never changes. */
export function validateRuntimeClassUpdate(object: KubeObject, old: KubeObject): Findings {
  return object.handler === old.handler ? [] : [invalid('handler', object.handler, IMMUTABLE)]
}

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown'

/** Checks a CertificateSigningRequest. */
export function validateCertificateSigningRequest(object: KubeObject): Findings {
  const out: Findings = []
  const spec = (object.spec ?? {}) as JsonObject
  const request = stringAt(spec, 'request')
  const block = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/.exec(Buffer.from(request, 'base64').toString())
  if (block?.[1] !== 'CERTIFICATE REQUEST') {
    out.push(invalid('spec.request', request === '' ? null : request, 'PEM block type must be CERTIFICATE REQUEST'))
  }
  const usages = stringsAt(spec, 'usages')
  if (usages.length === 0) out.push(required('spec.usages'))
  usages.forEach((usage, index) => {
    if (!USAGES.includes(usage)) out.push(notSupported(`spec.usages[${index}]`, usage, USAGES))
  })
  usages.forEach((usage, index) => {
    if (usages.indexOf(usage) < index) out.push(duplicate(`spec.usages[${index}]`, usage))
  })
  const signer = stringAt(spec, 'signerName')
  if (signer === LEGACY_SIGNER) {
    out.push(invalid('spec.signerName', signer, 'the legacy signerName is not allowed via this API version'))
  } else out.push(...validateSignerName(signer, 'spec.signerName'))
  const seconds = numberAt(spec, 'expirationSeconds')
  if (seconds !== undefined && seconds < 600) {
    const text = 'may not specify a duration less than 600 seconds (10 minutes)'
    out.push(invalid('spec.expirationSeconds', seconds, text))
  }
  return out
}

const DECISIONS = ['Approved', 'Denied']
const LASTING = [...DECISIONS, 'Failed']
const CONDITION_STATUSES = ['False', 'True', 'Unknown']

/** What an update of a CertificateSigningRequest through one of its sub-resources may set. */
interface SigningRequestChange {
  readonly decision?: boolean
  readonly certificate?: boolean
}

/** Checks a change of what is said of a CertificateSigningRequest. As validateCertificateSigningRequestUpdate. */
function validateRequestChange(object: KubeObject, old: KubeObject, may: SigningRequestChange): Findings {
  const field = 'status.conditions'
  const now = listAt(object.status, 'conditions')
  const then = listAt(old.status, 'conditions')
  const out = validateRequestConditions(now)
  const of = (conditions: readonly JsonObject[], type: string): JsonObject[] =>
    conditions.filter((each) => stringAt(each, 'type') === type)
  const text = (verb: string, type: string): string => `updates may not ${verb} a condition of type "${type}"`
  for (const type of LASTING) {
    if (of(now, type).length < of(then, type).length) out.push(forbidden(field, text('remove', type)))
  }
  for (const type of may.decision === true ? [] : DECISIONS) {
    if (of(now, type).length > of(then, type).length) out.push(forbidden(field, text('add', type)))
    else if (of(now, type).length === of(then, type).length && !jsonEqual(of(now, type), of(then, type))) {
      out.push(forbidden(field, text('modify', type)))
    }
  }
  const [certificate, before] = [stringAt(object.status, 'certificate'), stringAt(old.status, 'certificate')]
  if (certificate === before) return out
  if (may.certificate !== true) out.push(forbidden('status.certificate', 'updates may not set certificate content'))
  else if (before !== '') {
    out.push(forbidden('status.certificate', 'updates may not modify existing certificate content'))
  }
  return out
}

function validateRequestConditions(conditions: readonly JsonObject[]): Findings {
  const field = 'status.conditions'
  const out: Findings = []
  const seen = new Set<string>()
  conditions.forEach((condition, index) => {
    const type = stringAt(condition, 'type')
    const status = stringAt(condition, 'status')
    const allowed = LASTING.includes(type) ? ['True'] : CONDITION_STATUSES
    if (type === '') out.push(required(`${field}[${index}].type`))
    if (status === '') out.push(required(`${field}[${index}].status`))
    else if (!allowed.includes(status)) out.push(notSupported(`${field}[${index}].status`, status, allowed))
    if (DECISIONS.some((other) => other !== type && DECISIONS.includes(type) && seen.has(other))) {
      out.push(invalid(field, type, 'Approved and Denied conditions are mutually exclusive'))
    }
    if (seen.has(type)) out.push(duplicate(`${field}[${index}].type`, type))
    seen.add(type)
  })
  return out
}

/** Checks a change through `status`, which decides nothing. */
export function validateSigningRequestStatus(object: KubeObject, old: KubeObject): Findings {
  return validateRequestChange(object, old, { certificate: true })
}

/** Checks a change through `approval`, which issues nothing. */
export function validateSigningRequestApproval(object: KubeObject, old: KubeObject): Findings {
  return validateRequestChange(object, old, { decision: true })
}

/** Checks a ControllerRevision: it holds data. */
export function validateControllerRevision(object: KubeObject): Findings {
  const { data } = object
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data)
  const why = data === undefined || data === null ? 'data is mandatory' : 'data must be a valid JSON object'
  const out = isObject ? [] : [required('data', why)]
  return [...out, ...nonNegative('revision', numberAt(object, 'revision'))]
}

/** The data of a revision never changes. */
export function validateControllerRevisionUpdate(object: KubeObject, old: KubeObject): Findings {
  return jsonEqual(object.data, old.data) ? [] : [invalid('data', object.data, IMMUTABLE)]
}
