import type { Plugin } from './framework.ts'
import { nodeAffinity, nodeName, nodeUnschedulable, taintToleration } from './plugins/node-rules.ts'
import { imageLocality } from './plugins/image-locality.ts'
import { balancedAllocation, nodePorts, nodeResources } from './plugins/node-resources.ts'
import { podAffinity } from './plugins/pod-affinity.ts'
import { topologySpread } from './plugins/topology-spread.ts'
import { volumeBinding } from './plugins/volume-binding.ts'
import { volumeLimits } from './plugins/volume-limits.ts'
import { volumeRestrictions } from './plugins/volume-restrictions.ts'
import { volumeZone } from './plugins/volume-zone.ts'

/** The plugins of the default profile, in Kubernetes' order: the first objection to a node is the one that is reported. */
export const defaultPlugins: readonly Plugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResources,
  volumeRestrictions,
  volumeLimits,
  volumeBinding,
  volumeZone,
  topologySpread,
  podAffinity,
  balancedAllocation,
  imageLocality,
]
