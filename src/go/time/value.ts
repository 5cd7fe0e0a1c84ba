import { GoError } from '../errors.ts'
import { registerNumberStringer } from '../fmt/index.ts'
import { GoNil, GoNumber, GoObject, type GoCallable, type GoValue } from '../value.ts'
import { MONTHS, WEEKDAYS } from './calendar.ts'
import { goDuration, NANOSECONDS } from './duration.ts'
import { formatInstant, LAYOUTS } from './format.ts'
import { Instant } from './instant.ts'
import { quoteValue } from './quote-value.ts'
import { loadZone, localZone, UTC } from './zone.ts'

/** `%d` of a month or weekday is its number, `%v` its name. */
registerNumberStringer('time.Month', (value) => MONTHS[Number(value) - 1] ?? `%!Month(${value})`)
registerNumberStringer('time.Weekday', (value) => WEEKDAYS[Number(value)] ?? `%!Weekday(${value})`)

/** A `time.Time` as templates see it, with the methods that templates call. */
export class GoTime extends GoObject {
  readonly instant: Instant
  constructor(instant: Instant) {
    super({
      typeName: 'time.Time',
      methods: new LazyMethods(() => timeMethods(instant)),
      text: () => formatInstant(instant, LAYOUTS.String),
      identity: `${instant.seconds}.${instant.nanos} ${instant.zone.name}`,
      goSyntax: () => goSyntax(instant),
      hiddenFields: () => hiddenFields(instant),
    })
    this.instant = instant
  }
}

/** A time as an expression of Go: what `%#v` prints. */
function goSyntax(instant: Instant): string {
  const { date, hour, minute, second } = instant.civil()
  const { name } = instant.zone
  const zone = name === 'UTC' || name === 'Local' ? `time.${name}` : `time.Location(${quoteValue(name)})`
  const month = `time.${MONTHS[date.month - 1] ?? ''}`
  return `time.Date(${[date.year, month, date.day, hour, minute, second, instant.nanos, zone].join(', ')})`
}

/** Go's fields of a time without a monotonic clock: nanoseconds, seconds since the year 1, and where it is. */
function hiddenFields(instant: Instant): Map<string, GoValue> {
  const pointer = '*time.Location'
  const zone = instant.zone.name === 'UTC' ? new GoNil(pointer) : locationOf(instant)
  return new Map<string, GoValue>([
    ['wall', new GoNumber('uint64', BigInt(instant.nanos))],
    ['ext', int64(BigInt(instant.seconds) + BigInt(YEAR_ONE))],
    ['loc', zone],
  ])
}

const locationOf = (instant: Instant): GoObject =>
  new GoObject({ typeName: 'time.Location', pointer: true, text: () => instant.zone.name })

/** Methods that are made only when one is asked for. */
class LazyMethods extends Map<string, GoCallable> {
  private readonly make: () => Map<string, GoCallable>
  private made: Map<string, GoCallable> | undefined
  constructor(make: () => Map<string, GoCallable>) {
    super()
    this.make = make
  }
  override get(name: string): GoCallable | undefined {
    this.made ??= this.make()
    return this.made.get(name)
  }
}

/** Seconds from the year 1 to 1970. */
const YEAR_ONE = 62_135_596_800

const TIME = 'time.Time'
const none: readonly string[] = []
const one = [TIME] as const

function result(type: string, call: () => GoValue): GoCallable {
  return { params: none, result: type, call }
}

function instantOf(value: GoValue): Instant {
  return value instanceof GoTime ? value.instant : new Instant(0)
}

function integerOf(value: GoValue): bigint {
  return value instanceof GoNumber ? BigInt(value.value) : typeof value === 'bigint' ? value : 0n
}

const int64 = (value: bigint): GoNumber => new GoNumber('int64', BigInt.asIntN(64, value))

/** Nanoseconds since the zero time in units of `unit`, for rounding. */
function sinceYearOne(instant: Instant): bigint {
  return BigInt(instant.seconds + 62_135_596_800) * NANOSECONDS.s + BigInt(instant.nanos)
}

function unixIn(instant: Instant, unit: bigint): bigint {
  const total = BigInt(instant.seconds) * NANOSECONDS.s + BigInt(instant.nanos)
  return total / unit - (total % unit < 0n ? 1n : 0n)
}

function roundTo(instant: Instant, unit: bigint, truncate: boolean): Instant {
  if (unit <= 0n) return instant
  const rest = sinceYearOne(instant) % unit
  return instant.add(!truncate && rest + rest >= unit ? unit - rest : -rest)
}

function timeMethods(instant: Instant): Map<string, GoCallable> {
  return new Map([
    ...partMethods(instant),
    ...unixMethods(instant),
    ...arithmeticMethods(instant),
    ...textMethods(instant),
  ])
}

function partMethods(instant: Instant): [string, GoCallable][] {
  const civil = (): ReturnType<Instant['civil']> => instant.civil()
  const int = (get: () => number): GoCallable => result('int', () => BigInt(get()))
  return [
    ['Year', int(() => civil().date.year)],
    ['Month', result('time.Month', () => new GoNumber('int64', BigInt(civil().date.month), 'time.Month'))],
    ['Day', int(() => civil().date.day)],
    ['Weekday', result('time.Weekday', () => new GoNumber('int64', BigInt(civil().weekday), 'time.Weekday'))],
    ['YearDay', int(() => civil().yearDay)],
    ['Hour', int(() => civil().hour)],
    ['Minute', int(() => civil().minute)],
    ['Second', int(() => civil().second)],
    ['Nanosecond', int(() => instant.nanos)],
    ['IsZero', result('bool', () => instant.seconds === -YEAR_ONE && instant.nanos === 0)],
  ]
}

function unixMethods(instant: Instant): [string, GoCallable][] {
  const since = (unit: bigint): GoCallable => result('int64', () => int64(unixIn(instant, unit)))
  return [
    ['Unix', since(NANOSECONDS.s)],
    ['UnixMilli', since(NANOSECONDS.ms)],
    ['UnixMicro', since(NANOSECONDS.us)],
    ['UnixNano', since(NANOSECONDS.ns)],
  ]
}

function arithmeticMethods(instant: Instant): [string, GoCallable][] {
  const compare = (test: (order: number) => boolean): GoCallable => ({
    params: one,
    result: 'bool',
    call: (other) => test(instant.compare(instantOf(other))),
  })
  const withDuration = (apply: (duration: bigint) => Instant): GoCallable => ({
    params: ['time.Duration'],
    result: TIME,
    call: (duration) => new GoTime(apply(integerOf(duration))),
  })
  return [
    ['Add', withDuration((duration) => instant.add(duration))],
    ['Round', withDuration((duration) => roundTo(instant, duration, false))],
    ['Truncate', withDuration((duration) => roundTo(instant, duration, true))],
    [
      'AddDate',
      {
        params: ['int', 'int', 'int'],
        result: TIME,
        call: (years, months, days) =>
          new GoTime(instant.addDate(Number(integerOf(years)), Number(integerOf(months)), Number(integerOf(days)))),
      },
    ],
    ['Sub', { params: one, result: 'time.Duration', call: (other) => goDuration(instant.since(instantOf(other))) }],
    ['Before', compare((order) => order < 0)],
    ['After', compare((order) => order > 0)],
    ['Equal', compare((order) => order === 0)],
    ['Compare', { params: one, result: 'int', call: (other) => BigInt(Math.sign(instant.compare(instantOf(other)))) }],
  ]
}

function textMethods(instant: Instant): [string, GoCallable][] {
  return [
    ['String', result('string', () => formatInstant(instant, LAYOUTS.String))],
    ['Format', { params: ['string'], result: 'string', call: (layout) => formatInstant(instant, String(layout)) }],
    ['UTC', result(TIME, () => new GoTime(instant.in(UTC)))],
    ['Local', result(TIME, () => new GoTime(instant.in(localZone())))],
    ['Location', result('*time.Location', () => locationOf(instant))],
  ]
}

/** The `time.Time` of an instant. */
export function goTime(instant: Instant): GoTime {
  return new GoTime(instant)
}

/** An instant in a named zone; unknown names give UTC when `lenient`. Throws GoError otherwise. */
export function inZone(instant: Instant, name: string, lenient = false): Instant {
  try {
    return instant.in(loadZone(name, localZone()))
  } catch (error) {
    if (lenient && error instanceof GoError) return instant.in(UTC)
    throw error
  }
}
