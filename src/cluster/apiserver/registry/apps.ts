import { defineResources, SCALE, SCALE_PATHS, STATUS } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** `apps/v1`. */
export function appsResources(): ResourceDefinition[] {
  const scaled = { categories: ['all'], subresources: [SCALE, STATUS], scale: SCALE_PATHS }
  return defineResources('apps', 'v1', [
    { kind: 'ControllerRevision', plural: 'controllerrevisions' },
    { kind: 'DaemonSet', plural: 'daemonsets', short: ['ds'], categories: ['all'], subresources: [STATUS] },
    { kind: 'Deployment', plural: 'deployments', short: ['deploy'], ...scaled },
    { kind: 'ReplicaSet', plural: 'replicasets', short: ['rs'], ...scaled },
    { kind: 'StatefulSet', plural: 'statefulsets', short: ['sts'], ...scaled },
  ])
}
