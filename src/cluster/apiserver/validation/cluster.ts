import {
  dnsSubdomainProblems,
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
  required,
} from './findings.ts'
import { validateIp } from './ip.ts'
import { validateTaintEffect } from './scheduling.ts'
import { jsonEqual } from '../../../api/index.ts'

/** Checks a Namespace: its finalizers have names of their own. */
export function validateNamespace(object: KubeObject): Findings {
  return stringsAt(object.spec, 'finalizers').flatMap((finalizer) => {
    const out = invalidEach('spec.finalizers', finalizer, qualifiedNameProblems(finalizer))
    if (!finalizer.includes('/') && finalizer !== 'kubernetes') {
      out.push(
        invalid('spec.finalizers', finalizer, 'name is neither a standard finalizer name nor is it fully qualified'),
      )
    }
    return out
  })
}

/** Checks a Node: its taints and addresses. */
export function validateNode(object: KubeObject): Findings {
  const out: Findings = []
  const seen = new Map<string, Set<string>>()
  listAt(object.spec, 'taints').forEach((taint, index) => {
    const at = `spec.taints[${index}]`
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
  listAt(object.status, 'addresses').forEach((address, index) => {
    const found = listAt(object.status, 'addresses')
    const same = (other: JsonObject): boolean => jsonEqual(other, address)
    if (found.findIndex(same) < index) out.push(duplicate(`status.addresses[${index}]`, address))
  })
  return out
}

/** The address range and the provider of a node are set once. */
export function validateNodeUpdate(object: KubeObject, old: KubeObject): Findings {
  const out: Findings = []
  const spec = (object.spec ?? {}) as JsonObject
  const before = (old.spec ?? {}) as JsonObject
  if (stringsAt(before, 'podCIDRs').length > 0 && !jsonEqual(spec.podCIDRs ?? null, before.podCIDRs ?? null)) {
    out.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
  }
  const provider = stringAt(before, 'providerID')
  if (provider !== '' && stringAt(spec, 'providerID') !== provider) {
    out.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'))
  }
  return out
}

/** Checks an event of the core group: it lies in the namespace of what it is about. */
export function validateEvent(object: KubeObject): Findings {
  const involved = objectAt(object, 'involvedObject')
  const namespace = object.metadata.namespace ?? ''
  const about = stringAt(involved, 'namespace')
  if (object.apiVersion !== 'v1') return []
  if (about === '' ? namespace !== 'default' && namespace !== '' : about !== namespace) {
    if (about === '' && namespace !== 'default')
      return [invalid('involvedObject.namespace', about, 'does not match event.namespace')]
    return [invalid('involvedObject.namespace', about, 'does not match event.namespace')]
  }
  return []
}

/** Checks a RuntimeClass. */
export function validateRuntimeClass(object: KubeObject): Findings {
  const handler = stringAt(object, 'handler')
  const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(handler)
  return label
    ? []
    : invalidEach('handler', handler, handler === '' ? dnsSubdomainProblems('') : dnsSubdomainProblems(handler))
}

/** The handler of a class never changes. */
export function validateRuntimeClassUpdate(object: KubeObject, old: KubeObject): Findings {
  return object.handler === old.handler ? [] : [invalid('handler', object.handler, IMMUTABLE)]
}

/** Checks a CertificateSigningRequest. */
export function validateCertificateSigningRequest(object: KubeObject): Findings {
  const out: Findings = []
  const spec = (object.spec ?? {}) as JsonObject
  if (stringAt(spec, 'request') === '')
    out.push(invalid('spec.request', '', 'PEM block type must be CERTIFICATE REQUEST'))
  const signer = stringAt(spec, 'signerName')
  if (signer === '') out.push(required('spec.signerName'))
  else if (!signer.includes('/')) {
    out.push(
      invalid(
        'spec.signerName',
        signer,
        'must be a fully qualified domain and path of the form "example.com/signer-name"',
      ),
    )
  }
  if (stringsAt(spec, 'usages').length === 0) out.push(required('spec.usages', 'usages must be provided'))
  return out
}

/** Checks a ControllerRevision: it holds data. */
export function validateControllerRevision(object: KubeObject): Findings {
  const out = object.data === undefined || object.data === null ? [required('data', 'data is mandatory')] : []
  return [...out, ...nonNegative('revision', numberAt(object, 'revision'))]
}

/** The data of a revision never changes. */
export function validateControllerRevisionUpdate(object: KubeObject, old: KubeObject): Findings {
  return jsonEqual(object.data, old.data) ? [] : [invalid('data', object.data, IMMUTABLE)]
}

/** Checks an IPAddress: its name is the address. */
export function validateIpAddress(object: KubeObject): Findings {
  const name = object.metadata.name ?? ''
  const parent = objectAt(object.spec, 'parentRef')
  const out = validateIp(name, 'metadata.name')
  if (!parent) out.push(required('spec.parentRef'))
  else
    for (const key of ['resource', 'name'])
      if (mapAt({ parent }, 'parent')[key] === undefined) out.push(required(`spec.parentRef.${key}`))
  return out
}
