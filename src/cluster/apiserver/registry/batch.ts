import { defineResources, STATUS } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** `batch/v1`. */
export function batchResources(): ResourceDefinition[] {
  return defineResources('batch', 'v1', [
    { kind: 'CronJob', plural: 'cronjobs', short: ['cj'], categories: ['all'], subresources: [STATUS] },
    { kind: 'Job', plural: 'jobs', categories: ['all'], subresources: [STATUS] },
  ])
}
