import type { Amounts, Node, Pod } from '../control/index.ts'
import { addAmounts, amountsOf, cachedRequests, controllerOf, isSidecar } from '../control/index.ts'

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

/** The resources by which nodes are scored. */
export const scored = ['cpu', 'memory'] as const

/** What a container that requests nothing counts for when nodes are scored, so that such pods spread as well. */
const assumed: Readonly<Record<(typeof scored)[number], number>> = { cpu: 100, memory: 200 * 2 ** 20 }

/** What a pod counts for when nodes are scored. */
export function scoredRequests(pod: Pod): Amounts {
  const requests = cachedRequests(pod)
  const amounts: Amounts = new Map()
  for (const name of scored) {
    const missing = pod.spec.containers.filter((container) => container.resources?.requests?.[name] === undefined)
    amounts.set(name, (requests.get(name) ?? 0) + missing.length * assumed[name])
  }
  return amounts
}

/** A node with the pods on it and what they take together. */
export class NodeInfo {
  node: Node
  allocatable: Amounts
  readonly requested: Amounts = new Map()
  /** The same with what pods without requests count for in scores. */
  readonly scored: Amounts = new Map()
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
    addAmounts(this.requested, cachedRequests(pod), factor)
    addAmounts(this.scored, scoredRequests(pod), factor)
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
