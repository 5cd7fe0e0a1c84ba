import { cachedRequests } from '../../control/index.ts'
import type { Plugin } from '../framework.ts'
import { hostPorts, scored, scoredRequests } from '../node-info.ts'

/** As NodeResourcesFit with the LeastAllocated strategy. */
export const nodeResources: Plugin = {
  name: 'NodeResourcesFit',
  filter: (pod, node) => {
    const reasons: string[] = []
    let resolvable = true
    const limit = node.allocatable.get('pods') ?? 0
    if (node.pods.size + 1 > limit) reasons.push('Too many pods')
    for (const [name, wanted] of cachedRequests(pod)) {
      if (wanted === 0) continue
      const total = node.allocatable.get(name) ?? 0
      if (wanted <= total - (node.requested.get(name) ?? 0)) continue
      reasons.push(`Insufficient ${name}`)
      if (wanted > total) resolvable = false
    }
    return reasons.length > 0 ? { reasons, resolvable } : undefined
  },
  absolute: true,
  score: (pod, nodes) => {
    const wanted = scoredRequests(pod)
    return nodes.map((node) => {
      let score = 0
      for (const name of scored) {
        const total = node.allocatable.get(name) ?? 0
        const used = (node.scored.get(name) ?? 0) + (wanted.get(name) ?? 0)
        if (total > 0 && used <= total) score += Math.trunc(((total - used) * 100) / total)
      }
      return Math.trunc(score / scored.length)
    })
  },
}

/** As NodeResourcesBalancedAllocation: nodes whose resources would be used to equal shares. */
export const balancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  absolute: true,
  score: (pod, nodes) => {
    const wanted = cachedRequests(pod)
    // Pods that ask for nothing leave the balance as it is.
    if (!scored.some((name) => (wanted.get(name) ?? 0) > 0)) return undefined
    return nodes.map((node) => {
      const shares = scored.flatMap((name) => {
        const total = node.allocatable.get(name) ?? 0
        const used = (node.requested.get(name) ?? 0) + (wanted.get(name) ?? 0)
        return total > 0 ? [Math.min(1, used / total)] : []
      })
      const [cpu = 0, memory = cpu] = shares
      return Math.trunc((1 - Math.abs(cpu - memory) / 2) * 100)
    })
  },
}

/** As NodePorts. */
export const nodePorts: Plugin = {
  name: 'NodePorts',
  prepare: (pod) => ({ state: hostPorts(pod) }),
  filter: (_pod, node, state) => {
    for (const wanted of state as string[]) {
      const [protocol, address, number] = wanted.split('|')
      for (const used of node.ports.keys()) {
        const [otherProtocol, otherAddress, otherNumber] = used.split('|')
        if (protocol !== otherProtocol || number !== otherNumber) continue
        if (address === otherAddress || address === '0.0.0.0' || otherAddress === '0.0.0.0') {
          return { reasons: ["node(s) didn't have free ports for the requested pod ports"], resolvable: true }
        }
      }
    }
    return undefined
  },
}
