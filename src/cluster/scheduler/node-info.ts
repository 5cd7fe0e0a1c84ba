import type { Container, Node, Pod, PodSpec } from '../control/index.ts'
import { controllerOf, isSidecar, milliValue, quantityValue } from '../control/index.ts'

/** Amounts by resource name: CPU in thousandths, everything else in base units. */
export type Amounts = Map<string, number>

function amountsOf(requests: Readonly<Record<string, string>> | undefined): Amounts {
  const amounts: Amounts = new Map()
  for (const name in requests)
    amounts.set(name, name === 'cpu' ? milliValue(requests[name]) : quantityValue(requests[name]))
  return amounts
}

function add(target: Amounts, other: Amounts, factor = 1): void {
  for (const [name, value] of other) target.set(name, (target.get(name) ?? 0) + value * factor)
}

function max(target: Amounts, other: Amounts): void {
  for (const [name, value] of other) target.set(name, Math.max(target.get(name) ?? 0, value))
}

function requestsOf(container: Container): Amounts {
  return amountsOf({ ...container.resources?.limits, ...container.resources?.requests })
}

/**
 * What a pod asks for, as Kubernetes counts it: the sum of its containers and sidecars, at least what each init container
 * needs beside the sidecars before it, plus overhead.
 */
export function podRequests(spec: PodSpec): Amounts {
  const total: Amounts = new Map()
  for (const container of spec.containers) add(total, requestsOf(container))
  const sidecars: Amounts = new Map()
  const peak: Amounts = new Map()
  for (const container of spec.initContainers ?? []) {
    const own = requestsOf(container)
    if (isSidecar(container)) {
      add(sidecars, own)
      max(peak, sidecars)
    } else {
      const together = new Map(sidecars)
      add(together, own)
      max(peak, together)
    }
  }
  add(total, sidecars)
  max(total, peak)
  add(total, amountsOf(spec.overhead))
  return total
}

const requestCache = new WeakMap<PodSpec, Amounts>()

/** `podRequests`, remembered per spec object. */
export function cachedRequests(pod: Pod): Amounts {
  let amounts = requestCache.get(pod.spec)
  if (amounts === undefined) {
    amounts = podRequests(pod.spec)
    requestCache.set(pod.spec, amounts)
  }
  return amounts
}

/** Host ports that a pod takes, as `protocol|address|port`. */
export function hostPorts(pod: Pod): string[] {
  const ports: string[] = []
  for (const container of [...(pod.spec.initContainers ?? []).filter(isSidecar), ...pod.spec.containers]) {
    for (const port of container.ports ?? []) {
      const number = port.hostPort ?? 0
      if (number > 0) ports.push(`${port.protocol ?? 'TCP'}|${port.hostIP || '0.0.0.0'}|${number}`)
    }
  }
  return ports
}

/** A node with the pods on it and what they take together. */
export class NodeInfo {
  node: Node
  allocatable: Amounts
  readonly requested: Amounts = new Map()
  readonly pods = new Map<string, Pod>()
  readonly ports = new Map<string, number>()
  /** Pods per controller, which spreads the pods of one workload. */
  readonly perController = new Map<string, number>()
  /** Pods with required or preferred rules about other pods. */
  readonly withAffinity = new Map<string, Pod>()
  constructor(node: Node) {
    this.node = node
    this.allocatable = amountsOf(node.status?.allocatable)
  }

  get name(): string {
    return this.node.metadata.name
  }

  setNode(node: Node): void {
    this.node = node
    this.allocatable = amountsOf(node.status?.allocatable)
  }

  addPod(pod: Pod): void {
    const { uid } = pod.metadata
    if (this.pods.has(uid)) this.removePod(uid)
    this.pods.set(uid, pod)
    this.count(pod, 1)
    if (pod.spec.affinity?.podAffinity || pod.spec.affinity?.podAntiAffinity) this.withAffinity.set(uid, pod)
  }

  removePod(uid: string): void {
    const pod = this.pods.get(uid)
    if (pod === undefined) return
    this.pods.delete(uid)
    this.withAffinity.delete(uid)
    this.count(pod, -1)
  }

  /** A copy that can be changed for a what-if. */
  copy(): NodeInfo {
    const other = new NodeInfo(this.node)
    for (const pod of this.pods.values()) other.addPod(pod)
    return other
  }

  private count(pod: Pod, factor: 1 | -1): void {
    add(this.requested, cachedRequests(pod), factor)
    for (const port of hostPorts(pod)) {
      const left = (this.ports.get(port) ?? 0) + factor
      if (left > 0) this.ports.set(port, left)
      else this.ports.delete(port)
    }
    const owner = controllerOf(pod)?.uid
    if (owner === undefined) return
    const left = (this.perController.get(owner) ?? 0) + factor
    if (left > 0) this.perController.set(owner, left)
    else this.perController.delete(owner)
  }
}
