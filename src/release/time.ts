const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** How Go's JSON prints the zero time. */
export const ZERO_TIME = '0001-01-01T00:00:00Z'

interface Parts {
  /** The wall clock of the time's own zone, as UTC fields. */
  readonly wall: Date
  /** Digits after the second, without trailing zeros. */
  readonly fraction: string
  /** Minutes east of UTC. */
  readonly offset: number
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|z|[+-]\d\d:\d\d)$/

function parse(text: string): Parts | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match
  const wall = new Date(0)
  wall.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  wall.setUTCHours(Number(hour), Number(minute), Number(second), 0)
  return { wall, fraction: fraction.replace(/0+$/, ''), offset: offsetMinutes(zone) }
}

function offsetMinutes(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)))
}

const two = (value: number): string => String(value).padStart(2, '0')

function offsetText(offset: number, separator: string): string {
  const size = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${separator}${two(size % 60)}`
}

/** A time as Go's JSON prints it: RFC 3339 in the local zone, with a fraction without trailing zeros. */
export function recordTime(ms: number): string {
  const offset = -new Date(ms).getTimezoneOffset()
  const text = new Date(ms + offset * 60_000)
    .toISOString()
    .slice(0, 23)
    .replace(/\.?0+$/, '')
  // A whole minute must keep its seconds.
  const full = text.length < 19 ? new Date(ms + offset * 60_000).toISOString().slice(0, 19) : text
  return `${full}${offset === 0 ? 'Z' : offsetText(offset, ':')}`
}

/** True for the zero time and for no time. */
export function isZeroTime(text: string): boolean {
  return text === '' || text === ZERO_TIME
}

/** Milliseconds since the epoch, for sorting; the zero time comes first. */
export function timeMs(text: string): number {
  return isZeroTime(text) ? Number.NEGATIVE_INFINITY : Date.parse(text)
}

/** As Go's `time.ANSIC`: `Mon Jan _2 15:04:05 2006`. */
export function ansiTime(text: string): string {
  const { wall } = parse(text === '' ? ZERO_TIME : text) ?? { wall: new Date(text) }
  const clock = `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}:${two(wall.getUTCSeconds())}`
  const year = String(wall.getUTCFullYear()).padStart(4, '0')
  return `${DAYS[wall.getUTCDay()]} ${MONTHS[wall.getUTCMonth()]} ${String(wall.getUTCDate()).padStart(2)} ${clock} ${year}`
}

/** As Go's `Time.String`: `2006-01-02 15:04:05.999999999 -0700 MST`. */
export function goTimeString(text: string): string {
  const parts = parse(text === '' ? ZERO_TIME : text)
  if (parts === undefined) return text
  const date = parts.wall.toISOString().slice(0, 10)
  const clock = parts.wall.toISOString().slice(11, 19)
  const fraction = parts.fraction === '' ? '' : `.${parts.fraction}`
  return `${date} ${clock}${fraction} ${offsetText(parts.offset, '')} ${zoneName(text, parts.offset)}`
}

/** Go names a zone only when the offset is that of the local zone; else the offset stands for it. */
function zoneName(text: string, offset: number): string {
  if (offset === 0 && /[zZ]$/.test(text)) return 'UTC'
  const date = new Date(text)
  if (-date.getTimezoneOffset() !== offset) return offsetText(offset, '')
  const part = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
    .formatToParts(date)
    .find((candidate) => candidate.type === 'timeZoneName')
  const name = part?.value ?? ''
  return name === '' || name.startsWith('GMT') ? offsetText(offset, '') : name
}

/** As Go's `time.RFC3339`: without a fraction. */
export function rfc3339(text: string): string {
  return (text === '' ? ZERO_TIME : text).replace(/\.\d+/, '')
}
