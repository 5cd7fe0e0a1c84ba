import type { Plugin } from '../framework.ts'

const mebibyte = 2 ** 20
const leastBytes = 23 * mebibyte
const mostBytesPerContainer = 1000 * mebibyte

/** A name with the tag that is meant where none is given. */
function normalized(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image
}

/** As ImageLocality: nodes that have large images of the pod already, weighed by how many nodes have them. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  absolute: true,
  score: (pod, nodes, _state, snapshot) => {
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
    const wanted = containers.map(({ image = '' }) => normalized(image))
    const sizes = new Map<string, Map<string, number>>()
    for (const { name, node } of snapshot.nodes) {
      for (const { names = [], sizeBytes = 0 } of node.status?.images ?? []) {
        for (const image of names) {
          if (!wanted.includes(image)) continue
          const holders = sizes.get(image) ?? new Map<string, number>()
          sizes.set(image, holders.set(name, sizeBytes))
        }
      }
    }
    if (sizes.size === 0) return undefined
    return nodes.map(({ name }) => {
      let bytes = 0
      for (const image of wanted) {
        const holders = sizes.get(image)
        const size = holders?.get(name)
        if (holders !== undefined && size !== undefined)
          bytes += Math.trunc((size * holders.size) / snapshot.nodes.length)
      }
      const most = mostBytesPerContainer * containers.length
      const within = Math.min(Math.max(bytes, leastBytes), most)
      return Math.trunc((100 * (within - leastBytes)) / (most - leastBytes))
    })
  },
}
