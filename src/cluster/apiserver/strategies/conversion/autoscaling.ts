import type { ResourceDefinition } from '../../registry/resource.ts'

/** Converts HorizontalPodAutoscalers of autoscaling/v1 to and from v2, in which they are stored. */
export const horizontalPodAutoscalerConversion: NonNullable<ResourceDefinition['convert']> = {
  toStorage: (object) => ({ ...object, apiVersion: 'autoscaling/v2' }),
  fromStorage: (object) => ({ ...object, apiVersion: 'autoscaling/v1' }),
}
