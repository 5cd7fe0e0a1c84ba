import { type KubeObject, stringsAt } from '../../../api/index.ts'
import type { FaultReport } from '../../../base/index.ts'
import type { Store } from '../../store/index.ts'
import { followObjects, type SelfClient } from '../self-client.ts'

const SERVICES = 'core/services/'
const ADDRESSES = 'networking.k8s.io/ipaddresses/'
const PATH = '/apis/networking.k8s.io/v1/ipaddresses'
const LABEL = 'ipaddress.kubernetes.io'

/**
 * Keeps an IPAddress for each cluster address that a Service has. As the allocator of Kubernetes' API server, whose repair
 * loop also makes those again that somebody deleted.
 */
export function followServiceAddresses(parts: {
  readonly store: Store
  readonly send: SelfClient
  readonly report: FaultReport
}): void {
  const { store, send } = parts
  /** Who has an address. */
  const holders = new Map<string, KubeObject>()
  const held = new Map<string, readonly string[]>()
  const settle = (address: string): void => {
    const exists = store.get(ADDRESSES + address) !== undefined
    const holder = holders.get(address)
    if (holder !== undefined && !exists) void send('POST', PATH, addressOf(address, holder))
    if (holder === undefined && exists) void send('DELETE', `${PATH}/${address}`)
  }
  const change = (service: KubeObject, after: readonly string[]): void => {
    const key = `${service.metadata.namespace ?? ''}/${service.metadata.name ?? ''}`
    const before = held.get(key) ?? []
    if (before.join() === after.join()) return
    if (after.length === 0) held.delete(key)
    else held.set(key, after)
    for (const address of before) if (!after.includes(address)) holders.delete(address)
    for (const address of after) holders.set(address, service)
    for (const address of new Set([...before, ...after])) settle(address)
  }
  followObjects(
    parts,
    SERVICES,
    (service) => change(service, clusterAddresses(service)),
    (service) => change(service, []),
  )
  followObjects(
    parts,
    ADDRESSES,
    () => {},
    ({ metadata }) => settle(metadata.name ?? ''),
  )
}

function clusterAddresses({ spec }: KubeObject): string[] {
  return stringsAt(spec, 'clusterIPs').filter((address) => address !== '' && address !== 'None')
}

function addressOf(address: string, { metadata }: KubeObject): KubeObject {
  const labels = {
    [`${LABEL}/ip-family`]: address.includes(':') ? 'IPv6' : 'IPv4',
    [`${LABEL}/managed-by`]: 'ipallocator.k8s.io',
  }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: address, labels },
    spec: { parentRef: { resource: 'services', namespace: metadata.namespace, name: metadata.name } },
  } as unknown as KubeObject
}
