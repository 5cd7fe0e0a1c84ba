import { defineResources, STATUS } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** `resource.k8s.io/v1`: devices and claims on them. They are kept and checked; nothing allocates them. */
export function deviceResources(): ResourceDefinition[] {
  return defineResources('resource.k8s.io', 'v1', [
    { kind: 'DeviceClass', plural: 'deviceclasses', namespaced: false },
    { kind: 'ResourceClaim', plural: 'resourceclaims', subresources: [STATUS] },
    { kind: 'ResourceClaimTemplate', plural: 'resourceclaimtemplates' },
    { kind: 'ResourceSlice', plural: 'resourceslices', namespaced: false },
  ])
}
