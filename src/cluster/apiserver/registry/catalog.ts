import { appsResources } from './apps.ts'
import { autoscalingResources } from './autoscaling.ts'
import { batchResources } from './batch.ts'
import { coordinationResources } from './coordination.ts'
import { coreResources } from './core.ts'
import { deviceResources } from './devices.ts'
import { eventResources } from './events.ts'
import { extensionResources } from './extensions.ts'
import { networkingResources } from './networking.ts'
import { policyResources } from './policy.ts'
import { rbacResources } from './rbac.ts'
import type { ResourceDefinition } from './resource.ts'
import { storageResources } from './storage.ts'

/**
 * Every built-in resource, as Kubernetes 1.36 names them in discovery. Within a group the versions stand in order of
 * preference; the order of groups is that of `/apis`.
 */
export function createCatalog(): ResourceDefinition[] {
  return [
    ...coreResources(),
    ...extensionResources(),
    ...appsResources(),
    ...eventResources(),
    ...rbacResources(),
    ...autoscalingResources(),
    ...batchResources(),
    ...coordinationResources(),
    ...networkingResources(),
    ...policyResources(),
    ...storageResources(),
    ...deviceResources(),
  ]
}
