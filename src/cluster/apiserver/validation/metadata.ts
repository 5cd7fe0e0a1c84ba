import { isIP } from 'node:net'
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  dns1035LabelProblems,
  jsonEqual,
  type KubeObject,
  labelValueProblems,
  pathSegmentProblems,
  qualifiedNameProblems,
} from '../../../api/index.ts'
import {
  type Findings,
  forbidden,
  IMMUTABLE,
  invalid,
  invalidEach,
  nonNegative,
  required,
  tooLong,
} from './findings.ts'

/** A rule for names: the texts of what is wrong. */
export type NameRule = (name: string) => string[]

const ANNOTATIONS_LIMIT = 256 * 1024

const STANDARD_FINALIZERS = [
  'kubernetes',
  'orphan',
  'foregroundDeletion',
  'kubernetes.io/pv-protection',
  'kubernetes.io/pvc-protection',
]

/** Rules for the names of kinds that do not use DNS subdomains. */
const NAME_RULES: Readonly<Record<string, NameRule>> = {
  IPAddress: (name) => (isIP(name) === 0 ? ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'] : []),
  Namespace: dnsLabelProblems,
  PodDisruptionBudget: () => [],
  ReplicationController: (name) => dnsSubdomainProblems(name).map((text) => text.replace(/ characters$/, ' bytes')),
  StatefulSet: dnsLabelProblems,
  Service: dnsLabelProblems,
  APIService: pathSegmentProblems,
  ClusterRole: pathSegmentProblems,
  ClusterRoleBinding: pathSegmentProblems,
  Role: pathSegmentProblems,
  RoleBinding: pathSegmentProblems,
  CSIDriver: dnsSubdomainProblems,
  CertificateSigningRequest: () => [],
  ReplicaSet: dnsSubdomainProblems,
  Event: () => [],
  EndpointSlice: dnsSubdomainProblems,
}

/** The rule for the names of a kind. */
export function nameRuleOf(kind: string): NameRule {
  return NAME_RULES[kind] ?? dnsSubdomainProblems
}

export { dns1035LabelProblems }

/** Checks metadata of a new object. As apimachinery's ValidateObjectMeta. */
export function validateMetadata(
  object: KubeObject,
  options: { readonly namespaced: boolean; readonly rule: NameRule },
): Findings {
  const { metadata } = object
  const out: Findings = []
  const { generateName = '', name = '', namespace = '' } = metadata
  if (generateName !== '') {
    // A prefix may end in a dash: the random suffix follows it.
    const masked = generateName.replace(/-$/, 'a')
    out.push(...invalidEach('metadata.generateName', generateName, options.rule(masked)))
  }
  if (name === '') out.push(required('metadata.name', 'name or generateName is required'))
  else out.push(...invalidEach('metadata.name', name, options.rule(name)))
  if (options.namespaced) {
    if (namespace === '') out.push(required('metadata.namespace'))
    else out.push(...invalidEach('metadata.namespace', namespace, dnsLabelProblems(namespace)))
  } else if (namespace !== '') out.push(forbidden('metadata.namespace', 'not allowed on this type'))
  out.push(...nonNegative('metadata.generation', metadata.generation))
  out.push(...validateLabels(metadata.labels, 'metadata.labels'))
  out.push(...validateAnnotations(metadata.annotations, 'metadata.annotations'))
  out.push(...validateOwners(object))
  out.push(...validateFinalizers(metadata.finalizers ?? [], 'metadata.finalizers'))
  return out
}

/** What must be so whatever the kind; run after the kind's own rules. Names stand in URL paths. */
export function validateSystemMetadata(object: KubeObject): Findings {
  const { name = '', generateName = '' } = object.metadata
  return [
    ...invalidEach('metadata.name', name, pathSegmentProblems(name)),
    ...invalidEach('metadata.generateName', generateName, pathSegmentProblems(generateName)),
  ]
}

/** Finalizers are Kubernetes' own or qualified by a domain. Checked for built-in kinds only. */
export function validateFinalizerNames(object: KubeObject): Findings {
  const out: Findings = []
  const finalizers = object.metadata.finalizers ?? []
  finalizers.forEach((finalizer, index) => {
    if (!isQualifiedFinalizer(finalizer))
      out.push(invalid(`metadata.finalizers[${index}]`, finalizer, UNQUALIFIED_FINALIZER))
  })
  return out
}

/** What is said of a finalizer that is not qualified. */
export const UNQUALIFIED_FINALIZER = 'name is neither a standard finalizer name nor is it fully qualified'

/** Whether a finalizer is Kubernetes' own or names a domain. */
export function isQualifiedFinalizer(name: string): boolean {
  return name.includes('/') || STANDARD_FINALIZERS.includes(name)
}

/** Checks labels. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): Findings {
  const out: Findings = []
  for (const [key, value] of Object.entries(labels ?? {})) {
    out.push(...invalidEach(field, key, qualifiedNameProblems(key)))
    out.push(...invalidEach(field, value, labelValueProblems(value)))
  }
  return out
}

/** Checks annotations: their keys, and their size together. */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): Findings {
  const out: Findings = []
  let size = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    out.push(...invalidEach(field, key, qualifiedNameProblems(key.toLowerCase())))
    size += Buffer.byteLength(key) + Buffer.byteLength(value)
  }
  if (size > ANNOTATIONS_LIMIT) out.push(tooLong(field, ANNOTATIONS_LIMIT))
  return out
}

function validateOwners(object: KubeObject): Findings {
  const field = 'metadata.ownerReferences'
  const out: Findings = []
  const references = object.metadata.ownerReferences ?? []
  let first = ''
  for (const { apiVersion = '', kind = '', name = '', uid = '', controller } of references) {
    if (apiVersion === '') out.push(invalid(`${field}.apiVersion`, apiVersion, 'version must not be empty'))
    if (kind === '') out.push(invalid(`${field}.kind`, kind, 'must not be empty'))
    if (name === '') out.push(invalid(`${field}.name`, name, 'must not be empty'))
    if (uid === '') out.push(invalid(`${field}.uid`, uid, 'must not be empty'))
    if (kind === 'Event' && apiVersion === 'v1') {
      out.push(invalid(field, { apiVersion, kind, name, uid }, '/v1, Kind=Event is disallowed from being an owner'))
    }
    if (controller !== true) continue
    const current = `${kind}/${name}`
    if (first === '') first = current
    else {
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${current}`
      out.push(invalid(field, references, text))
    }
  }
  return out
}

function validateFinalizers(finalizers: readonly string[], field: string): Findings {
  const out = finalizers.flatMap((finalizer) => invalidEach(field, finalizer, qualifiedNameProblems(finalizer)))
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    out.push(invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  }
  return out
}

const FIXED = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

/** Checks metadata of a changed object. As apimachinery's ValidateObjectMetaUpdate. */
export function validateMetadataUpdate(object: KubeObject, old: KubeObject): Findings {
  const { metadata } = object
  const before = old.metadata
  const out: Findings = []
  if (before.deletionTimestamp !== undefined) {
    const extra = (metadata.finalizers ?? [])
      .filter((finalizer) => !(before.finalizers ?? []).includes(finalizer))
      .sort()
    if (extra.length > 0) {
      const list = `[]string{${extra.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`
      const text = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`
      out.push(forbidden('metadata.finalizers', text))
    }
  }
  if ((metadata.resourceVersion ?? '') === '') {
    out.push(invalid('metadata.resourceVersion', '', 'must be specified for an update'))
  }
  if ((metadata.generation ?? 0) < (before.generation ?? 0)) {
    out.push(invalid('metadata.generation', metadata.generation ?? 0, 'must not be decremented'))
  }
  for (const key of FIXED) {
    if (!jsonEqual(metadata[key] ?? null, before[key] ?? null))
      out.push(invalid(`metadata.${key}`, metadata[key], IMMUTABLE))
  }
  out.push(...validateLabels(metadata.labels, 'metadata.labels'))
  out.push(...validateAnnotations(metadata.annotations, 'metadata.annotations'))
  out.push(...validateOwners(object))
  return out
}
