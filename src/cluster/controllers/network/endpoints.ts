import { formatTime, jsonEqual } from '../../../api/index.ts'
import type {
  ComponentContext,
  EndpointAddress,
  Endpoints,
  EndpointsSubset,
  Pod,
  Service,
} from '../../control/index.ts'
import { ENDPOINTS, isApiError, splitKey } from '../../control/index.ts'
import { endpointHostname, isBehind, podReference, resolvePorts } from './pod-endpoints.ts'
import { watchServices } from './service-watch.ts'

const managedBy = 'endpoints.kubernetes.io/managed-by'
const headless = 'service.kubernetes.io/headless'
const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time'
const overCapacity = 'endpoints.kubernetes.io/over-capacity'
const capacity = 1000

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The subsets of an Endpoints object: addresses that serve the same ports together, ready and not ready apart. */
export function endpointSubsets(service: Service, pods: readonly Pod[]): EndpointsSubset[] {
  const groups = new Map<
    string,
    { ports: EndpointsSubset['ports']; ready: EndpointAddress[]; notReady: EndpointAddress[] }
  >()
  const isHeadless = service.spec.clusterIP === 'None'
  for (const pod of pods) {
    if (!isBehind(pod, service)) continue
    if (pod.metadata.deletionTimestamp !== undefined && service.spec.publishNotReadyAddresses !== true) continue
    const ports = resolvePorts(pod, service)
    if (ports.length === 0 && !(isHeadless && (service.spec.ports ?? []).length === 0)) continue
    const hostname = isHeadless ? endpointHostname(pod, service) : undefined
    const address: EndpointAddress = {
      ...(hostname ? { hostname } : {}),
      ip: pod.status?.podIP ?? '',
      ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
      targetRef: podReference(pod),
    }
    const sorted = ports
      .map(({ name, port, protocol, appProtocol }) => ({
        ...(appProtocol ? { appProtocol } : {}),
        ...(name ? { name } : {}),
        port,
        protocol,
      }))
      .sort((a, b) => compare(`${a.name ?? ''}|${a.protocol}|${a.port}`, `${b.name ?? ''}|${b.protocol}|${b.port}`))
    const key = JSON.stringify(sorted)
    const group = groups.get(key) ?? { ports: sorted, ready: [], notReady: [] }
    groups.set(key, group)
    const ready = pod.status?.conditions?.find((condition) => condition.type === 'Ready')?.status === 'True'
    if (ready || service.spec.publishNotReadyAddresses === true) group.ready.push(address)
    else group.notReady.push(address)
  }
  const byIp = (a: EndpointAddress, b: EndpointAddress): number =>
    compare(a.ip, b.ip) || compare(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '')
  return [...groups.entries()]
    .sort(([a], [b]) => compare(a, b))
    .map(([, { ports, ready, notReady }]) => ({
      ...(ready.length > 0 ? { addresses: ready.sort(byIp).slice(0, capacity) } : {}),
      ...(notReady.length > 0
        ? { notReadyAddresses: notReady.sort(byIp).slice(0, Math.max(0, capacity - ready.length)) }
        : {}),
      ...(ports && ports.length > 0 ? { ports } : {}),
    }))
}

/** As Kubernetes' endpoints controller: one Endpoints object per service with a selector. */
export function startEndpoints(ctx: ComponentContext): void {
  const component = 'endpoint-controller'
  const loop = ctx.loop(component, (key) => reconcile(key), 4)
  const { services, pods } = watchServices(ctx, loop, 20)
  const endpoints = ctx.informers.of(ENDPOINTS)

  async function reconcile(key: string): Promise<void> {
    const { namespace, name } = splitKey(key)
    const service = services.get(namespace, name)
    const current = endpoints.get(namespace, name)
    if (service === undefined) {
      // Endpoints share the service's name and have no owner; what a user wrote by hand goes with the service as well.
      if (current !== undefined) await ctx.client.delete(ENDPOINTS, { namespace, name })
      return
    }
    if (
      !service.spec.selector ||
      Object.keys(service.spec.selector).length === 0 ||
      service.spec.type === 'ExternalName'
    )
      return
    const subsets = endpointSubsets(service, pods.list(namespace))
    const labels: Record<string, string> = { ...service.metadata.labels, [managedBy]: component }
    if (service.spec.clusterIP === 'None') labels[headless] = ''
    else delete labels[headless]
    const { [triggerTime]: _trigger, [overCapacity]: _over, ...oldAnnotations } = current?.metadata.annotations ?? {}
    if (
      current !== undefined &&
      jsonEqual(current.subsets ?? [], subsets) &&
      jsonEqual(current.metadata.labels, labels)
    )
      return
    const total = subsets.reduce((sum, subset) => sum + (subset.addresses?.length ?? 0), 0)
    const annotations = {
      ...oldAnnotations,
      ...(subsets.length > 0 ? { [triggerTime]: formatTime(ctx.nowMs()) } : {}),
      ...(total >= capacity ? { [overCapacity]: 'truncated' } : {}),
    }
    await write(current, { namespace, name, labels, annotations }, subsets)
  }

  async function write(
    current: Endpoints | undefined,
    metadata: { namespace: string; name: string; labels: Record<string, string>; annotations: Record<string, string> },
    subsets: EndpointsSubset[],
  ): Promise<void> {
    const { annotations, ...rest } = metadata
    const meta = { ...rest, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) }
    const body = { apiVersion: 'v1', kind: 'Endpoints', ...(subsets.length > 0 ? { subsets } : {}) }
    if (current !== undefined) {
      const { annotations: _annotations, ...kept } = current.metadata
      await ctx.client.update(ENDPOINTS, { ...body, metadata: { ...kept, ...meta } } as Endpoints)
      return
    }
    try {
      await ctx.client.create(ENDPOINTS, { ...body, metadata: meta })
    } catch (error) {
      if (isApiError(error, 'ALREADY_EXISTS', 'CONFLICT')) throw error
      if (!isApiError(error, 'FORBIDDEN', 'NOT_FOUND')) throw error
    }
  }
}
