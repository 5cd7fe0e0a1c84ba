import { formatTime, registeredNode, SIMULATION_PREFIX } from '../../api/index.ts'
import type { ComponentContext, Condition, Node, ReconcileLoop, Requeue } from '../control/index.ts'
import { conditionOf, isApiError, NODES, quantityValue } from '../control/index.ts'
import type { NodeLeases } from './lease.ts'
import type { NodeOptions } from './options.ts'
import { isLost, isRegistered } from './node-marks.ts'

/** The names of the nodes that the agent registers itself. */
function ownNodeNames(options: NodeOptions): string[] {
  return Array.from({ length: options.count }, (_, i) => (i === 0 ? options.name : `${options.name}-${i + 1}`))
}

const healthy: readonly (readonly [type: string, status: string, reason: string, message: string])[] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
]

function conditionsOf(node: Node, nowMs: number): Condition[] {
  const own = new Set(healthy.map(([type]) => type))
  const others = (node.status?.conditions ?? []).filter((condition) => !own.has(condition.type))
  const now = formatTime(nowMs)
  const pressures = node.metadata.annotations ?? {}
  return [
    ...others,
    ...healthy.map(([type, status, reason, message]) => {
      const simulated = pressures[SIMULATION_PREFIX + type]
      const next =
        simulated === undefined
          ? { status, reason, message }
          : { status: simulated, reason: `Simulated${type}`, message: 'set by annotation' }
      const old = conditionOf(node.status?.conditions, type)
      const since = old?.status === next.status ? (old.lastTransitionTime ?? now) : now
      return { type, lastHeartbeatTime: now, lastTransitionTime: since, ...next }
    }),
  ]
}

/** What kubelet keeps back by its default eviction thresholds: 100Mi of memory, a tenth of the disk. */
const keptMemory = 100 * 2 ** 20
const keptDiskShare = 0.1

/** What kubelet offers of a capacity. */
function allocatableOf(capacity: Readonly<Record<string, string>>): Record<string, string> {
  const { memory, 'ephemeral-storage': disk } = capacity
  return {
    ...capacity,
    ...(memory !== undefined && { memory: `${Math.floor((quantityValue(memory) - keptMemory) / 1024)}Ki` }),
    ...(disk !== undefined && { 'ephemeral-storage': String(Math.floor(quantityValue(disk) * (1 - keptDiskShare))) }),
  }
}

/** The status kubelet would report for a node; what the node says of itself already is kept. */
export function nodeStatus(
  node: Node,
  options: NodeOptions,
  address: string,
  nowMs: number,
): NonNullable<Node['status']> {
  const capacity =
    node.status?.capacity && Object.keys(node.status.capacity).length > 0 ? node.status.capacity : options.capacity
  const version =
    isRegistered(node) || ownNodeNames(options).includes(node.metadata.name) ? options.version : options.adoptedVersion
  const allocatable =
    node.status?.allocatable && Object.keys(node.status.allocatable).length > 0
      ? node.status.allocatable
      : isRegistered(node)
        ? allocatableOf(capacity)
        : capacity
  return {
    addresses: node.status?.addresses?.length
      ? node.status.addresses
      : [
          { type: 'InternalIP', address },
          { type: 'Hostname', address: node.metadata.name },
        ],
    allocatable: { ...allocatable },
    capacity: { ...capacity },
    conditions: conditionsOf(node, nowMs),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: 'amd64',
      bootID: '',
      containerRuntimeVersion: 'chartctl-simulated://1',
      kernelVersion: 'simulated',
      kubeProxyVersion: version,
      kubeletVersion: version,
      machineID: node.metadata.uid.replaceAll('-', ''),
      operatingSystem: 'linux',
      osImage: 'chartctl simulated node',
      systemUUID: node.metadata.uid,
      ...Object.fromEntries(Object.entries(node.status?.nodeInfo ?? {}).filter(([, value]) => value !== '')),
    },
  }
}

/** Keeps the status of every Node object at what a healthy kubelet reports, unless a simulation took the node away. */
export class NodeRegistration {
  readonly loop: ReconcileLoop
  private readonly ctx: ComponentContext
  private readonly options: NodeOptions
  private readonly own: ReadonlySet<string>
  private readonly leases: NodeLeases
  private readonly lost = new Set<string>()
  constructor(ctx: ComponentContext, options: NodeOptions, leases: NodeLeases) {
    this.ctx = ctx
    this.options = options
    this.leases = leases
    this.own = new Set(ownNodeNames(options))
    this.loop = ctx.loop('node-status', (key) => this.reconcile(key), 2)
    const add = (node: Node): void => this.loop.queue.add(node.metadata.name)
    ctx.informers.of(NODES).on({ add, update: (_old, node) => add(node) })
    for (const name of this.own) this.loop.queue.add(name)
  }

  private async reconcile(name: string): Promise<Requeue | undefined> {
    const node = this.ctx.informers.of(NODES).get('', name)
    if (node === undefined) {
      if (this.own.has(name)) await this.register(name)
      return undefined
    }
    if (isLost(node)) {
      if (!this.lost.has(name)) await this.leases.lost(node)
      this.lost.add(name)
      return undefined
    }
    if (this.lost.delete(name)) await this.leases.back(node)
    const nowMs = this.ctx.nowMs()
    if (isHealthy(node)) return undefined
    const status = nodeStatus(node, this.options, this.addressFor(node), nowMs)
    try {
      await this.ctx.client
        .as('kubelet')
        .patch(NODES, { name }, { metadata: { uid: node.metadata.uid }, status }, { subresource: 'status' })
    } catch (error) {
      if (!isApiError(error, 'NOT_FOUND')) throw error
    }
    return undefined
  }

  private async register(name: string): Promise<void> {
    const object = registeredNode(name)
    const node = { ...object, metadata: { ...object.metadata, uid: this.ctx.random.uuid() } } as unknown as Node
    const status = nodeStatus(node, this.options, this.addressFor(node), this.ctx.nowMs())
    try {
      await this.ctx.client.as('kubelet').create(NODES, { ...object, status })
    } catch (error) {
      if (!isApiError(error, 'ALREADY_EXISTS')) throw error
    }
  }

  private addressFor(node: Node): string {
    const used = new Set(
      this.ctx.informers
        .of(NODES)
        .list()
        .map((n) => n.status?.addresses?.[0]?.address),
    )
    used.delete(undefined)
    const index = [...this.own].indexOf(node.metadata.name)
    for (let i = index < 0 ? 2 : index + 2; i < 65_000; i++) {
      const address = `10.0.${i >> 8}.${i & 255}`
      if (!used.has(address)) return address
    }
    return '10.0.0.1'
  }
}

function isHealthy(node: Node): boolean {
  const { status } = node
  const annotations = node.metadata.annotations ?? {}
  return (
    (status?.addresses ?? []).length > 0 &&
    Object.keys(status?.allocatable ?? {}).length > 0 &&
    status?.nodeInfo?.kubeletVersion !== undefined &&
    status.nodeInfo.kubeletVersion !== '' &&
    healthy.every(
      ([type, wanted]) =>
        conditionOf(status?.conditions, type)?.status === (annotations[SIMULATION_PREFIX + type] ?? wanted),
    )
  )
}
