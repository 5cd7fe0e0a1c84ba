import { eventConversion } from '../strategies/conversion/events.ts'
import { defineResources } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** `events.k8s.io/v1`: another view of the core group's events, which are what is stored. */
export function eventResources(): ResourceDefinition[] {
  return defineResources('events.k8s.io', 'v1', [
    { kind: 'Event', plural: 'events', short: ['ev'], storageGroup: '', convert: eventConversion },
  ])
}
