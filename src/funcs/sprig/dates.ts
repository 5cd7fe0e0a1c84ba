import type { Clock } from '../../base/index.ts'
import {
  formatDuration,
  formatInstant,
  GoError,
  GoNumber,
  GoTime,
  type GoValue,
  goTime,
  Instant,
  loadZone,
  localZone,
  NANOSECONDS,
  parseDuration,
  parseInstant,
  parseInteger,
  roundDuration,
  UTC,
  type Zone,
} from '../../go/index.ts'
import { ANY, fn, type FunctionTable } from '../signature.ts'

const TIME = 'time.Time'

/** Go's zero time, the first of January of the year 1. */
const ZERO_TIME = new Instant(-62_135_596_800)

/** The result, or `otherwise` when the text could not be read. */
function lenient<T>(run: () => T, otherwise: T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof GoError) return otherwise
    throw error
  }
}

const isInt64 = (value: GoValue): value is GoNumber =>
  value instanceof GoNumber && value.kind === 'int64' && value.typeName === undefined

/** A whole number of seconds in `kinds` that sprig accepts as a time; undefined for anything else. */
function secondsOf(value: GoValue): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (isInt64(value)) return value.value as bigint
  const is32 = value instanceof GoNumber && value.kind === 'int32' && value.typeName === undefined
  return is32 ? (value.value as bigint) : undefined
}

function duration(value: GoValue): string {
  let seconds = 0n
  if (typeof value === 'string') seconds = lenient(() => parseInteger(value, 10, 64), 0n)
  else if (isInt64(value)) seconds = value.value as bigint
  return formatDuration(BigInt.asIntN(64, seconds * NANOSECONDS.s))
}

const DAY = NANOSECONDS.h * 24n
const ROUNDING: readonly (readonly [unit: bigint, suffix: string])[] = [
  [DAY * 365n, 'y'],
  [DAY * 30n, 'mo'],
  [DAY, 'd'],
  [NANOSECONDS.h, 'h'],
  [NANOSECONDS.m, 'm'],
  [NANOSECONDS.s, 's'],
]

function printRounded(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  for (const [unit, suffix] of ROUNDING) if (size > unit) return `${size / unit}${suffix}`
  return '0s'
}

/** Functions on times, which read the clock and the machine's zone. */
export function dateFunctions(clock: Clock): FunctionTable {
  let zone: Zone | undefined
  const local = (): Zone => {
    zone ??= localZone()
    return zone
  }
  const now = (): Instant => Instant.fromMs(clock.nowMs(), local())
  const instantOf = (value: GoValue): Instant => {
    if (value instanceof GoTime) return value.instant
    const seconds = secondsOf(value)
    return seconds === undefined ? now() : new Instant(Number(seconds), 0, local())
  }
  const format = (layout: string, value: GoValue, zoneName: string): string =>
    formatInstant(instantOf(value).in(lenient(() => loadZone(zoneName, local()), UTC)), layout)

  const dateInZone = fn(`string, ${ANY}, string`, 'string', format)
  const dateModify = fn(`string, ${TIME}`, TIME, (text: string, date: GoTime) =>
    lenient<GoValue>(() => goTime(date.instant.add(parseDuration(text))), date),
  )
  const mustDateModify = fn(`string, ${TIME}`, TIME, (text: string, date: GoTime) =>
    goTime(date.instant.add(parseDuration(text))),
  )
  const since = (instant: Instant): bigint => now().since(instant)
  const ago = (value: GoValue): string => {
    const is32 = value instanceof GoNumber && value.kind === 'int32'
    return formatDuration(roundDuration(since(is32 ? now() : instantOf(value)), NANOSECONDS.s))
  }
  const durationRound = (value: GoValue): string => {
    if (typeof value === 'string') return printRounded(lenient(() => parseDuration(value), 0n))
    if (isInt64(value)) return printRounded(value.value as bigint)
    return printRounded(value instanceof GoTime ? since(value.instant) : 0n)
  }
  return {
    ago: fn(ANY, 'string', ago),
    date: fn(`string, ${ANY}`, 'string', (layout: string, value: GoValue) => format(layout, value, 'Local')),
    date_in_zone: dateInZone,
    date_modify: dateModify,
    dateInZone,
    dateModify,
    duration: fn(ANY, 'string', duration),
    durationRound: fn(ANY, 'string', durationRound),
    htmlDate: fn(ANY, 'string', (value: GoValue) => format('2006-01-02', value, 'Local')),
    htmlDateInZone: fn(`${ANY}, string`, 'string', (value: GoValue, name: string) => format('2006-01-02', value, name)),
    must_date_modify: mustDateModify,
    mustDateModify,
    mustToDate: fn('string, string', TIME, (layout: string, text: string) =>
      goTime(parseInstant(layout, text, local())),
    ),
    now: fn('', TIME, () => goTime(now())),
    toDate: fn('string, string', TIME, (layout: string, text: string) =>
      goTime(lenient(() => parseInstant(layout, text, local()), ZERO_TIME)),
    ),
    unixEpoch: fn(TIME, 'string', (date: GoTime) => String(date.instant.seconds)),
  }
}
