import { jsonEqual } from '../../../api/index.ts'
import type { ComponentContext, Endpoints, EndpointSlice, EndpointSliceEndpoint } from '../../control/index.ts'
import {
  controllerReference,
  ENDPOINT_SLICES,
  ENDPOINTS,
  Expectations,
  isApiError,
  keyOf,
  SERVICES,
  splitKey,
} from '../../control/index.ts'

const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
const managedBy = 'endpointslicemirroring-controller.k8s.io'
const serviceLabel = 'kubernetes.io/service-name'
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror'
const ownLabel = 'endpoints.kubernetes.io/managed-by'
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader'

/** The slices that mirror an Endpoints object: one per subset. */
function mirroredSlices(endpoints: Endpoints): Pick<EndpointSlice, 'endpoints' | 'ports' | 'addressType'>[] {
  return (endpoints.subsets ?? []).map((subset) => {
    const convert =
      (ready: boolean) =>
      (address: NonNullable<typeof subset.addresses>[number]): EndpointSliceEndpoint => ({
        addresses: [address.ip],
        conditions: { ready },
        ...(address.hostname ? { hostname: address.hostname } : {}),
        ...(address.nodeName ? { nodeName: address.nodeName } : {}),
        ...(address.targetRef ? { targetRef: address.targetRef } : {}),
      })
    const all = [
      ...(subset.addresses ?? []).map(convert(true)),
      ...(subset.notReadyAddresses ?? []).map(convert(false)),
    ]
    const ipv6 = all.some((endpoint) => endpoint.addresses[0]?.includes(':'))
    const ports = (subset.ports ?? []).map(({ name, port, protocol, appProtocol }) => ({
      ...(appProtocol ? { appProtocol } : {}),
      name: name ?? '',
      port,
      protocol: protocol ?? 'TCP',
    }))
    return { addressType: ipv6 ? 'IPv6' : 'IPv4', endpoints: all, ports }
  })
}

/**
 * As Kubernetes' endpointslice mirroring controller: services without a selector whose Endpoints somebody wrote by hand get
 * slices with the same addresses.
 */
export function startEndpointMirroring(ctx: ComponentContext): void {
  const endpoints = ctx.informers.of(ENDPOINTS)
  const services = ctx.informers.of(SERVICES)
  const slices = ctx.informers.of(ENDPOINT_SLICES)
  slices.addIndex('mirror', (slice) => {
    const name = slice.metadata.labels?.[serviceLabel]
    return name && slice.metadata.labels?.[managedByLabel] === managedBy ? [`${slice.metadata.namespace}/${name}`] : []
  })
  const loop = ctx.loop('endpointslicemirroring-controller', (key) => reconcile(key), 1)
  // A slice that the cache does not show yet must not be made a second time.
  const expectations = new Expectations(ctx.clock)
  slices.on({
    add: (slice) => {
      if (slice.metadata.labels?.[managedByLabel] !== managedBy) return
      const key = `${slice.metadata.namespace}/${slice.metadata.labels[serviceLabel]}`
      expectations.creationObserved(key)
      loop.queue.add(key)
    },
  })
  const offer = (object: Endpoints): void => loop.queue.addAfter(keyOf(object), 20)
  endpoints.on({ add: offer, update: (_old, object) => offer(object), delete: offer })
  services.on({
    add: (service) => loop.queue.addAfter(keyOf(service), 20),
    update: (old, service) => {
      if (!jsonEqual(old.spec.selector, service.spec.selector)) loop.queue.addAfter(keyOf(service), 20)
    },
  })

  async function reconcile(key: string): Promise<void> {
    if (!expectations.satisfied(key)) return
    const { namespace, name } = splitKey(key)
    const object = endpoints.get(namespace, name)
    const service = services.get(namespace, name)
    const existing = slices.byIndex('mirror', key)
    const wanted =
      object !== undefined && service !== undefined && isMirrored(object) && !hasSelector(service.spec.selector)
        ? mirroredSlices(object)
        : []
    const free = new Set(existing)
    let created = 0
    for (const want of wanted) {
      const same = [...free].find(
        (slice) => jsonEqual(slice.endpoints ?? [], want.endpoints) && jsonEqual(slice.ports ?? [], want.ports),
      )
      const reuse = same ?? [...free].find((slice) => jsonEqual(slice.ports ?? [], want.ports))
      if (reuse !== undefined) free.delete(reuse)
      if (same !== undefined || object === undefined) continue
      if (reuse === undefined) expectations.expectCreations(key, ++created)
      await write(object, reuse, want)
    }
    for (const slice of free) await ctx.client.delete(ENDPOINT_SLICES, slice.metadata)
  }

  async function write(
    object: Endpoints,
    slice: EndpointSlice | undefined,
    want: Pick<EndpointSlice, 'endpoints' | 'ports' | 'addressType'>,
  ): Promise<void> {
    const { namespace = 'default', name, labels = {} } = object.metadata
    if (slice !== undefined) {
      await ctx.client.update(ENDPOINT_SLICES, { ...slice, ...want })
      return
    }
    const metadata = {
      generateName: `${name}-`,
      namespace,
      labels: { ...labels, [managedByLabel]: managedBy, [serviceLabel]: name },
      ownerReferences: [controllerReference(ENDPOINTS, object)],
    }
    try {
      await ctx.client.create(ENDPOINT_SLICES, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata,
        ...want,
      })
    } catch (error) {
      expectations.forget(`${namespace}/${name}`)
      if (!isApiError(error, 'FORBIDDEN', 'NOT_FOUND')) throw error
    }
  }
}

/** Endpoints that a controller keeps, or that are a lock, are not mirrored. */
function isMirrored(object: Endpoints): boolean {
  const { labels = {}, annotations = {} } = object.metadata
  return labels[ownLabel] === undefined && labels[skipLabel] !== 'true' && annotations[leaderAnnotation] === undefined
}

function hasSelector(selector: Readonly<Record<string, string>> | undefined): boolean {
  return Object.keys(selector ?? {}).length > 0
}
