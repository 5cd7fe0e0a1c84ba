const SECOND = 1000
const MINUTE = 60
const HOUR = 60

/**
 * A span as tables show it, in at most two units: `5s`, `3m20s`, `2d`, `4y12d`.
 * As Kubernetes' apimachinery `duration.HumanDuration`.
 */
export function humanDuration(spanMs: number): string {
  const seconds = Math.trunc(spanMs / SECOND)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < MINUTE * 2) return `${seconds}s`
  const minutes = Math.trunc(seconds / MINUTE)
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % MINUTE, 's')
  if (minutes < HOUR * 3) return `${minutes}m`
  const hours = Math.trunc(minutes / HOUR)
  if (hours < 8) return twoUnits(hours, 'h', minutes % HOUR, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (hours < 24 * 8) return twoUnits(days, 'd', hours % 24, 'h')
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.trunc(days / 365)
  return hours < 24 * 365 * 8 ? twoUnits(years, 'y', days % 365, 'd') : `${years}y`
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`
}

/** Time passed since an API time; `<unknown>` when there is none. */
export function sinceText(time: unknown, nowMs: number): string {
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(ms) ? '<unknown>' : humanDuration(nowMs - ms)
}
