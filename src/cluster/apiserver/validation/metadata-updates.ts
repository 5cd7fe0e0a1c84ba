import type { KubeObject } from '../../../api/index.ts'
import type { Findings } from './findings.ts'
import { type NameRule, validateFinalizerNames, validateMetadata, validateMetadataUpdate } from './metadata.ts'

/** Which of its checks of metadata a kind runs on an update, after the checks that all kinds have in common. */
type Checks = 'as-changed' | 'as-new' | 'both' | 'none'

/** Kinds that do not check metadata as changed only. The causes of a refusal show how often something was found. */
const CHECKS: Readonly<Record<string, Checks>> = {
  APIService: 'both',
  CSINode: 'as-new',
  CSIStorageCapacity: 'both',
  CertificateSigningRequest: 'both',
  ClusterRole: 'both',
  ClusterRoleBinding: 'both',
  ConfigMap: 'both',
  ControllerRevision: 'both',
  EndpointSlice: 'as-new',
  Endpoints: 'both',
  Event: 'none',
  FlowSchema: 'as-new',
  IPAddress: 'both',
  Ingress: 'both',
  IngressClass: 'both',
  Job: 'both',
  LimitRange: 'as-new',
  MutatingAdmissionPolicy: 'as-new',
  MutatingAdmissionPolicyBinding: 'as-new',
  MutatingWebhookConfiguration: 'as-new',
  Namespace: 'both',
  Node: 'both',
  PersistentVolume: 'both',
  PersistentVolumeClaim: 'both',
  Pod: 'both',
  PodDisruptionBudget: 'none',
  PriorityLevelConfiguration: 'as-new',
  Role: 'both',
  RoleBinding: 'both',
  RuntimeClass: 'both',
  Secret: 'both',
  ServiceAccount: 'both',
  StorageClass: 'both',
  ValidatingAdmissionPolicy: 'as-new',
  ValidatingAdmissionPolicyBinding: 'as-new',
  ValidatingWebhookConfiguration: 'as-new',
  VolumeAttachment: 'as-new',
  VolumeAttributesClass: 'both',
}

/** Kinds that check no metadata on an update of their status. */
const UNCHECKED_STATUS = ['CronJob', 'PodDisruptionBudget']

/** Kinds that take any finalizer with a sound name. */
const ANY_FINALIZER = new Set([
  'APIService',
  'Event',
  'Lease',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'PodDisruptionBudget',
  'RuntimeClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
])

/** What the checks of metadata find on an update. */
export interface MetadataFindings {
  /** What the pipeline of all kinds finds, before the kind looks. */
  readonly common: Findings
  /** What the kind finds, looking at the object as a new one. */
  readonly asNew: Findings
  /** What the kind finds, looking at the change. */
  readonly asChanged: Findings
}

/** Checks the metadata of a changed object of a built-in kind. */
export function findInMetadata(object: KubeObject, old: KubeObject, options: MetadataOptions): MetadataFindings {
  const checks = CHECKS[options.kind] ?? 'as-changed'
  const asNew = validateMetadata(object, options)
  const asChanged = validateMetadataUpdate(object, old)
  const names = finalizerNames(object, options.kind)
  return {
    common: [...asNew, ...asChanged],
    asNew: checks === 'as-new' || checks === 'both' ? [...asNew, ...names] : [],
    asChanged: checks === 'as-changed' || checks === 'both' ? [...asChanged, ...names] : [],
  }
}

/** As findInMetadata, for a change of the status. */
export function findInStatusMetadata(object: KubeObject, old: KubeObject, options: MetadataOptions): Findings {
  const asNew = validateMetadata(object, options)
  const asChanged = validateMetadataUpdate(object, old)
  const own = UNCHECKED_STATUS.includes(options.kind) ? [] : [...asChanged, ...finalizerNames(object, options.kind)]
  const again = options.kind === 'CertificateSigningRequest' ? asNew : []
  return [...asNew, ...asChanged, ...again, ...own]
}

/** Finds finalizers that a built-in kind does not take. */
export function finalizerNames(object: KubeObject, kind: string): Findings {
  return ANY_FINALIZER.has(kind) ? [] : validateFinalizerNames(object)
}

interface MetadataOptions {
  readonly kind: string
  readonly namespaced: boolean
  readonly rule: NameRule
}
