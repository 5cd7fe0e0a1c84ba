import { civilFromDays, dayOfYear, daysFromCivil, weekdayOf, type CivilDate } from './calendar.ts'
import { UTC, type Zone, type ZoneOffset } from './zone.ts'

const DAY = 86_400
const NANOS = 1_000_000_000

/** A point in time with a zone to show it in: Go's `time.Time`. */
export class Instant {
  /** Seconds since 1970-01-01 UTC. */
  readonly seconds: number
  /** Nanoseconds within the second, 0 to 999999999. */
  readonly nanos: number
  readonly zone: Zone
  constructor(seconds: number, nanos = 0, zone: Zone = UTC) {
    this.seconds = seconds
    this.nanos = nanos
    this.zone = zone
  }

  static fromMs(ms: number, zone: Zone = UTC): Instant {
    const seconds = Math.floor(ms / 1000)
    return new Instant(seconds, Math.round((ms - seconds * 1000) * 1_000_000), zone)
  }

  /** A date and time of day in a zone; values outside their range carry over: `time.Date`. */
  static fromCivil(
    date: CivilDate,
    clock: { readonly hour: number; readonly minute: number; readonly second: number; readonly nanos?: number },
    zone: Zone = UTC,
  ): Instant {
    const days = daysFromCivil(date.year, date.month, date.day)
    const nanos = clock.nanos ?? 0
    const carried = Math.floor(nanos / NANOS)
    const local = days * DAY + clock.hour * 3600 + clock.minute * 60 + clock.second + carried
    return new Instant(toUnix(local, zone), nanos - carried * NANOS, zone)
  }

  in(zone: Zone): Instant {
    return new Instant(this.seconds, this.nanos, zone)
  }

  /** Adds nanoseconds. */
  add(duration: bigint): Instant {
    const total = BigInt(this.nanos) + duration
    const seconds = total / BigInt(NANOS) - (total % BigInt(NANOS) < 0n ? 1n : 0n)
    return new Instant(this.seconds + Number(seconds), Number(total - seconds * BigInt(NANOS)), this.zone)
  }

  /** Adds calendar years, months and days: `AddDate`. */
  addDate(years: number, months: number, days: number): Instant {
    const { date, hour, minute, second } = this.civil()
    const shifted = { year: date.year + years, month: date.month + months, day: date.day + days }
    return Instant.fromCivil(shifted, { hour, minute, second, nanos: this.nanos }, this.zone)
  }

  /** Nanoseconds from `other` to this, within what an int64 holds. */
  since(other: Instant): bigint {
    const difference = BigInt(this.seconds - other.seconds) * BigInt(NANOS) + BigInt(this.nanos - other.nanos)
    const limit = 1n << 63n
    return difference >= limit ? limit - 1n : difference < -limit ? -limit : difference
  }

  /** Negative, zero or positive, by the instant alone. */
  compare(other: Instant): number {
    return this.seconds - other.seconds || this.nanos - other.nanos
  }

  /** Date and time of day in the zone. */
  civil(): {
    readonly date: CivilDate
    readonly hour: number
    readonly minute: number
    readonly second: number
    readonly weekday: number
    readonly yearDay: number
    readonly zone: ZoneOffset
  } {
    const zone = this.zone.at(this.seconds)
    const local = this.seconds + zone.offset
    const days = Math.floor(local / DAY)
    const rest = local - days * DAY
    const date = civilFromDays(days)
    return {
      date,
      hour: Math.floor(rest / 3600),
      minute: Math.floor((rest % 3600) / 60),
      second: rest % 60,
      weekday: weekdayOf(days),
      yearDay: dayOfYear(date),
      zone,
    }
  }
}

/** The Unix second of a local time. At a change of offset Go takes the zone in force just before or after. */
function toUnix(local: number, zone: Zone): number {
  const first = zone.at(local).offset
  if (first === 0) {
    const again = zone.at(local - first).offset
    return local - again
  }
  const guess = local - first
  const { offset } = zone.at(guess)
  if (offset === first) return guess
  const second = local - offset
  return zone.at(second).offset === offset ? second : guess
}
