import type { FieldError, KubeObject } from '../../../api/index.ts'
import type { Random } from '../../../base/index.ts'
import type { Store, StoreEvent } from '../../store/index.ts'
import type { Allocators, Scope } from '../context.ts'
import { internalError, invalid } from '../errors.ts'
import { Pool } from './pool.ts'

const SERVICES = 'core/services/'
/** 10.96.0.0/16 without the network and broadcast addresses; the lowest 256 are for choices by hand. */
const ADDRESSES = { first: addressNumber('10.96.0.1'), size: 65_534, reserved: 256 }
/** 30000-32767; the lowest 86 are for choices by hand. */
const NODE_PORTS = { first: 30_000, size: 2768, reserved: 86 }

/** A dry run shows ports from here on: beyond the range, because it takes none. */
const DRY_RUN_PORT = 32_769

interface ServicePort {
  name?: string
  protocol?: string
  port: number
  nodePort?: number
}

interface ServiceSpec {
  type?: string
  clusterIP?: string
  clusterIPs?: string[]
  ports?: ServicePort[]
  selector?: Record<string, string>
  ipFamilies?: string[]
  ipFamilyPolicy?: string
  allocateLoadBalancerNodePorts?: boolean
  externalTrafficPolicy?: string
  healthCheckNodePort?: number
}

/** Allocates the cluster addresses and node ports of Services, as Kubernetes does. */
export function createAllocators(random: Random): Allocators {
  const pools: Pools = { addresses: new Pool(ADDRESSES, random), ports: new Pool(NODE_PORTS, random) }
  const isService = (scope: Scope): boolean => scope.definition.group === '' && scope.definition.plural === 'services'
  return {
    start: (store) => follow(store, pools),
    onCreate: (scope, object, dryRun) => (isService(scope) ? complete(pools, object, undefined, dryRun) : nothing),
    onUpdate: (scope, object, old, dryRun) =>
      isService(scope) && scope.info.subresource === '' ? complete(pools, object, old, dryRun) : nothing,
  }
}

const nothing = (): void => {}

interface Pools {
  readonly addresses: Pool
  readonly ports: Pool
}

/** Keeps the pools in step with what is stored: whatever a service no longer has is free again. */
function follow(store: Store, pools: Pools): void {
  const holds = (service: KubeObject | undefined): Held => (service === undefined ? NONE : heldBy(specOf(service)))
  for (const entry of store.range(SERVICES).entries) {
    const service = entry.value as KubeObject
    const held = holds(service)
    for (const address of held.addresses) pools.addresses.take(address, ownerOf(service))
    for (const port of held.ports) pools.ports.take(port, ownerOf(service))
  }
  store.watch(SERVICES, store.publishedRevision, (event: StoreEvent) => {
    const before = event.previous?.value as KubeObject | undefined
    if (before === undefined) return
    const after = event.type === 'put' ? holds(event.entry.value as KubeObject) : NONE
    const held = holds(before)
    for (const address of held.addresses) {
      if (!after.addresses.includes(address)) pools.addresses.release(address, ownerOf(before))
    }
    for (const port of held.ports) if (!after.ports.includes(port)) pools.ports.release(port, ownerOf(before))
  })
}

interface Held {
  readonly addresses: readonly number[]
  readonly ports: readonly number[]
}

const NONE: Held = { addresses: [], ports: [] }

function heldBy(spec: ServiceSpec): Held {
  const ports = (spec.ports ?? []).map((port) => port.nodePort ?? 0)
  return {
    addresses: (spec.clusterIPs ?? []).filter((address) => address !== 'None').map(addressNumber),
    ports: [...ports, spec.healthCheckNodePort ?? 0].filter((port) => port !== 0),
  }
}

function specOf(service: KubeObject): ServiceSpec {
  return (service.spec ?? {}) as ServiceSpec
}

function ownerOf(service: KubeObject): string {
  return service.metadata.uid ?? ''
}

/** Allocates what a service needs and does not have; the result gives back what was newly taken. */
function complete(pools: Pools, service: KubeObject, old: KubeObject | undefined, dryRun: boolean): () => void {
  const spec = specOf(service)
  const owner = ownerOf(service)
  const before = old === undefined ? NONE : heldBy(specOf(old))
  const taken: (() => void)[] = []
  const undo = (): void => {
    for (const release of taken) release()
  }
  try {
    takeAddress(pools.addresses, service, spec, before, taken)
    takePorts(pools.ports, service, spec, before, taken, dryRun)
  } catch (error) {
    undo()
    throw error
  }
  if (dryRun) undo()
  return owner === '' ? nothing : undo
}

function takeAddress(pool: Pool, service: KubeObject, spec: ServiceSpec, before: Held, taken: (() => void)[]): void {
  if (spec.type === 'ExternalName') return
  setFamilies(spec)
  if (spec.clusterIP === 'None') {
    spec.clusterIPs = ['None']
    return
  }
  const owner = ownerOf(service)
  const wanted = spec.clusterIP ?? ''
  if (wanted === '') {
    const number = pool.takeAny(owner)
    if (number === undefined) throw internalError('failed to allocate a serviceIP: range is full')
    taken.push(() => pool.release(number, owner))
    spec.clusterIP = addressText(number)
    spec.clusterIPs = [spec.clusterIP]
    return
  }
  const number = addressNumber(wanted)
  spec.clusterIPs ??= [wanted]
  if (before.addresses.includes(number)) return
  const refuse = (why: string): Error =>
    refused(service, 'spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${wanted}: ${why}`)
  if (!pool.contains(number)) {
    throw refuse('the provided network does not match the current range')
  }
  if (!pool.take(number, owner)) throw refuse('provided IP is already allocated')
  taken.push(() => pool.release(number, owner))
}

/** The cluster has one family, IPv4; a headless service without selector may be served in any. */
function setFamilies(spec: ServiceSpec): void {
  const open = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0
  if (spec.ipFamilies === undefined || spec.ipFamilies.length === 0) {
    spec.ipFamilies = open && spec.ipFamilyPolicy === undefined ? ['IPv4', 'IPv6'] : ['IPv4']
  }
  spec.ipFamilyPolicy ??= open ? 'RequireDualStack' : 'SingleStack'
}

function takePorts(
  pool: Pool,
  service: KubeObject,
  spec: ServiceSpec,
  before: Held,
  taken: (() => void)[],
  dryRun: boolean,
): void {
  const balanced = spec.type === 'LoadBalancer'
  const owner = ownerOf(service)
  let dummy = DRY_RUN_PORT
  const claim = (wanted: number, field: string): number => {
    if (wanted === 0 && dryRun) return dummy++
    if (wanted === 0) {
      const port = pool.takeAny(owner)
      if (port === undefined) throw internalError('failed to allocate a nodePort: range is full')
      taken.push(() => pool.release(port, owner))
      return port
    }
    if (before.ports.includes(wanted)) return wanted
    if (!pool.contains(wanted)) {
      throw refused(
        service,
        field,
        wanted,
        'provided port is not in the valid range. The range of valid ports is 30000-32767',
      )
    }
    if (!pool.take(wanted, owner)) throw refused(service, field, wanted, 'provided port is already allocated')
    taken.push(() => pool.release(wanted, owner))
    return wanted
  }
  const allocates = spec.type === 'NodePort' || (balanced && spec.allocateLoadBalancerNodePorts !== false)
  if (spec.type === 'NodePort' || balanced) {
    // The same port number over TCP and UDP shares its node port.
    const shared = new Map<number, number>()
    for (const [index, port] of (spec.ports ?? []).entries()) {
      const wanted = port.nodePort ?? 0
      if (wanted === 0 && !allocates) continue
      const again = wanted === 0 ? shared.get(port.port) : undefined
      if (again !== undefined) port.nodePort = again
      else if (![...shared.values()].includes(wanted) || wanted === 0) {
        port.nodePort = claim(wanted, `spec.ports[${index}].nodePort`)
      }
      if (port.nodePort !== undefined) shared.set(port.port, port.nodePort)
    }
  }
  if (balanced && spec.externalTrafficPolicy === 'Local') {
    spec.healthCheckNodePort = claim(spec.healthCheckNodePort ?? 0, 'spec.healthCheckNodePort')
  }
}

function refused(service: KubeObject, field: string, value: unknown, detail: string): Error {
  const error: FieldError = { type: 'Invalid', field, value, detail }
  return invalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', [error])
}

function addressNumber(address: string): number {
  return address.split('.').reduce((total, part) => total * 256 + Number(part), 0)
}

function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}
