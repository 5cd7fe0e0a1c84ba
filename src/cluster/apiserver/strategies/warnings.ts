import {
  dnsLabelProblems,
  type JsonObject,
  type KubeObject,
  numberAt,
  objectAt,
  parseQuantity,
  stringAt,
  mapAt,
  stringsAt,
} from '../../../api/index.ts'
import { cidrWarnings, ipWarnings } from './address-warnings.ts'
import { podWarnings } from './pod-warnings.ts'
import { secretWarnings } from './secret-warnings.ts'

/** Texts for `Warning` headers on writing an object: deprecated fields, and mistakes that are allowed. */
export function warningsOf(kind: string, object: KubeObject, old: KubeObject | undefined): string[] {
  const out: string[] = []
  if (NAMES_PODS.has(kind) && !old) out.push(...nameWarnings(kind, object))
  const template = podTemplateOf(kind, object)
  // A template is looked at again only when it may have changed; a pod's spec hardly ever does.
  const unchanged = old !== undefined && (kind === 'Pod' || old.metadata.generation === object.metadata.generation)
  if (template && !unchanged) out.push(...podWarnings(template.spec, template.path))
  switch (kind) {
    case 'Service':
      return [...out, ...serviceWarnings(object)]
    case 'Secret':
      return [...out, ...secretWarnings(object)]
    case 'PersistentVolume':
    case 'PersistentVolumeClaim':
      return [...out, ...volumeWarnings(object)]
    case 'Ingress':
      if (!old && object.metadata.annotations?.[CLASS_ANNOTATION] !== undefined) {
        out.push(`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`)
      }
      return out
    case 'StatefulSet': {
      const limit = numberAt(object.spec, 'revisionHistoryLimit')
      if (limit !== undefined && limit < 0) {
        out.push(
          'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
        )
      }
      return out
    }
    default:
      return out
  }
}

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'
const NAMES_PODS = new Set(['Pod', 'Deployment', 'ReplicaSet', 'ReplicationController', 'Job'])

function nameWarnings(kind: string, object: KubeObject): string[] {
  const problems = dnsLabelProblems(object.metadata.name ?? '')
  if (problems.length === 0) return []
  const use = kind === 'Pod' ? "this is used in the Pod's hostname" : 'this is used in Pod names and hostnames'
  return [
    `metadata.name: ${use}, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
  ]
}

interface Template {
  readonly spec: JsonObject
  readonly path: string
}

/** The pod spec that an object holds, and where. */
function podTemplateOf(kind: string, object: KubeObject): Template | undefined {
  const spec = objectAt(object, 'spec')
  const at = (holder: unknown, path: string): Template | undefined => {
    const found = objectAt(objectAt(holder, 'template'), 'spec')
    return found && { spec: found, path }
  }
  switch (kind) {
    case 'Pod':
      return spec && { spec, path: 'spec' }
    case 'PodTemplate':
      return at(object, 'template.spec')
    case 'CronJob':
      return at(objectAt(objectAt(spec, 'jobTemplate'), 'spec'), 'spec.jobTemplate.spec.template.spec')
    case 'Deployment':
    case 'DaemonSet':
    case 'StatefulSet':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'Job':
      return at(spec, 'spec.template.spec')
    default:
      return undefined
  }
}

function serviceWarnings(object: KubeObject): string[] {
  const spec = (object.spec ?? {}) as JsonObject
  const out: string[] = []
  const type = stringAt(spec, 'type')
  const addresses = stringsAt(spec, 'clusterIPs')
  const external = stringsAt(spec, 'externalIPs')
  const balancer = stringAt(spec, 'loadBalancerIP')
  const headless = type === 'ClusterIP' && stringAt(spec, 'clusterIP') === 'None'
  if (object.metadata.annotations?.[TOPOLOGY_HINTS] !== undefined) {
    out.push(`annotation ${TOPOLOGY_HINTS} is deprecated, please use ${TOPOLOGY_MODE} instead`)
  }
  if (addresses[0] !== 'None') {
    out.push(...addresses.flatMap((address, index) => ipWarnings(`spec.clusterIPs[${index}]`, address)))
  }
  if (headless) {
    if (balancer !== '') out.push('spec.loadBalancerIP is ignored for headless services')
    if (external.length > 0) out.push('spec.externalIPs is ignored for headless services')
    if (stringAt(spec, 'sessionAffinity') !== 'None') out.push('spec.SessionAffinity is ignored for headless services')
  }
  out.push(...external.flatMap((address, index) => ipWarnings(`spec.externalIPs[${index}]`, address)))
  if (external.length > 0 && !headless && type !== 'ExternalName') {
    out.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  }
  if (balancer !== '') out.push(...ipWarnings('spec.loadBalancerIP', balancer))
  stringsAt(spec, 'loadBalancerSourceRanges').forEach((range, index) => {
    out.push(...cidrWarnings(`spec.loadBalancerSourceRanges[${index}]`, range))
  })
  if (type === 'ExternalName' && external.length > 0) {
    out.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  }
  if (type !== 'ExternalName' && stringAt(spec, 'externalName') !== '') {
    out.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  }
  if (stringAt(spec, 'trafficDistribution') === 'PreferClose') {
    out.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  }
  return out
}

const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints'
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode'

const CLASS_BETA = 'volume.beta.kubernetes.io/storage-class'

function volumeWarnings(object: KubeObject): string[] {
  const spec = (object.spec ?? {}) as JsonObject
  const out: string[] = []
  if (object.metadata.annotations?.[CLASS_BETA] !== undefined) {
    out.push(`metadata.annotations[${CLASS_BETA}]: deprecated since v1.8; use "storageClassName" attribute instead`)
  }
  if (stringAt(spec, 'persistentVolumeReclaimPolicy') === 'Recycle') {
    out.push(
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    )
  }
  const storage = mapAt(objectAt(spec, 'resources'), 'requests').storage
  if (storage !== undefined && parseQuantity(storage).nano % 1_000_000_000n !== 0n) {
    out.push(
      `spec.resources.requests[storage]: fractional byte value ${JSON.stringify(storage)} is invalid, must be an integer`,
    )
  }
  return out
}
