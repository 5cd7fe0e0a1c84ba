import { compareQuantities, type JsonObject, listAt, mapAt, objectAt, parseQuantity } from '../../../api/index.ts'

const COUNTED = ['cpu', 'memory'] as const

/** The QoS class of a pod: Guaranteed, Burstable or BestEffort. As Kubernetes' ComputePodQOS. */
export function podQualityOfService(spec: JsonObject): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const podResources = objectAt(spec, 'resources')
  const holders = podResources ? [spec] : [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]
  let requested = false
  let guaranteed = true
  for (const holder of holders) {
    const resources = objectAt(holder, 'resources')
    const requests = counted(mapAt(resources, 'requests'))
    const limits = counted(mapAt(resources, 'limits'))
    if (requests.size > 0 || limits.size > 0) requested = true
    if (limits.size !== COUNTED.length) guaranteed = false
    for (const [name, limit] of limits) {
      const request = requests.get(name)
      if (request !== undefined && compareQuantities(parseQuantity(request), parseQuantity(limit)) !== 0)
        guaranteed = false
    }
  }
  if (!requested) return 'BestEffort'
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

function counted(list: Readonly<Record<string, string>>): Map<string, string> {
  const out = new Map<string, string>()
  for (const name of COUNTED) {
    const value = list[name]
    if (value !== undefined && parseQuantity(value).nano > 0n) out.set(name, value)
  }
  return out
}
