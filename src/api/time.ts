import { ApiValueError } from './errors.ts'

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** Milliseconds of an RFC 3339 time; undefined when the text is none. */
export function parseTime(text: string): number | undefined {
  const match = RFC3339.exec(text)
  if (!match) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

/** `metav1.Time`: RFC 3339 in UTC with whole seconds. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** `metav1.MicroTime`: RFC 3339 in UTC with microseconds. */
export function formatMicroTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`
}

/**
 * Reads a time as clients may write it and prints it as the API does. Throws ApiValueError with Go's text. One with
 * microseconds has exactly six digits of them, as in `metav1.MicroTime`.
 */
export function normalizeTime(text: string, micro: boolean): string {
  const ms = parseTime(text)
  if (ms === undefined) throw badTime(text, micro)
  if (!micro) return formatTime(ms)
  const fraction = RFC3339.exec(text)?.[7] ?? ''
  if (fraction.length !== 7) throw badTime(text, micro)
  return `${new Date(ms).toISOString().slice(0, 19)}${fraction}Z`
}

const LAYOUT: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
]
const SECONDS: typeof LAYOUT = [['05', /^\d\d(\.\d+)?/]]
const MICROSECONDS: typeof LAYOUT = [
  ['05', /^\d\d/],
  ['.000000', /^\.\d{6}/],
]
const ZONE: typeof LAYOUT = [['Z07:00', /^(Z|[+-]\d\d:\d\d)/]]

function badTime(text: string, micro: boolean): ApiValueError {
  const layout = micro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00'
  const quoted = (part: string): string => JSON.stringify(part)
  let rest = text
  for (const [name, pattern] of [...LAYOUT, ...(micro ? MICROSECONDS : SECONDS), ...ZONE]) {
    const match = pattern.exec(rest)
    if (!match) {
      return new ApiValueError(
        'BAD_TIME',
        `parsing time ${quoted(text)} as ${quoted(layout)}: cannot parse ${quoted(rest)} as ${quoted(name)}`,
      )
    }
    rest = rest.slice(match[0].length)
  }
  if (rest !== '') return new ApiValueError('BAD_TIME', `parsing time ${quoted(text)}: extra text: ${quoted(rest)}`)
  return new ApiValueError('BAD_TIME', `parsing time ${quoted(text)}: ${outOfRange(text)} out of range`)
}

function outOfRange(text: string): string {
  const [, , month = '1', , hour = '0', minute = '0', second = '0'] = RFC3339.exec(text) ?? []
  if (Number(month) < 1 || Number(month) > 12) return 'month'
  if (Number(hour) > 23) return 'hour'
  if (Number(minute) > 59) return 'minute'
  return Number(second) > 59 ? 'second' : 'day'
}
