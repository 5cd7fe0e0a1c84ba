import { defineResources, STATUS } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** `policy/v1`. */
export function policyResources(): ResourceDefinition[] {
  return defineResources('policy', 'v1', [
    { kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets', short: ['pdb'], subresources: [STATUS] },
  ])
}
