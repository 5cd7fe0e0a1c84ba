import { formatTime, jsonEqual } from '../../../api/index.ts'
import type { ComponentContext, EndpointSlice, EndpointSliceEndpoint, Pod, Service } from '../../control/index.ts'
import {
  controllerReference,
  ENDPOINT_SLICES,
  Expectations,
  isApiError,
  NODES,
  SERVICES,
  splitKey,
} from '../../control/index.ts'
import { endpointConditions, endpointHostname, isBehind, podReference, resolvePorts } from './pod-endpoints.ts'
import { watchServices } from './service-watch.ts'

const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
const managedBy = 'endpointslice-controller.k8s.io'
const serviceLabel = 'kubernetes.io/service-name'
const headlessLabel = 'service.kubernetes.io/headless'
const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time'
const endpointsPerSlice = 100

interface Wanted {
  readonly ports: NonNullable<EndpointSlice['ports']>
  readonly endpoints: EndpointSliceEndpoint[]
}

function sorted(endpoints: readonly EndpointSliceEndpoint[]): EndpointSliceEndpoint[] {
  return [...endpoints].sort((a, b) => ((a.addresses[0] ?? '') < (b.addresses[0] ?? '') ? -1 : 1))
}

/** Endpoints grouped by the ports they serve, cut into slices of at most a hundred. */
export function wantedSlices(
  service: Service,
  pods: readonly Pod[],
  zoneOf: (node: string) => string | undefined,
): Wanted[] {
  const groups = new Map<string, Wanted>()
  for (const pod of pods) {
    if (!isBehind(pod, service)) continue
    const ports = resolvePorts(pod, service).map(({ name, port, protocol, appProtocol }) => ({
      ...(appProtocol ? { appProtocol } : {}),
      name,
      port,
      protocol,
    }))
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, endpoints: [] }
    groups.set(key, group)
    const hostname = endpointHostname(pod, service)
    const zone = pod.spec.nodeName ? zoneOf(pod.spec.nodeName) : undefined
    group.endpoints.push({
      addresses: [pod.status?.podIP ?? ''],
      conditions: endpointConditions(pod, service),
      ...(hostname ? { hostname } : {}),
      ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
      targetRef: podReference(pod),
      ...(zone ? { zone } : {}),
    })
  }
  if (groups.size === 0) return [{ ports: [], endpoints: [] }]
  return [...groups.values()].flatMap(({ ports, endpoints }) => {
    const all = sorted(endpoints)
    const slices: Wanted[] = []
    for (let start = 0; start < all.length; start += endpointsPerSlice)
      slices.push({ ports, endpoints: all.slice(start, start + endpointsPerSlice) })
    return slices
  })
}

/** As Kubernetes' endpointslice controller: slices for every service with a selector, one placeholder when nothing is behind it. */
export function startEndpointSlices(ctx: ComponentContext): void {
  const loop = ctx.loop('endpointslice-controller', (key) => reconcile(key), 4)
  const { services, pods } = watchServices(ctx, loop, 20)
  const slices = ctx.informers.of(ENDPOINT_SLICES)
  slices.addIndex('managed', (slice) => {
    const name = slice.metadata.labels?.[serviceLabel]
    return name && slice.metadata.labels?.[managedByLabel] === managedBy ? [`${slice.metadata.namespace}/${name}`] : []
  })
  // A slice of ours that the cache does not show yet must not be created a second time.
  const expectations = new Expectations(ctx.clock)
  slices.on({
    add: (slice) => {
      const name = slice.metadata.labels?.[serviceLabel]
      if (!name || slice.metadata.labels?.[managedByLabel] !== managedBy) return
      expectations.creationObserved(`${slice.metadata.namespace}/${name}`)
      loop.queue.add(`${slice.metadata.namespace}/${name}`)
    },
    delete: (slice) => {
      const name = slice.metadata.labels?.[serviceLabel]
      if (name && slice.metadata.labels?.[managedByLabel] === managedBy)
        loop.queue.add(`${slice.metadata.namespace}/${name}`)
    },
  })
  const zoneOf = (node: string): string | undefined =>
    ctx.informers.of(NODES).get('', node)?.metadata.labels?.['topology.kubernetes.io/zone']

  async function reconcile(key: string): Promise<void> {
    const { namespace, name } = splitKey(key)
    const service = services.get(namespace, name)
    // Slices of a service that is gone are owned by it: the garbage collector takes them.
    if (service === undefined || service.metadata.deletionTimestamp !== undefined) return
    if (
      !service.spec.selector ||
      Object.keys(service.spec.selector).length === 0 ||
      service.spec.type === 'ExternalName'
    )
      return
    if (!expectations.satisfied(key)) return
    const existing = slices.byIndex('managed', key)
    const wanted = wantedSlices(service, pods.list(namespace), zoneOf)
    const free = new Set(existing)
    const open: Wanted[] = []
    // What is there already as wanted stays; the rest is rewritten, created or deleted.
    for (const want of wanted) {
      const same = [...free].find(
        (slice) => jsonEqual(slice.endpoints ?? [], want.endpoints) && jsonEqual(slice.ports ?? [], want.ports),
      )
      if (same === undefined) open.push(want)
      else {
        free.delete(same)
        await fixLabels(service, same)
      }
    }
    for (const want of open) {
      const reuse = [...free].find((slice) => jsonEqual(slice.ports ?? [], want.ports)) ?? [...free][0]
      if (reuse !== undefined) free.delete(reuse)
      await write(service, reuse, want)
    }
    for (const slice of free) await ctx.client.delete(ENDPOINT_SLICES, slice.metadata)
  }

  function labelsFor(service: Service): Record<string, string> {
    const labels: Record<string, string> = {
      ...service.metadata.labels,
      [managedByLabel]: managedBy,
      [serviceLabel]: service.metadata.name,
    }
    if (service.spec.clusterIP === 'None') labels[headlessLabel] = ''
    return labels
  }

  async function fixLabels(service: Service, slice: EndpointSlice): Promise<void> {
    const labels = labelsFor(service)
    if (!jsonEqual(slice.metadata.labels, labels))
      await ctx.client.update(ENDPOINT_SLICES, { ...slice, metadata: { ...slice.metadata, labels } })
  }

  async function write(service: Service, slice: EndpointSlice | undefined, want: Wanted): Promise<void> {
    const labels = labelsFor(service)
    const known = new Set((slice?.endpoints ?? []).map((endpoint) => JSON.stringify(endpoint)))
    // The time of the change is told for endpoints that came or changed, not for those that went.
    const triggered = want.endpoints.some((endpoint) => !known.has(JSON.stringify(endpoint)))
    const annotations = triggered ? { [triggerTime]: formatTime(ctx.nowMs()) } : undefined
    const { namespace, name } = service.metadata
    const key = `${namespace}/${name}`
    const content = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      addressType: service.spec.ipFamilies?.[0] === 'IPv6' ? 'IPv6' : 'IPv4',
      endpoints: want.endpoints,
      ports: want.ports,
    }
    if (slice !== undefined) {
      const { [triggerTime]: _before, ...others } = slice.metadata.annotations ?? {}
      const metadata = { ...slice.metadata, labels, annotations: { ...others, ...annotations } }
      await ctx.client.update(ENDPOINT_SLICES, { ...content, metadata } as EndpointSlice)
      return
    }
    const metadata = {
      generateName: `${name}-`,
      namespace: namespace ?? 'default',
      labels,
      ...(annotations ? { annotations } : {}),
      ownerReferences: [controllerReference(SERVICES, service)],
    }
    try {
      expectations.expectCreations(key, 1)
      await ctx.client.create(ENDPOINT_SLICES, { ...content, metadata })
    } catch (error) {
      expectations.creationObserved(key)
      if (!isApiError(error, 'FORBIDDEN', 'NOT_FOUND')) throw error
    }
  }
}
