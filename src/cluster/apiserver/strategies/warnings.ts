import {
  dnsLabelProblems,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { annotationWarnings } from './annotation-warnings.ts'
import { cidrWarnings, ipWarnings } from './address-warnings.ts'
import { endpointSliceWarnings, endpointsWarnings, networkPolicyWarnings, nodeWarnings } from './network-warnings.ts'
import { nodeChoiceWarnings } from './node-label-warnings.ts'
import { podWarnings } from './pod-warnings.ts'
import { secretWarnings } from './secret-warnings.ts'
import { claimSpecWarnings, claimWarnings, csiDriverWarnings, persistentVolumeWarnings } from './storage-warnings.ts'

/** Texts for `Warning` headers on writing an object: deprecated fields, and mistakes that are allowed. */
export function warningsOf(kind: string, object: KubeObject, old: KubeObject | undefined): string[] {
  const out: string[] = []
  if (NAMES_PODS.has(kind) && !old) out.push(...nameWarnings(kind, object))
  const template = podTemplateOf(kind, object)
  // A template is looked at again only when it may have changed; a pod's spec hardly ever does.
  const unchanged = old !== undefined && (kind === 'Pod' || old.metadata.generation === object.metadata.generation)
  if (kind === 'Job' && !unchanged) out.push(...jobWarnings(objectAt(object, 'spec'), 'spec'))
  if (kind === 'CronJob' && !unchanged) {
    out.push(...jobWarnings(objectAt(objectAt(object.spec, 'jobTemplate'), 'spec'), 'spec.jobTemplate.spec'))
  }
  if (template && !unchanged) {
    out.push(...annotationWarnings(template.metadata, template.spec, template.path.replace(/\.?spec$/, '')))
    out.push(...podWarnings(template.spec, template.path))
  }
  switch (kind) {
    case 'Service':
      return [...out, ...serviceWarnings(object)]
    case 'Secret':
      return [...out, ...secretWarnings(object)]
    case 'PersistentVolume':
      return persistentVolumeWarnings(object)
    case 'PersistentVolumeClaim':
      return claimWarnings(object)
    case 'CSIDriver':
      return csiDriverWarnings(object, old)
    case 'Endpoints':
      return endpointsWarnings(object)
    case 'EndpointSlice':
      return endpointSliceWarnings(object, old === undefined)
    case 'NetworkPolicy':
      return networkPolicyWarnings(object)
    case 'Node':
      return nodeWarnings(object)
    case 'CSIStorageCapacity':
    case 'RuntimeClass':
    case 'StorageClass':
      return nodeChoiceWarnings(kind, object as unknown as JsonObject)
    case 'Ingress':
      if (!old && object.metadata.annotations?.[CLASS_ANNOTATION] !== undefined && !hasClass(object)) {
        out.push(`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`)
      }
      return out
    case 'StatefulSet':
      return [...out, ...statefulSetWarnings(object, old)]
    case 'CronJob':
      if (old && stringAt(object.spec, 'schedule').includes('TZ')) out.push(ZONE_IN_SCHEDULE)
      return out
    default:
      return out
  }
}

const ZONE_IN_SCHEDULE =
  'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details'

const hasClass = (ingress: KubeObject): boolean => valueAt(ingress.spec, 'ingressClassName') !== undefined

/** Warnings about the claims of a stateful set, and about keeping all revisions. */
function statefulSetWarnings(object: KubeObject, old: KubeObject | undefined): string[] {
  const out = listAt(object.spec, 'volumeClaimTemplates').flatMap((claim, index) => {
    const path = `spec.volumeClaimTemplates[${index}]${old ? '.Spec' : ''}`
    return claimSpecWarnings(objectAt(claim, 'spec') ?? {}, path)
  })
  const limit = numberAt(object.spec, 'revisionHistoryLimit')
  if (limit !== undefined && limit < 0) {
    out.push(
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
    )
  }
  return out
}

const MANY_COMPLETIONS = 100_000
const MANY_AT_ONCE = 10_000

/** Warnings about the spec of a job that may have more indexes than its status can tell. */
function jobWarnings(spec: JsonObject | undefined, path: string): string[] {
  if (stringAt(spec, 'completionMode') !== 'Indexed') return []
  const many = (key: string, limit: number): boolean => (numberAt(spec, key) ?? 0) > limit
  if (!many('completions', MANY_COMPLETIONS) || !many('parallelism', MANY_AT_ONCE)) return []
  const what = 'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4'
  const text = 'Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
  return [`${path}: ${what}, ${text}`]
}

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'
const NAMES_PODS = new Set(['Pod', 'Deployment', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'])

function nameWarnings(kind: string, object: KubeObject): string[] {
  const problems = dnsLabelProblems(object.metadata.name ?? '')
  if (problems.length === 0) return []
  const use = kind === 'Pod' ? "this is used in the Pod's hostname" : 'this is used in Pod names and hostnames'
  return [
    `metadata.name: ${use}, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
  ]
}

interface Template {
  readonly metadata: JsonObject | undefined
  readonly spec: JsonObject
  readonly path: string
}

/** The pod spec that an object holds, and where. */
function podTemplateOf(kind: string, object: KubeObject): Template | undefined {
  const spec = objectAt(object, 'spec')
  const at = (holder: unknown, path: string): Template | undefined => {
    const found = objectAt(objectAt(holder, 'template'), 'spec')
    return found && { metadata: objectAt(objectAt(holder, 'template'), 'metadata'), spec: found, path }
  }
  switch (kind) {
    case 'Pod':
      return spec && { metadata: objectAt(object, 'metadata'), spec, path: 'spec' }
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
