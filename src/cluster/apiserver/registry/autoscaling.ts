import { horizontalPodAutoscalerConversion } from '../strategies/conversion/autoscaling.ts'
import { defineResources, STATUS } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** `autoscaling/v2`, in which autoscalers are stored, and `autoscaling/v1`. */
export function autoscalingResources(): ResourceDefinition[] {
  const line = {
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
    short: ['hpa'],
    categories: ['all'],
    subresources: [STATUS],
  }
  return [
    ...defineResources('autoscaling', 'v2', [line]),
    ...defineResources('autoscaling', 'v1', [
      { ...line, storageVersion: 'v2', convert: horizontalPodAutoscalerConversion },
    ]),
  ]
}
