import type { TLSSocketOptions } from 'node:tls'
import { boolAt, type JsonObject, type KubeObject, listAt, numberAt, objectAt, stringAt } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import type { User } from '../exchange.ts'
import { resolveService } from '../service-target.ts'

/** Keys of APIServices. */
export const API_SERVICES_PREFIX = 'apiregistration.k8s.io/apiservices/'

/** Certificate and key by which the API server shows aggregated servers that it is the proxy. */
export interface ProxyIdentity {
  readonly cert: string
  readonly key: string
}

/** A version of a group that a Service serves, as its APIService tells. */
export interface RemoteApi {
  /** Name of the APIService. */
  readonly name: string
  readonly group: string
  readonly version: string
  readonly groupPriority: number
  readonly versionPriority: number
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number }
  /** PEM; empty: the machine's authorities. */
  readonly authorities: string
  readonly insecure: boolean
  /** Its condition `Available` is true. */
  readonly available: boolean
}

/** Reads an APIService; undefined when it names no Service. */
export function remoteApiOf(object: KubeObject): RemoteApi | undefined {
  const { spec } = object
  const service = objectAt(spec, 'service')
  if (service === undefined) return undefined
  return {
    name: object.metadata.name ?? '',
    group: stringAt(spec, 'group'),
    version: stringAt(spec, 'version'),
    groupPriority: numberAt(spec, 'groupPriorityMinimum') ?? 0,
    versionPriority: numberAt(spec, 'versionPriority') ?? 0,
    service: {
      namespace: stringAt(service, 'namespace'),
      name: stringAt(service, 'name'),
      port: numberAt(service, 'port') ?? 443,
    },
    authorities: Buffer.from(stringAt(spec, 'caBundle'), 'base64').toString(),
    insecure: boolAt(spec, 'insecureSkipTLSVerify'),
    available: listAt(object.status, 'conditions').some(isAvailable),
  }
}

function isAvailable(condition: JsonObject): boolean {
  return stringAt(condition, 'type') === 'Available' && stringAt(condition, 'status') === 'True'
}

/** The Service that serves a version of a group; undefined when none does. */
export function remoteApiFor(store: Store, group: string, version: string): RemoteApi | undefined {
  const found = store.get(`${API_SERVICES_PREFIX}${version}.${group}`)?.value as KubeObject | undefined
  return found === undefined ? undefined : remoteApiOf(found)
}

/** How the server behind an APIService is connected to. */
export interface RemoteAddress {
  readonly host: string
  readonly port: number
  readonly serverName: string
  readonly tls: TLSSocketOptions & { readonly servername?: string }
}

/** Resolves the Service of an API, or says in words why it cannot. */
export function addressOf(store: Store, api: RemoteApi, identity: ProxyIdentity | undefined): RemoteAddress | string {
  const target = resolveService(store, api.service)
  if (typeof target === 'string') return target
  const { host, port } = target
  if (target.simulated) return `dial tcp ${host}:${port}: connect: connection refused`
  const serverName = `${api.service.name}.${api.service.namespace}.svc`
  return {
    host,
    port,
    serverName,
    tls: {
      servername: serverName,
      rejectUnauthorized: !api.insecure,
      ...(api.authorities.trim() !== '' && { ca: api.authorities }),
      ...(identity !== undefined && { cert: identity.cert, key: identity.key }),
    },
  }
}

/** Headers by which a proxied request says who sends it. As transport.SetAuthProxyHeaders. */
export function proxyHeaders(user: User): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'x-remote-user': user.name }
  if (user.uid !== undefined && user.uid !== '') headers['x-remote-uid'] = user.uid
  if (user.groups.length > 0) headers['x-remote-group'] = [...user.groups]
  for (const [key, values] of Object.entries(user.extra ?? {})) {
    headers[`x-remote-extra-${encodeURIComponent(key).toLowerCase()}`] = [...values]
  }
  return headers
}
