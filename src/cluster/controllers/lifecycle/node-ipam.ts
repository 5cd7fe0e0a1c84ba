import type { ComponentContext, Node } from '../../control/index.ts'
import { NODES } from '../../control/index.ts'

/** As Kubernetes' node IPAM controller: gives every node a /24 of 10.244.0.0/16, the lowest that is free. */
export function startNodeIpam(ctx: ComponentContext): void {
  const nodes = ctx.informers.of(NODES)
  const taken = new Map<number, string>()
  const blockOf = (node: Node): number | undefined =>
    node.spec.podCIDR?.startsWith('10.244.') ? Number(node.spec.podCIDR.split('.')[2]) : undefined
  const loop = ctx.loop(
    'node-ipam-controller',
    async (name) => {
      const node = nodes.get('', name)
      if (node === undefined || node.spec.podCIDR) return
      let block = 0
      while (taken.has(block) && taken.get(block) !== name) block++
      if (block > 255) return
      taken.set(block, name)
      const podCIDR = `10.244.${block}.0/24`
      await ctx.client.patch(NODES, { name }, { spec: { podCIDR, podCIDRs: [podCIDR] } }, { format: 'strategic' })
    },
    1,
  )
  const see = (node: Node): void => {
    const block = blockOf(node)
    if (block !== undefined) taken.set(block, node.metadata.name)
    else loop.queue.add(node.metadata.name)
  }
  nodes.on({
    add: see,
    update: (_old, node) => see(node),
    delete: (node) => {
      const block = blockOf(node)
      if (block !== undefined && taken.get(block) === node.metadata.name) taken.delete(block)
    },
  })
}
