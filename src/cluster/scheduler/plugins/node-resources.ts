import { cachedRequests } from '../../control/index.ts'
import type { Plugin } from '../framework.ts'
import { hostPorts } from '../node-info.ts'

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
  score: (pod, nodes) => {
    const wanted = cachedRequests(pod)
    return nodes.map((node) => {
      let score = 0
      for (const name of ['cpu', 'memory']) {
        const total = node.allocatable.get(name) ?? 0
        if (total > 0) score += (total - (node.requested.get(name) ?? 0) - (wanted.get(name) ?? 0)) / total
      }
      // Pods without requests spread as well.
      return Math.round(score * 1000 - node.pods.size / 10)
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
