/** Go's `time`: instants with zones, layouts, durations, and `time.Time` as a template value. Begin with instant.ts. */
export { formatDuration, goDuration, NANOSECONDS, parseDuration, roundDuration, truncateDuration } from './duration.ts'
export { numberMethod } from './duration-methods.ts'
export { formatInstant, LAYOUTS } from './format.ts'
export { Instant } from './instant.ts'
export { parseInstant } from './parse.ts'
export { GoTime, goTime, inZone } from './value.ts'
export { fixedZone, loadZone, localZone, UTC, type Zone } from './zone.ts'
