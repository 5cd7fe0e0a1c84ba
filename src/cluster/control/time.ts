/** RFC 3339 with seconds in UTC, as Kubernetes writes times. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** RFC 3339 with microseconds in UTC, as Kubernetes writes MicroTime. */
export function microTimestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`
}

/** Milliseconds since the epoch; NaN when absent. */
export function timeMs(text: string | null | undefined): number {
  return text ? Date.parse(text) : Number.NaN
}
