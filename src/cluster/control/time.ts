/** Milliseconds since the epoch; NaN when absent. */
export function timeMs(text: string | null | undefined): number {
  return text ? Date.parse(text) : Number.NaN
}
