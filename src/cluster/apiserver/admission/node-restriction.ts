import { jsonEqual, type JsonObject, type KubeObject, listAt, objectAt, stringAt } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { nodeOf } from '../authz/node.ts'
import { notFound } from '../errors.ts'
import { podConfigMaps, podSecrets } from '../pod-references.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusedBy } from './chain.ts'
import type { ReadCertificateRequest } from './certificates.ts'

/** What restricting nodes needs. */
export interface NodeRestrictionParts {
  readonly store: Store
  readonly readRequest: ReadCertificateRequest
}

interface Restriction {
  readonly request: AdmissionRequest
  readonly node: string
  /** JSON text of the node's name, as messages have it. */
  readonly called: string
  readonly parts: NodeRestrictionParts
  refuse(why: string): Error
}

/** Kubelets write only what is about their node and the pods on it. As Kubernetes' NodeRestriction. */
export function nodeRestriction(parts: NodeRestrictionParts): AdmissionPlugin {
  const check = (request: AdmissionRequest): void => {
    const node = nodeOf(request.user)
    if (node === undefined) return
    const refuse = (why: string): Error => refusedBy(request, why)
    if (node === '') throw refuse(`could not determine node from user ${JSON.stringify(request.user.name)}`)
    const { group, plural } = request.definition
    CHECKS[group === '' ? plural : `${plural}.${group}`]?.({
      request,
      node,
      called: JSON.stringify(node),
      parts,
      refuse,
    })
  }
  return { name: 'NodeRestriction', admit: check, admitRemoval: check }
}

const CHECKS: Readonly<Record<string, (restriction: Restriction) => void>> = {
  pods(restriction) {
    const { request, refuse } = restriction
    if (request.subresource === '') checkPod(restriction)
    else if (request.subresource === 'status') checkPodStatus(restriction)
    else if (request.subresource === 'eviction') checkEviction(restriction)
    else {
      const what = JSON.stringify(request.subresource)
      throw refuse(`unexpected pod subresource ${what}, only 'status' and 'eviction' are allowed`)
    }
  },
  nodes: checkNode,
  persistentvolumeclaims: checkClaim,
  serviceaccounts: checkToken,
  'leases.coordination.k8s.io'({ request, node, refuse }) {
    if (request.namespace !== 'kube-node-lease') {
      throw refuse('can only access leases in the "kube-node-lease" system namespace')
    }
    if (request.name !== node) throw refuse('can only access node lease with the same name as the requesting node')
  },
  'csinodes.storage.k8s.io'({ request, node, refuse }) {
    if (request.name !== node) throw refuse('can only access CSINode with the same name as the requesting node')
  },
  'resourceslices.resource.k8s.io'({ request, node, refuse }) {
    const { operation, object, oldObject } = request
    if (operation !== 'CREATE' && operation !== 'DELETE') return
    if (stringAt((operation === 'CREATE' ? object : oldObject)?.spec, 'nodeName') === node) return
    throw refuse(`can only ${operation.toLowerCase()} ResourceSlice with the same NodeName as the requesting node`)
  },
  'certificatesigningrequests.certificates.k8s.io'({ request, node, parts, refuse }) {
    if (request.operation !== 'CREATE' || request.subresource !== '') return
    const spec = request.object?.spec
    if (!NODE_SIGNERS.has(stringAt(spec, 'signerName'))) return
    const parsed = parts.readRequest(Buffer.from(stringAt(spec, 'request'), 'base64').toString())
    if (parsed === undefined) throw refuse('unable to parse csr: PEM block type must be CERTIFICATE REQUEST')
    if (parsed.commonName !== `system:node:${node}`) {
      throw refuse(`can only create a node CSR with CN=system:node:${node}`)
    }
  },
}

const NODE_SIGNERS = new Set(['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'])
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'

function storedPod({ parts, request }: Restriction, name: string): KubeObject {
  const found = parts.store.get(`core/pods/${request.namespace}/${name}`)?.value as KubeObject | undefined
  if (found === undefined) throw notFound({ group: '', resource: 'pod' }, name)
  return found
}

function checkPod(restriction: Restriction): void {
  const { request, node, called, refuse } = restriction
  switch (request.operation) {
    case 'CREATE':
      if (request.object !== undefined) checkMirrorPod(restriction, request.object)
      return
    case 'DELETE':
      if (stringAt(request.oldObject?.spec, 'nodeName') === node) return
      throw refuse(`node ${called} can only delete pods with spec.nodeName set to itself`)
    default: {
      const what = JSON.stringify(request.operation)
      throw refuse(`unexpected operation ${what}, node ${called} can only create and delete mirror pods`)
    }
  }
}

function checkMirrorPod({ node, called, parts, refuse }: Restriction, pod: KubeObject): void {
  const only = (what: string): Error => refuse(`node ${called} can only create pods with ${what}`)
  if (pod.metadata.annotations?.[MIRROR_ANNOTATION] === undefined) {
    throw refuse(`pod does not have "${MIRROR_ANNOTATION}" annotation, node ${called} can only create mirror pods`)
  }
  if (stringAt(pod.spec, 'nodeName') !== node) throw only('spec.nodeName set to itself')
  const owners = pod.metadata.ownerReferences ?? []
  if (owners.length > 1) throw only('a single owner reference set to itself')
  const [owner] = owners
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    throw only('an owner reference set to itself')
  }
  if (owner.controller !== true) throw only('a controller owner reference set to itself')
  if (owner.blockOwnerDeletion === true) {
    throw refuse(`node ${called} must not set blockOwnerDeletion on an owner reference`)
  }
  const live = parts.store.get(`core/nodes/${node}`)?.value as KubeObject | undefined
  if (live === undefined) throw notFound({ group: '', resource: 'node' }, node)
  if (owner.uid !== live.metadata.uid) {
    throw refuse(`node ${node} UID mismatch: expected ${owner.uid} got ${live.metadata.uid ?? ''}`)
  }
  const reference = apiReference(pod)
  if (reference !== undefined) throw refuse(`node ${called} can not create pods that reference ${reference}`)
}

/** Volume sources for which a kubelet would have to ask the API, and what it would ask for. */
const VOLUME_REFERENCES: Readonly<Record<string, string>> = {
  configMap: 'configmaps (via configmap volumes)',
  secret: 'secrets (via secret volumes)',
  csi: 'csidrivers (via CSI volumes)',
  glusterfs: 'endpoints (via glusterFS volumes)',
  persistentVolumeClaim: 'persistentvolumeclaims',
  ephemeral: 'persistentvolumeclaims (via ephemeral volumes)',
  azureFile: 'secrets (via azureFile volumes)',
}
const PROJECTED_REFERENCES: Readonly<Record<string, string>> = {
  configMap: 'configmaps (via projected volumes)',
  secret: 'secrets (via projected volumes)',
  serviceAccountToken: 'serviceaccounts (via projected volumes)',
  clusterTrustBundle: 'clustertrustbundles',
  podCertificate: 'podcertificates',
}

/** The first kind of object that a pod refers to; undefined when it stands alone. As podutil.HasAPIObjectReference. */
function apiReference(pod: KubeObject): string | undefined {
  if (stringAt(pod.spec, 'serviceAccountName') !== '') return 'serviceaccounts'
  if (podSecrets(pod).size > 0) return 'secrets'
  if (podConfigMaps(pod).size > 0) return 'configmaps'
  if (listAt(pod.spec, 'resourceClaims').length > 0) return 'resourceclaims'
  for (const volume of listAt(pod.spec, 'volumes')) {
    const own = Object.keys(volume).find((source) => VOLUME_REFERENCES[source] !== undefined)
    if (own !== undefined) return VOLUME_REFERENCES[own]
    for (const source of listAt(objectAt(volume, 'projected'), 'sources')) {
      const projected = Object.keys(source).find((each) => PROJECTED_REFERENCES[each] !== undefined)
      if (projected !== undefined) return PROJECTED_REFERENCES[projected]
    }
  }
  return undefined
}

function checkPodStatus({ request, node, called, refuse }: Restriction): void {
  const { operation, object, oldObject } = request
  if (operation !== 'UPDATE') throw refuse(`unexpected operation ${JSON.stringify(operation)}`)
  if (stringAt(oldObject?.spec, 'nodeName') !== node) {
    throw refuse(`node ${called} can only update pod status for pods with spec.nodeName set to itself`)
  }
  if (!jsonEqual(asJson(object?.metadata.labels), asJson(oldObject?.metadata.labels))) {
    throw refuse(`node ${called} cannot update labels through pod status`)
  }
  const claims = (pod: KubeObject | undefined): JsonObject[] => listAt(pod?.status, 'resourceClaimStatuses')
  if (!jsonEqual(claims(object), claims(oldObject))) throw refuse(`node ${called} cannot update resource claim statues`)
}

function checkEviction(restriction: Restriction): void {
  const { request, node, refuse } = restriction
  // The deletion that an eviction comes to has been looked at with it.
  if (request.operation === 'DELETE') return
  if (request.operation !== 'CREATE') throw refuse(`unexpected operation ${request.operation}`)
  if (stringAt(storedPod(restriction, request.name).spec, 'nodeName') === node) return
  throw refuse(`node ${node} can only evict pods with spec.nodeName set to itself`)
}

function checkClaim({ request, called, refuse }: Restriction): void {
  const { operation, object, oldObject, subresource } = request
  if (subresource !== 'status') throw refuse('may only update PVC status')
  if (operation !== 'UPDATE') throw refuse(`unexpected operation ${JSON.stringify(operation)}`)
  if (jsonEqual(asJson(claimBesides(object)), asJson(claimBesides(oldObject)))) return
  throw refuse(`node ${called} is not allowed to update fields other than status.quantity and status.conditions`)
}

/** A claim without what a node may change. */
function claimBesides(claim: KubeObject | undefined): unknown {
  if (claim === undefined) return undefined
  const { resourceVersion: _version, managedFields: _fields, ...metadata } = claim.metadata
  const status = { ...(claim.status as JsonObject | undefined) }
  for (const key of ['capacity', 'conditions', 'allocatedResources', 'allocatedResourceStatuses']) delete status[key]
  return { ...claim, metadata, status }
}

function checkToken(restriction: Restriction): void {
  const { request, node, refuse } = restriction
  if (request.operation !== 'CREATE' || request.subresource !== 'token') return
  const spec = objectAt(request.object, 'spec')
  const bound = objectAt(spec, 'boundObjectRef')
  const [name, uid] = [stringAt(bound, 'name'), stringAt(bound, 'uid')]
  if (stringAt(bound, 'apiVersion') !== 'v1' || stringAt(bound, 'kind') !== 'Pod' || name === '') {
    throw refuse('node requested token not bound to a pod')
  }
  if (uid === '') throw refuse('node requested token with a pod binding without a uid')
  const pod = storedPod(restriction, name)
  if (uid !== pod.metadata.uid) {
    const why = 'The object might have been deleted and then recreated'
    throw refuse(`the UID in the bound object reference (${uid}) does not match the UID in record. ${why}`)
  }
  if (stringAt(pod.spec, 'nodeName') !== node) {
    throw refuse('node requested token bound to a pod scheduled on a different node')
  }
}

function checkNode({ request, node, called, refuse }: Restriction): void {
  const { name, operation, object, oldObject } = request
  if (name !== node) throw refuse(`node ${called} is not allowed to modify node ${JSON.stringify(name)}`)
  if (operation === 'CREATE') {
    const labels = forbiddenLabels(object, undefined)
    if (labels !== '') throw refuse(`node ${called} is not allowed to set the following labels: ${labels}`)
  }
  if (operation !== 'UPDATE') return
  const taints = (each: KubeObject | undefined): JsonObject[] => listAt(each?.spec, 'taints')
  if (!jsonEqual(taints(object), taints(oldObject))) throw refuse(`node ${called} is not allowed to modify taints`)
  const owners = (each: KubeObject | undefined): JsonObject[] => listAt(each?.metadata, 'ownerReferences')
  if (!jsonEqual(owners(object), owners(oldObject))) {
    throw refuse(`node ${called} is not allowed to modify ownerReferences`)
  }
  const labels = forbiddenLabels(object, oldObject)
  if (labels !== '') throw refuse(`is not allowed to modify labels: ${labels}`)
}

const NODE_LABELS = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
])

/** Labels that differ and that a node may not set, sorted. */
function forbiddenLabels(object: KubeObject | undefined, before: KubeObject | undefined): string {
  const [now, old] = [object?.metadata.labels ?? {}, before?.metadata.labels ?? {}]
  const changed = [...new Set([...Object.keys(now), ...Object.keys(old)])].filter((key) => now[key] !== old[key])
  return changed.filter(isForbidden).sort().join(', ')
}

function isForbidden(label: string): boolean {
  const slash = label.indexOf('/')
  const namespace = slash < 0 ? '' : label.slice(0, slash)
  const within = (domain: string): boolean => namespace === domain || namespace.endsWith(`.${domain}`)
  if (within('node-restriction.kubernetes.io')) return true
  if (!within('kubernetes.io') && !within('k8s.io')) return false
  return !NODE_LABELS.has(label) && !within('kubelet.kubernetes.io') && !within('node.kubernetes.io')
}

function asJson(value: unknown): JsonObject {
  return (value ?? {}) as JsonObject
}
