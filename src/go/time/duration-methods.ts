import { GoNumber, type GoCallable, type GoValue } from '../value.ts'
import { MONTHS, WEEKDAYS } from './calendar.ts'
import { formatDuration, goDuration, NANOSECONDS, roundDuration, truncateDuration } from './duration.ts'

const none: readonly string[] = []
const one = ['time.Duration'] as const

const float = (call: () => number): GoCallable => ({ params: none, result: 'float64', call })
const text = (call: () => string): GoCallable => ({ params: none, result: 'string', call })

/** Whole units and the rest apart, as Go divides, so that the result has its rounding. */
function inUnits(nanoseconds: bigint, unit: bigint): number {
  return Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit)
}

const nanosecondsOf = (value: GoValue): bigint =>
  value instanceof GoNumber ? BigInt(value.value) : typeof value === 'bigint' ? value : 0n

function durationMethod(duration: bigint, name: string): GoCallable | undefined {
  const int64 = (unit: bigint): GoCallable => ({
    params: none,
    result: 'int64',
    call: () => new GoNumber('int64', duration / unit),
  })
  const rounding = (round: (nanoseconds: bigint, to: bigint) => bigint): GoCallable => ({
    params: one,
    result: 'time.Duration',
    call: (to) => goDuration(round(duration, nanosecondsOf(to))),
  })
  switch (name) {
    case 'Hours':
      return float(() => inUnits(duration, NANOSECONDS.h))
    case 'Minutes':
      return float(() => inUnits(duration, NANOSECONDS.m))
    case 'Seconds':
      return float(() => inUnits(duration, NANOSECONDS.s))
    case 'Milliseconds':
      return int64(NANOSECONDS.ms)
    case 'Microseconds':
      return int64(NANOSECONDS.us)
    case 'Nanoseconds':
      return int64(NANOSECONDS.ns)
    case 'Abs':
      return { params: none, result: 'time.Duration', call: () => goDuration(duration < 0n ? -duration : duration) }
    case 'Round':
      return rounding(roundDuration)
    case 'Truncate':
      return rounding(truncateDuration)
    case 'String':
      return text(() => formatDuration(duration))
  }
  return undefined
}

/** A method of a number of a named type: those of `time.Duration`, and `String` of months and weekdays. */
export function numberMethod(value: GoNumber, name: string): GoCallable | undefined {
  if (value.typeName === 'time.Duration') return durationMethod(BigInt(value.value), name)
  if (name !== 'String') return undefined
  if (value.typeName === 'time.Month') return text(() => MONTHS[Number(value.value) - 1] ?? `%!Month(${value.value})`)
  if (value.typeName === 'time.Weekday') return text(() => WEEKDAYS[Number(value.value)] ?? `%!Weekday(${value.value})`)
  return undefined
}
