import { type JsonObject, type KubeObject, listAt, numberAt, objectAt, stringAt } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { fetchRemote } from './fetch.ts'
import { addressOf, type ProxyIdentity, type RemoteApi } from './remote-api.ts'

/** Whether an API can be reached, as its APIService tells. */
export interface Availability {
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

/** Nothing is wrong. */
export const PASSED: Availability = { status: 'True', reason: 'Passed', message: 'all checks passed' }

/**
 * Looks at the Service of an API, at its endpoints, and asks the server for the version's resources. As kube-aggregator's
 * available controller.
 */
export async function checkAvailability(
  store: Store,
  api: RemoteApi,
  identity: ProxyIdentity | undefined,
): Promise<Availability> {
  const missing = serviceProblem(store, api)
  if (missing !== undefined) return missing
  const address = addressOf(store, api, identity)
  const fail = (message: string): Availability => ({ status: 'False', reason: 'FailedDiscoveryCheck', message })
  if (typeof address === 'string') return fail(address)
  const path = `/apis/${api.group}/${api.version}`
  const url = `https://${address.host}:${address.port}${path}`
  const found = await fetchRemote(address, path)
  const failing = `failing or missing response from ${url}: `
  if ('error' in found) return fail(`${failing}Get ${JSON.stringify(url)}: ${found.error}`)
  if (found.status >= 200 && found.status < 300) return PASSED
  return fail(`${failing}bad status from ${url}: ${found.status}`)
}

/** What is missing of the Service; undefined when a connection may be tried. */
function serviceProblem(store: Store, { service }: RemoteApi): Availability | undefined {
  const no = (reason: string, message: string): Availability => ({ status: 'False', reason, message })
  const namespace = JSON.stringify(service.namespace)
  const found = store.get(`core/services/${service.namespace}/${service.name}`)?.value as KubeObject | undefined
  if (found === undefined) return no('ServiceNotFound', `service/${service.name} in ${namespace} is not present`)
  if (stringAt(found.spec, 'type') === 'ExternalName') return undefined
  const own = listAt(found.spec, 'ports').find((each) => numberAt(each, 'port') === service.port)
  if (own === undefined) {
    const where = `service/${service.name} in ${namespace}`
    return no('ServicePortError', `${where} is not listening on port ${service.port}`)
  }
  const where = `endpointslices for service/${service.name} in ${namespace}`
  const slices = slicesOf(store, service)
  if (slices.length === 0) return no('EndpointsNotFound', `cannot find ${where}`)
  const portName = stringAt(own, 'name')
  if (slices.some((slice) => hasReadyEndpoint(slice, portName))) return undefined
  return no('MissingEndpoints', `${where} have no addresses with port name ${JSON.stringify(portName)}`)
}

function slicesOf(store: Store, { namespace, name }: RemoteApi['service']): JsonObject[] {
  const slices: JsonObject[] = []
  for (const { value } of store.range(`discovery.k8s.io/endpointslices/${namespace}/`).entries) {
    const slice = value as KubeObject
    if (slice.metadata.labels?.['kubernetes.io/service-name'] === name) slices.push(slice as unknown as JsonObject)
  }
  return slices
}

function hasReadyEndpoint(slice: JsonObject, portName: string): boolean {
  const isReady = (endpoint: JsonObject): boolean => objectAt(endpoint, 'conditions')?.ready !== false
  return (
    listAt(slice, 'ports').some((each) => stringAt(each, 'name') === portName) &&
    listAt(slice, 'endpoints').some(isReady)
  )
}
