import type { Pod } from '../control/index.ts'

const perBlock = 254

/**
 * Hands out pod addresses: each node has a block (`10.244.<block>.0/24`, as its podCIDR says); once that is full, further
 * addresses come from `10.245.<block>.0/24` and on, so that a node may run more pods than a /24 holds.
 */
export class PodAddresses {
  private readonly blocks = new Map<string, number>()
  private readonly usedBlocks = new Set<number>()
  private readonly used = new Map<string, { readonly addresses: Set<number>; next: number }>()
  private readonly owners = new Map<
    string,
    { readonly node: string; readonly index: number; readonly address: string }
  >()

  /** The address of a pod, allocated on the first call. */
  addressOf(uid: string, node: string, podCIDR: string | undefined): string {
    const known = this.owners.get(uid)
    if (known !== undefined) return known.address
    const block = this.blockOf(node, podCIDR)
    const state = this.stateOf(node)
    while (state.addresses.has(state.next)) state.next = (state.next + 1) % (perBlock * 10)
    const index = state.next
    state.addresses.add(index)
    state.next = (index + 1) % (perBlock * 10)
    const address = `10.${244 + Math.floor(index / perBlock)}.${block}.${(index % perBlock) + 1}`
    this.owners.set(uid, { node, index, address })
    return address
  }

  /** Notes the address that a pod has already, as after a restart of the agent. */
  adopt(pod: Pod, podCIDR: string | undefined): void {
    const { uid } = pod.metadata
    const address = pod.status?.podIP
    const node = pod.spec.nodeName
    if (!address || !node || this.owners.has(uid)) return
    const [, second = 0, third = 0, fourth = 0] = address.split('.').map(Number)
    if (third !== this.blockOf(node, podCIDR) || second < 244) return
    const index = (second - 244) * perBlock + fourth - 1
    this.stateOf(node).addresses.add(index)
    this.owners.set(uid, { node, index, address })
  }

  release(uid: string): void {
    const owner = this.owners.get(uid)
    if (owner === undefined) return
    this.owners.delete(uid)
    this.used.get(owner.node)?.addresses.delete(owner.index)
  }

  private stateOf(node: string): { readonly addresses: Set<number>; next: number } {
    let state = this.used.get(node)
    if (state === undefined) {
      state = { addresses: new Set(), next: 0 }
      this.used.set(node, state)
    }
    return state
  }

  private blockOf(node: string, podCIDR: string | undefined): number {
    let block = this.blocks.get(node)
    if (block !== undefined) return block
    block = podCIDR?.startsWith('10.244.') ? Number(podCIDR.split('.')[2]) : undefined
    if (block === undefined) {
      block = 255
      while (block > 0 && this.usedBlocks.has(block)) block--
    }
    this.blocks.set(node, block)
    this.usedBlocks.add(block)
    return block
  }
}
