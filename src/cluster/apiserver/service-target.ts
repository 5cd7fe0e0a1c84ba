import { type KubeObject, listAt, numberAt, objectAt, stringAt, stringsAt } from '../../api/index.ts'
import type { Store } from '../store/index.ts'

/** Where connections to a Service really go. */
export interface ServiceTarget {
  readonly host: string
  readonly port: number
  /** The address is that of a simulated pod, where nothing listens. */
  readonly simulated: boolean
}

/**
 * Resolves a port of a Service to one of its ready endpoints, or gives in words why there is none. As the API server's
 * ResolveEndpoint, and as its ResolveCluster for Services that are names of something outside.
 */
export function resolveService(
  store: Store,
  service: { readonly namespace: string; readonly name: string; readonly port: number },
): ServiceTarget | string {
  const { namespace, name, port } = service
  const found = store.get(`core/services/${namespace}/${name}`)?.value as KubeObject | undefined
  if (found === undefined) return `service ${JSON.stringify(name)} not found`
  if (stringAt(found.spec, 'type') === 'ExternalName') {
    return { host: stringAt(found.spec, 'externalName'), port, simulated: false }
  }
  const own = listAt(found.spec, 'ports').find((each) => numberAt(each, 'port') === port)
  if (own === undefined) return `no service port ${port} found for service ${JSON.stringify(name)}`
  return (
    readyEndpoint(store, service, stringAt(own, 'name')) ?? `no endpoints available for service ${JSON.stringify(name)}`
  )
}

function readyEndpoint(
  store: Store,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  portName: string,
): ServiceTarget | undefined {
  for (const entry of store.range(`discovery.k8s.io/endpointslices/${namespace}/`).entries) {
    const slice = entry.value as KubeObject
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue
    const found = listAt(slice, 'endpoints').find((each) => objectAt(each, 'conditions')?.ready !== false)
    const port = listAt(slice, 'ports').find((each) => stringAt(each, 'name') === portName)
    const [host] = stringsAt(found, 'addresses')
    if (host !== undefined && port !== undefined) return targetAt(host, numberAt(port, 'port'), found)
  }
  const endpoints = store.get(`core/endpoints/${namespace}/${name}`)?.value as KubeObject | undefined
  for (const subset of listAt(endpoints, 'subsets')) {
    const [address] = listAt(subset, 'addresses')
    const port = listAt(subset, 'ports').find((each) => stringAt(each, 'name') === portName)
    const host = stringAt(address, 'ip')
    if (host !== '' && port !== undefined) return targetAt(host, numberAt(port, 'port'), address)
  }
  return undefined
}

function targetAt(host: string, port: number | undefined, endpoint: unknown): ServiceTarget {
  return { host, port: port ?? 443, simulated: stringAt(objectAt(endpoint, 'targetRef'), 'kind') === 'Pod' }
}
