/**
 * A time in UTC as Go's RFC3339Nano: nanoseconds without trailing zeros. The clock counts milliseconds; what is finer comes from
 * the machine's monotonic counter, so that lock files and indexes look (and sort) as those of other tools.
 */
export function rfc3339Nano(nowMs: number): string {
  const whole = Math.floor(nowMs)
  const finer = Number(process.hrtime.bigint() % 1_000_000n)
  const fraction = `${String(whole % 1000).padStart(3, '0')}${String(finer).padStart(6, '0')}`.replace(/0+$/, '')
  const seconds = new Date(whole).toISOString().slice(0, 19)
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`
}
