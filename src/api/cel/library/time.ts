import {
  fixedZone,
  formatFloat,
  formatInstant,
  GoError,
  inZone,
  Instant,
  parseDuration,
  parseInstant,
  type Zone,
} from '../../../go/index.ts'
import { type Library, method, type Overload, plain } from '../declarations.ts'
import { celError } from '../errors.ts'
import { unconvertible } from './standard.ts'
import { BOOL, DURATION, INT, STRING, TIMESTAMP } from '../types.ts'
import { type CelValue, Duration, Timestamp } from '../values.ts'

const RFC3339 = '2006-01-02T15:04:05Z07:00'
const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00'
const SECOND = 1_000_000_000n
/** Years 1 to 9999, in seconds since 1970. */
const [MIN_SECONDS, MAX_SECONDS] = [-62_135_596_800n, 253_402_300_799n]
const MAX_NANOSECONDS = (1n << 63n) - 1n

const instant = (value: CelValue): Instant => (value as Timestamp).instant
const span = (value: CelValue): bigint => (value as Duration).nanoseconds

/** A timestamp from RFC 3339 text. Throws CelError. */
export function timestampOf(text: string): Timestamp {
  try {
    return checked(parseInstant(RFC3339, text))
  } catch (error) {
    if (error instanceof GoError) throw unconvertible('google.protobuf.Timestamp')
    throw error
  }
}

/** A duration from Go's notation. Throws CelError. */
export function durationOf(text: string): Duration {
  try {
    return new Duration(parseDuration(text))
  } catch (error) {
    if (error instanceof GoError) throw unconvertible('google.protobuf.Duration')
    throw error
  }
}

function secondsOf(value: Instant): bigint {
  return BigInt(value.seconds)
}

function checked(value: Instant): Timestamp {
  const seconds = BigInt(value.seconds)
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) throw celError('timestamp overflow')
  return new Timestamp(value)
}

function checkedSpan(value: bigint): Duration {
  if (value > MAX_NANOSECONDS || value < -MAX_NANOSECONDS - 1n) throw celError('duration overflow')
  return new Duration(value)
}

/** A duration as `string()` writes it: seconds. */
export function durationText(value: Duration): string {
  return `${formatFloat(Number(value.nanoseconds) / 1e9, 'f', -1)}s`
}

/** A timestamp as `string()` writes it. */
export function timestampText(value: Timestamp): string {
  return formatInstant(value.instant, RFC3339_NANO)
}

/** A zone by IANA name, or by an offset such as `-08:00`. */
function zoned(value: Instant, name: string): Instant {
  const offset = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(name)
  if (offset !== null) {
    const seconds = (Number(offset[2]) * 60 + Number(offset[3])) * 60
    return value.in(fixedZone('', offset[1] === '-' ? -seconds : seconds) as Zone)
  }
  try {
    return inZone(value, name)
  } catch (error) {
    if (error instanceof GoError) throw celError(error.message)
    throw error
  }
}

type Civil = ReturnType<Instant['civil']>

function getter(name: string, read: (civil: Civil, value: Instant) => number, perDuration?: bigint): Overload[] {
  const id = name.replace('get', '').toLowerCase()
  return [
    method(`timestamp_to_${id}`, [TIMESTAMP], INT, (value) => BigInt(read(instant(value).civil(), instant(value)))),
    method(`timestamp_to_${id}_with_tz`, [TIMESTAMP, STRING], INT, (value, zone) => {
      const local = zoned(instant(value), zone as string)
      return BigInt(read(local.civil(), local))
    }),
    ...(perDuration === undefined
      ? []
      : [method(`duration_to_${id}`, [DURATION], INT, (value) => span(value) / perDuration)]),
  ]
}

const before = (a: CelValue, b: CelValue): number =>
  a instanceof Timestamp ? a.instant.compare(instant(b)) : Number(span(a) - span(b))

function ordering(name: string, holds: (order: number) => boolean): Overload[] {
  return [
    plain(`${name}_timestamp`, [TIMESTAMP, TIMESTAMP], BOOL, (a, b) => holds(before(a, b))),
    plain(`${name}_duration`, [DURATION, DURATION], BOOL, (a, b) => holds(before(a, b))),
  ]
}

/** Timestamps and durations. */
export const TIME: Library = {
  timestamp: [
    plain('timestamp_to_timestamp', [TIMESTAMP], TIMESTAMP, (value) => value),
    plain('int64_to_timestamp', [INT], TIMESTAMP, (value) =>
      checked(Instant.fromMs(0).add((value as bigint) * SECOND)),
    ),
    plain('string_to_timestamp', [STRING], TIMESTAMP, (value) => timestampOf(value as string)),
  ],
  duration: [
    plain('duration_to_duration', [DURATION], DURATION, (value) => value),
    plain('int64_to_duration', [INT], DURATION, (value) => checkedSpan(value as bigint)),
    plain('string_to_duration', [STRING], DURATION, (value) => durationOf(value as string)),
  ],
  int: [
    plain('timestamp_to_int64', [TIMESTAMP], INT, (value) => secondsOf(instant(value))),
    plain('duration_to_int64', [DURATION], INT, (value) => span(value)),
  ],
  string: [
    plain('timestamp_to_string', [TIMESTAMP], STRING, (value) => timestampText(value as Timestamp)),
    plain('duration_to_string', [DURATION], STRING, (value) => durationText(value as Duration)),
  ],
  '_+_': [
    plain('add_duration_duration', [DURATION, DURATION], DURATION, (a, b) => checkedSpan(span(a) + span(b))),
    plain('add_duration_timestamp', [DURATION, TIMESTAMP], TIMESTAMP, (a, b) => checked(instant(b).add(span(a)))),
    plain('add_timestamp_duration', [TIMESTAMP, DURATION], TIMESTAMP, (a, b) => checked(instant(a).add(span(b)))),
  ],
  '_-_': [
    plain('subtract_duration_duration', [DURATION, DURATION], DURATION, (a, b) => checkedSpan(span(a) - span(b))),
    plain('subtract_timestamp_duration', [TIMESTAMP, DURATION], TIMESTAMP, (a, b) => checked(instant(a).add(-span(b)))),
    plain('subtract_timestamp_timestamp', [TIMESTAMP, TIMESTAMP], DURATION, (a, b) =>
      checkedSpan(instant(a).since(instant(b))),
    ),
  ],
  '-_': [plain('negate_duration', [DURATION], DURATION, (value) => checkedSpan(-span(value)))],
  '_<_': ordering('less', (order) => order < 0),
  '_<=_': ordering('less_equals', (order) => order <= 0),
  '_>_': ordering('greater', (order) => order > 0),
  '_>=_': ordering('greater_equals', (order) => order >= 0),
  getFullYear: getter('getFullYear', ({ date }) => date.year),
  getMonth: getter('getMonth', ({ date }) => date.month - 1),
  getDayOfYear: getter('getDayOfYear', ({ yearDay }) => yearDay - 1),
  getDayOfMonth: getter('getDayOfMonth', ({ date }) => date.day - 1),
  getDate: getter('getDate', ({ date }) => date.day),
  getDayOfWeek: getter('getDayOfWeek', ({ weekday }) => weekday),
  getHours: getter('getHours', (civil) => civil.hour, 3600n * SECOND),
  getMinutes: getter('getMinutes', (civil) => civil.minute, 60n * SECOND),
  getSeconds: getter('getSeconds', (civil) => civil.second, SECOND),
  getMilliseconds: getter('getMilliseconds', (_civil, value) => Math.floor(value.nanos / 1e6), 1_000_000n),
}
