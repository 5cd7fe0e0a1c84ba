import { goQuote } from '../errors.ts'

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

/** Reads a duration as Go's time.ParseDuration, in milliseconds; a text is Go's error. */
export function parseDurationMs(text: string): number | string {
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  let rest = text.slice(sign.length)
  if (rest === '0') return 0
  if (rest === '') return `time: invalid duration ${goQuote(text)}`
  let total = 0
  while (rest !== '') {
    const number = /^([0-9]+\.?[0-9]*|\.[0-9]+)/.exec(rest)?.[0]
    if (number === undefined) return `time: invalid duration ${goQuote(text)}`
    rest = rest.slice(number.length)
    const unit = /^[^0-9.]+/.exec(rest)?.[0]
    if (unit === undefined) return `time: missing unit in duration ${goQuote(text)}`
    const scale = unitMs[unit]
    if (scale === undefined) return `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`
    total += Number(number) * scale
    if (total > 9_223_372_036_854) return `time: invalid duration ${goQuote(text)}`
    rest = rest.slice(unit.length)
  }
  return sign === '-' ? -total : total
}

/** Prints milliseconds as Go prints a Duration: `5m0s`, `1.5s`, `300ms`. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s'
  const sign = ms < 0 ? '-' : ''
  const size = Math.abs(ms)
  if (size < 1e-3) return `${sign}${Math.round(size * 1e6)}ns`
  if (size < 1) return `${sign}${trimmed(size * 1e3, 3)}µs`
  if (size < 1_000) return `${sign}${trimmed(size, 6)}ms`
  const hours = Math.floor(size / 3_600_000)
  const minutes = Math.floor((size % 3_600_000) / 60_000)
  const seconds = `${trimmed((size % 60_000) / 1_000, 9)}s`
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`
}

function trimmed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
