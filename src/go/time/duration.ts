import { GoError } from '../errors.ts'
import { registerNumberStringer } from '../fmt/index.ts'
import { GoNumber } from '../value.ts'
import { quoteValue } from './quote-value.ts'

/** Nanoseconds of the units that durations are written in. */
export const NANOSECONDS = {
  ns: 1n,
  us: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
} as const

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ...Object.entries(NANOSECONDS),
  ['\u00b5s', NANOSECONDS.us] as const,
  ['\u03bcs', NANOSECONDS.us] as const,
])

const MAX = (1n << 63n) - 1n

/** A `time.Duration` value of so many nanoseconds. */
export function goDuration(nanoseconds: bigint): GoNumber {
  return new GoNumber('int64', BigInt.asIntN(64, nanoseconds), 'time.Duration')
}

/** As `Duration.String`: `1h15m30.918s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s'
  const sign = nanoseconds < 0n ? '-' : ''
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  if (size < NANOSECONDS.us) return `${sign}${size}ns`
  if (size < NANOSECONDS.ms) return `${sign}${fraction(size, 3)}\u00b5s`
  if (size < NANOSECONDS.s) return `${sign}${fraction(size, 6)}ms`
  const minutes = size / NANOSECONDS.m
  const seconds = `${fraction(size % NANOSECONDS.m, 9)}s`
  if (minutes === 0n) return sign + seconds
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`
}

function fraction(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits)
  const rest = (value % scale).toString().padStart(digits, '0').replace(/0+$/, '')
  return rest === '' ? `${value / scale}` : `${value / scale}.${rest}`
}

registerNumberStringer('time.Duration', formatDuration)

/** As `time.ParseDuration`; nanoseconds. Throws GoError with Go's text. */
export function parseDuration(text: string): bigint {
  const fail = (what: string): GoError => new GoError('INVALID_SYNTAX', `time: ${what} ${quoteValue(text)}`)
  const negative = text[0] === '-'
  let rest = /^[+-]/.test(text) ? text.slice(1) : text
  if (rest === '0') return 0n
  if (rest === '') throw fail('invalid duration')
  let total = 0n
  while (rest !== '') {
    const match = /^([0-9]*)(?:\.([0-9]*))?([^.0-9]*)/.exec(rest)
    const [whole = '', part = '', name = ''] = match?.slice(1) ?? []
    if (!/^[.0-9]/.test(rest) || (whole === '' && part === '')) throw fail('invalid duration')
    if (BigInt(whole || 0) > MAX + 1n) throw fail('invalid duration')
    if (name === '') throw fail('missing unit in duration')
    const unit = UNITS.get(name)
    if (unit === undefined) throw fail(`unknown unit ${quoteValue(name)} in duration`)
    total += BigInt(whole || 0) * unit + fractionOf(part, unit)
    if (total > MAX + 1n) throw fail('invalid duration')
    rest = rest.slice((match?.[0] ?? '').length)
  }
  if (!negative && total > MAX) throw fail('invalid duration')
  return negative ? -total : total
}

/** A decimal fraction of a unit, through floating point as Go computes it. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n
  let scale = 1
  for (const digit of digits) {
    if (value > MAX / 10n) break
    value = value * 10n + BigInt(digit)
    scale *= 10
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unit) / scale)))
}

/** As `Duration.Round`: halves away from zero. */
export function roundDuration(nanoseconds: bigint, to: bigint): bigint {
  if (to <= 0n) return nanoseconds
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  const rest = size % to
  const rounded = rest + rest < to ? size - rest : size - rest + to
  const result = nanoseconds < 0n ? -rounded : rounded
  return result > MAX ? MAX : result < -MAX - 1n ? -MAX - 1n : result
}

/** As `Duration.Truncate`: toward zero. */
export function truncateDuration(nanoseconds: bigint, to: bigint): bigint {
  return to <= 0n ? nanoseconds : nanoseconds - (nanoseconds % to)
}
