import {
  API_SERVICES_PATH,
  boolAt,
  jsonEqual,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
} from '../../api/index.ts'
import { type Clock, type FaultReport, guarded } from '../../base/index.ts'
import type { Store } from '../store/index.ts'
import { timestamp } from './context.ts'
import type { ResourceRegistry } from './registry/registry.ts'
import type { SelfClient } from './self-client.ts'

const PREFIX = 'apiregistration.k8s.io/apiservices/'
const MANAGED = 'kube-aggregator.kubernetes.io/automanaged'

/** What the groups of Kubernetes are worth against others; versions are worth 15 unless said. */
const GROUP_PRIORITY: Readonly<Record<string, number>> = {
  '': 18000,
  'admissionregistration.k8s.io': 16700,
  'apiextensions.k8s.io': 16700,
  apps: 17800,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  batch: 17400,
  'certificates.k8s.io': 17300,
  'coordination.k8s.io': 16500,
  'discovery.k8s.io': 16200,
  'events.k8s.io': 17750,
  'flowcontrol.apiserver.k8s.io': 16100,
  'networking.k8s.io': 17200,
  'node.k8s.io': 16300,
  policy: 17100,
  'rbac.authorization.k8s.io': 17000,
  'resource.k8s.io': 16200,
  'scheduling.k8s.io': 16600,
  'storage.k8s.io': 16800,
}
const VERSION_PRIORITY: Readonly<Record<string, number>> = {
  'v1.': 1,
  'v1.flowcontrol.apiserver.k8s.io': 21,
  'v1.resource.k8s.io': 21,
  'v2.autoscaling': 30,
}

/** What following APIServices needs. */
export interface ApiServiceParts {
  readonly store: Store
  readonly registry: ResourceRegistry
  readonly clock: Clock
  readonly send: SelfClient
  readonly report: FaultReport
}

/**
 * Keeps an APIService for each version of each group that is served here, and says of those that name a Service whether it
 * can be reached. As the registration and availability controllers of kube-aggregator.
 */
export function followApiServices(parts: ApiServiceParts): void {
  let scheduled = false
  const register = (): void => {
    if (scheduled) return
    scheduled = true
    queueMicrotask(() => {
      scheduled = false
      guarded(
        () => registerAll(parts),
        (error) => parts.report('kube-apiserver', 'api-services', error),
      )
    })
  }
  register()
  parts.registry.onChange(register)
  const { store } = parts
  const judge = (): void => {
    for (const entry of store.range(PREFIX).entries) judgeRemote(parts, entry.value as KubeObject)
  }
  for (const prefix of ['core/services/', 'core/endpoints/']) {
    store.watch(prefix, store.publishedRevision, () => {
      if (hasRemote(store)) judge()
    })
  }
  store.watch(PREFIX, store.publishedRevision, (event) => {
    if (event.type === 'put') judgeRemote(parts, event.entry.value as KubeObject)
  })
}

/** Whether an APIService leads a version of a group to a Service. */
export function isRemoteGroup(store: Store, group: string, version: string): boolean {
  const found = store.get(`${PREFIX}${version}.${group}`)?.value as KubeObject | undefined
  return found !== undefined && serviceOf(found) !== undefined
}

function hasRemote(store: Store): boolean {
  return store.range(PREFIX).entries.some((entry) => serviceOf(entry.value as KubeObject) !== undefined)
}

function serviceOf(object: KubeObject): JsonObject | undefined {
  return objectAt(object.spec, 'service')
}

function registerAll({ store, registry, send }: ApiServiceParts): void {
  const served = new Map<string, { group: string; version: string; custom: boolean }>()
  for (const { group, version, custom } of registry.all()) {
    if (group === 'apiregistration.k8s.io') continue
    const name = `${version}.${group}`
    served.set(name, { group, version, custom: custom === true })
  }
  for (const [name, { group, version, custom }] of served) {
    if (store.get(PREFIX + name) !== undefined) continue
    void send('POST', API_SERVICES_PATH, {
      metadata: { name, labels: { [MANAGED]: custom ? 'true' : 'onstart' } },
      spec: {
        ...(group !== '' && { group }),
        version,
        groupPriorityMinimum: GROUP_PRIORITY[group] ?? (custom ? 1000 : 16000),
        versionPriority: custom ? 100 : (VERSION_PRIORITY[name] ?? 15),
      },
    })
  }
  for (const entry of store.range(PREFIX).entries) {
    const { name = '', labels } = (entry.value as KubeObject).metadata
    if (labels?.[MANAGED] === 'true' && !served.has(name)) void send('DELETE', `${API_SERVICES_PATH}/${name}`)
  }
}

interface Availability {
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

function judgeRemote({ store, clock, send }: ApiServiceParts, object: KubeObject): void {
  const service = serviceOf(object)
  if (service === undefined || boolAt(object.metadata, 'deletionTimestamp')) return
  const found = availabilityOf(store, service)
  const conditions = listAt(object.status, 'conditions')
  const before = conditions.find((condition) => condition.type === 'Available')
  const { status, reason, message } = found
  const same =
    before !== undefined &&
    jsonEqual([before.status ?? '', before.reason ?? '', before.message ?? ''], [status, reason, message])
  if (same) return
  const at = before?.status === status ? before.lastTransitionTime : timestamp(clock)
  const others = conditions.filter((condition) => condition.type !== 'Available')
  const next = { type: 'Available', status, lastTransitionTime: at ?? timestamp(clock), reason, message }
  const name = object.metadata.name ?? ''
  void send('PUT', `${API_SERVICES_PATH}/${name}/status`, { ...object, status: { conditions: [...others, next] } })
}

function availabilityOf(store: Store, service: JsonObject): Availability {
  const [namespace, name] = [stringAt(service, 'namespace'), stringAt(service, 'name')]
  const port = numberAt(service, 'port') ?? 443
  const no = (reason: string, message: string): Availability => ({ status: 'False', reason, message })
  const found = store.get(`core/services/${namespace}/${name}`)?.value as KubeObject | undefined
  if (found === undefined) {
    return no('ServiceNotFound', `service/${name} in ${JSON.stringify(namespace)} is not present`)
  }
  if (stringAt(found.spec, 'type') === 'ExternalName')
    return { status: 'True', reason: 'Passed', message: 'all checks passed' }
  const own = listAt(found.spec, 'ports').find((each) => numberAt(each, 'port') === port)
  if (own === undefined) {
    return no('ServicePortError', `service/${name} in ${JSON.stringify(namespace)} is not listening on port ${port}`)
  }
  const endpoints = store.get(`core/endpoints/${namespace}/${name}`)?.value as KubeObject | undefined
  const where = `endpointslices for service/${name} in ${JSON.stringify(namespace)}`
  if (endpoints === undefined) return no('EndpointsNotFound', `cannot find ${where}`)
  const subsets = listAt(endpoints, 'subsets').filter((subset) => listAt(subset, 'addresses').length > 0)
  if (subsets.length === 0) {
    return no('MissingEndpoints', `${where} have no addresses with port name ${JSON.stringify(stringAt(own, 'name'))}`)
  }
  const url = `https://${name}.${namespace}.svc:${port}`
  return no('FailedDiscoveryCheck', `failing or missing response from ${url}: nothing in a simulated network answers`)
}
