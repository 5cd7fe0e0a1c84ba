import type { FieldError, JsonObject, KubeObject } from '../../../api/index.ts'
import type { Random } from '../../../base/index.ts'
import type { Store, StoreEvent } from '../../store/index.ts'
import type { Allocators, Scope } from '../context.ts'
import { internalError, invalid } from '../errors.ts'
import { Pool } from './pool.ts'
import { settleFamilies } from './service-families.ts'

const SERVICES = 'core/services/'
/** 10.96.0.0/16 without the network and broadcast addresses; the lowest 256 are for choices by hand. */
const ADDRESSES = { first: addressNumber('10.96.0.1'), size: 65_534, reserved: 256 }
/** 30000-32767; the lowest 86 are for choices by hand. */
const NODE_PORTS = { first: 30_000, size: 2768, reserved: 86 }

/** A dry run shows ports beyond this one, the end of the range, or beyond those it asked for: it takes none. */
const DRY_RUN_PORT = 32_768
const OUT_OF_RANGE = 'provided port is not in the valid range. The range of valid ports is 30000-32767'
const KIND = { group: '', kind: 'Service' }

type Undo = () => void

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
  const owner = ownerOf(service)
  const before = old === undefined ? NONE : heldBy(specOf(old))
  const taken: Undo[] = []
  const undo = (): void => {
    for (const release of taken) release()
  }
  try {
    takeAddress(pools.addresses, service, old, taken)
    takePorts(service, old, before, new PortClaims(pools.ports, owner, dryRun, taken))
  } catch (error) {
    undo()
    throw error
  }
  if (dryRun) undo()
  return owner === '' ? nothing : undo
}

function takeAddress(pool: Pool, service: KubeObject, old: KubeObject | undefined, taken: Undo[]): void {
  const spec = specOf(service)
  const previous = old === undefined ? undefined : specOf(old)
  const problems = settleFamilies(spec as JsonObject, previous as JsonObject | undefined)
  if (problems.length > 0) throw invalid(KIND, service.metadata.name ?? '', problems)
  if (spec.type === 'ExternalName' || spec.clusterIPs?.[0] === 'None') return
  // An address that there was is kept, whatever the update says; checks refuse a change.
  if (previous !== undefined && previous.type !== 'ExternalName') return
  const owner = ownerOf(service)
  const wanted = spec.clusterIPs?.[0] ?? ''
  if (wanted === '') {
    const number = pool.takeAny(owner)
    if (number === undefined) {
      throw internalError(`failed to allocate a serviceIP for Service "${service.metadata.name ?? ''}": range is full`)
    }
    taken.push(() => pool.release(number, owner))
    spec.clusterIP = addressText(number)
    spec.clusterIPs = [spec.clusterIP]
    return
  }
  const number = addressNumber(wanted)
  const refuse = (why: string): Error =>
    refused(service, 'spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${wanted}: ${why}`)
  if (!pool.contains(number)) throw refuse('the provided network does not match the current range')
  if (!pool.take(number, owner)) throw refuse('provided IP is already allocated')
  taken.push(() => pool.release(number, owner))
}

/** The ports that one write takes; a dry run only looks, and makes up numbers beyond the range. */
class PortClaims {
  readonly #pool: Pool
  readonly #owner: string
  readonly #dryRun: boolean
  readonly #taken: Undo[]
  readonly #claimed: number[] = []

  constructor(pool: Pool, owner: string, dryRun: boolean, taken: Undo[]) {
    this.#pool = pool
    this.#owner = owner
    this.#dryRun = dryRun
    this.#taken = taken
  }

  /** Takes a port; the result says why that is not possible. */
  take(port: number): string | undefined {
    if (!this.#dryRun && !this.#pool.contains(port)) return OUT_OF_RANGE
    const isFree = this.#pool.ownerOf(port) === undefined && !this.#claimed.includes(port)
    if (!isFree) return 'provided port is already allocated'
    this.#keep(port)
    return undefined
  }

  /** Takes any port; undefined when there is none. */
  takeAny(): number | undefined {
    const port = this.#dryRun
      ? (this.#claimed.length === 0 ? DRY_RUN_PORT : Math.max(...this.#claimed)) + 1
      : this.#pool.takeAny(this.#owner)
    if (port !== undefined) this.#keep(port)
    return port
  }

  #keep(port: number): void {
    this.#claimed.push(port)
    if (this.#dryRun) return
    this.#pool.take(port, this.#owner)
    this.#taken.push(() => this.#pool.release(port, this.#owner))
  }
}

function takePorts(service: KubeObject, old: KubeObject | undefined, before: Held, claims: PortClaims): void {
  const spec = specOf(service)
  const anyPort = (): number => {
    const port = claims.takeAny()
    if (port === undefined) throw internalError('failed to allocate a nodePort: range is full')
    return port
  }
  const claim = (port: number, index: number): number => {
    const why = claims.take(port)
    if (why !== undefined) throw refused(service, `spec.ports[${index}].nodePort`, port, why)
    return port
  }
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    if (old === undefined) numberNewPorts(spec, claim, anyPort)
    else numberChangedPorts(spec, before, claim, anyPort)
  }
  if (!needsHealthPort(spec) || (old !== undefined && needsHealthPort(specOf(old)))) return
  const wanted = spec.healthCheckNodePort ?? 0
  const why = wanted === 0 ? undefined : claims.take(wanted)
  if (why !== undefined) throw internalError(`failed to allocate requested HealthCheck NodePort ${wanted}: ${why}`)
  if (wanted === 0) spec.healthCheckNodePort = anyPort()
}

const needsHealthPort = (spec: ServiceSpec): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

const allocates = (spec: ServiceSpec): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)

/** The ports of a new service; the same port over TCP and UDP shares its node port. */
function numberNewPorts(spec: ServiceSpec, claim: (port: number, index: number) => number, any: () => number): void {
  const shared = new Map<number, number>()
  const ports = spec.ports ?? []
  for (const [index, port] of ports.entries()) {
    const wanted = port.nodePort ?? 0
    if (wanted === 0 && !allocates(spec)) continue
    const again = shared.get(port.port)
    if (again === undefined) {
      const named = ports.find((each) => each.port === port.port && (each.nodePort ?? 0) !== 0)?.nodePort ?? 0
      port.nodePort = named === 0 ? any() : claim(named, index)
      shared.set(port.port, port.nodePort)
    } else if (wanted === 0) port.nodePort = again
    else if (wanted !== again) claim(wanted, index)
  }
}

/** The ports of a changed service: what it had it keeps. */
function numberChangedPorts(
  spec: ServiceSpec,
  before: Held,
  claim: (port: number, index: number) => number,
  any: () => number,
): void {
  const claimed = new Set<number>(before.ports)
  for (const [index, port] of (spec.ports ?? []).entries()) {
    const wanted = port.nodePort ?? 0
    if (wanted === 0 && !allocates(spec)) continue
    if (wanted !== 0 && !claimed.has(wanted)) claimed.add(claim(wanted, index))
    if (wanted === 0) port.nodePort = any()
  }
}

function refused(service: KubeObject, field: string, value: unknown, detail: string): Error {
  const error: FieldError = { type: 'Invalid', field, value, detail }
  return invalid(KIND, service.metadata.name ?? '', [error])
}

function addressNumber(address: string): number {
  return address.split('.').reduce((total, part) => total * 256 + Number(part), 0)
}

function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}
