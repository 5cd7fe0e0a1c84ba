import type { ResourceDefinition } from '../../registry/resource.ts'

/** Converts events of events.k8s.io/v1 to and from those of the core group. */
export const eventConversion: NonNullable<ResourceDefinition['convert']> = {
  toStorage: (object) => ({ ...object, apiVersion: 'v1' }),
  fromStorage: (object) => ({ ...object, apiVersion: 'events.k8s.io/v1' }),
}
