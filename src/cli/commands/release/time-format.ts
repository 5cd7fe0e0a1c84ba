import { formatInstant, LAYOUTS, localZone, parseInstant } from '../../../go/index.ts'

/** A record's time by a layout of Go's; a time whose offset is that of the local zone is in the local zone. */
export function formatRecordTime(time: string, layout: string): string {
  return formatInstant(parseInstant(LAYOUTS.RFC3339, time, localZone()), layout)
}
