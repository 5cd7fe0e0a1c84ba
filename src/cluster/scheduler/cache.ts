import type { ComponentContext, Node, Pod } from '../control/index.ts'
import { CLAIMS, CSI_NODES, isFinished, NAMESPACES, NODES, PODS, STORAGE_CLASSES, VOLUMES } from '../control/index.ts'
import type { Snapshot } from './framework.ts'
import { NodeInfo } from './node-info.ts'

/**
 * The scheduler's picture of nodes and the pods on them, kept up by the informers. A pod that was just given a node counts
 * there at once ("assumed"), so that decisions need not wait for the API.
 */
export class SchedulerCache {
  private readonly ctx: ComponentContext
  private readonly nodes = new Map<string, NodeInfo>()
  /** uid → node, for pods that count somewhere. */
  private readonly placed = new Map<string, string>()
  /** Pods on nodes that are not known (yet). */
  private readonly homeless = new Map<string, Pod>()
  /** Pods without a node that were promised room on one. */
  private readonly nominated = new Map<string, Pod>()
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    ctx.informers.of(NODES).on({
      add: (node) => this.setNode(node),
      update: (_old, node) => this.setNode(node),
      delete: (node) => this.removeNode(node.metadata.name),
    })
    ctx.informers.of(CSI_NODES)
    ctx.informers.of(PODS).on({
      add: (pod) => this.setPod(pod),
      update: (_old, pod) => this.setPod(pod),
      delete: (pod) => this.removePod(pod.metadata.uid),
    })
  }

  /** Counts a pod on a node before the API shows it there. */
  assume(pod: Pod, node: string): void {
    this.place(pod, node)
  }

  /** Takes back an assumption that did not come true. */
  forget(uid: string): void {
    this.removePod(uid)
  }

  /** True when the pod counts on some node. */
  isPlaced(uid: string): boolean {
    return this.placed.has(uid)
  }

  node(name: string): NodeInfo | undefined {
    return this.nodes.get(name)
  }

  snapshot(): Snapshot {
    const { informers } = this.ctx
    const nodes = [...this.nodes.values()]
    return {
      nodes,
      anyAffinity: nodes.some((node) => node.withAffinity.size > 0),
      namespace: (name) => informers.of(NAMESPACES).get('', name),
      claim: (namespace, name) => informers.of(CLAIMS).get(namespace, name),
      volume: (name) => informers.of(VOLUMES).get('', name),
      volumes: () => informers.of(VOLUMES).list(),
      storageClass: (name) => informers.of(STORAGE_CLASSES).get('', name),
      volumeLimits: (name) => this.volumeLimits(name),
      nominated: (node, pod) => this.nominatedOn(node, pod),
    }
  }

  private volumeLimits(node: string): ReadonlyMap<string, number> | undefined {
    const drivers = this.ctx.informers.of(CSI_NODES).get('', node)?.spec.drivers
    if (drivers === undefined) return undefined
    const limits = new Map<string, number>()
    for (const { name, allocatable } of drivers) {
      if (allocatable?.count !== undefined) limits.set(name, allocatable.count)
    }
    return limits
  }

  private nominatedOn(node: string, pod: Pod): readonly Pod[] {
    if (this.nominated.size === 0) return []
    const priority = pod.spec.priority ?? 0
    return [...this.nominated.values()].filter(
      (other) =>
        other.status?.nominatedNodeName === node &&
        other.metadata.uid !== pod.metadata.uid &&
        (other.spec.priority ?? 0) >= priority,
    )
  }

  private setNode(node: Node): void {
    const known = this.nodes.get(node.metadata.name)
    if (known !== undefined) {
      known.setNode(node)
      return
    }
    this.nodes.set(node.metadata.name, new NodeInfo(node))
    for (const pod of [...this.homeless.values()]) if (pod.spec.nodeName === node.metadata.name) this.setPod(pod)
  }

  private removeNode(name: string): void {
    const info = this.nodes.get(name)
    this.nodes.delete(name)
    for (const [uid, pod] of info?.pods ?? []) {
      this.placed.delete(uid)
      this.homeless.set(uid, pod)
    }
  }

  private setPod(pod: Pod): void {
    const { uid } = pod.metadata
    if (isFinished(pod)) {
      this.removePod(uid)
      return
    }
    if (pod.spec.nodeName) this.place(pod, pod.spec.nodeName)
    if (pod.status?.nominatedNodeName && !pod.spec.nodeName) this.nominated.set(uid, pod)
    else this.nominated.delete(uid)
  }

  private place(pod: Pod, node: string): void {
    const { uid } = pod.metadata
    const before = this.placed.get(uid)
    if (before !== undefined && before !== node) this.nodes.get(before)?.removePod(uid)
    const info = this.nodes.get(node)
    if (info === undefined) {
      this.homeless.set(uid, pod)
      this.placed.delete(uid)
      return
    }
    this.homeless.delete(uid)
    this.placed.set(uid, node)
    info.addPod(pod)
  }

  private removePod(uid: string): void {
    const node = this.placed.get(uid)
    if (node !== undefined) this.nodes.get(node)?.removePod(uid)
    this.placed.delete(uid)
    this.homeless.delete(uid)
    this.nominated.delete(uid)
  }
}
