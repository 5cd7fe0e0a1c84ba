import { GoError } from '../errors.ts'
import { daysBeforeMonth, daysInMonth, isLeapYear, MONTHS, WEEKDAYS } from './calendar.ts'
import { Instant } from './instant.ts'
import { parseLayout, type LayoutPiece } from './layout.ts'
import { quoteValue } from './quote-value.ts'
import { fixedZone, UTC, type Zone } from './zone.ts'

/**
 * Reads a time by a layout, as `time.ParseInLocation`: without a zone in the text it is in `zone`, and a numeric offset that
 * `zone` has at that time gives `zone`. Throws GoError with Go's text.
 */
export function parseInstant(layout: string, value: string, zone: Zone = UTC): Instant {
  return new TimeReader(layout, value).read(zone)
}

/** An element that does not match; its text is made where the element is known. */
class Mismatch extends Error {}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9'

class TimeReader {
  private readonly layout: string
  private readonly value: string
  private rest: string
  private outOfRange = ''
  private year = 0
  private month = -1
  private day = -1
  private yearDay = -1
  private hour = 0
  private minute = 0
  private second = 0
  private nanos = 0
  private isPm = false
  private isAm = false
  private zone: Zone | undefined
  private offset: number | undefined
  private zoneName = ''

  constructor(layout: string, value: string) {
    this.layout = layout
    this.value = value
    this.rest = value
  }

  read(zone: Zone): Instant {
    const pieces = parseLayout(this.layout)
    pieces.forEach((piece, index) => {
      this.skip(piece.prefix)
      if (piece.element === undefined) {
        if (this.rest !== '') throw this.failure(`: extra text: ${quoteValue(this.rest)}`)
        return
      }
      const before = this.rest
      let matches = true
      try {
        this.element(piece, pieces[index + 1])
      } catch (error) {
        if (!(error instanceof Mismatch)) throw error
        matches = false
      }
      if (this.outOfRange !== '') throw this.failure(`: ${this.outOfRange} out of range`)
      if (!matches) throw this.mismatch(before, piece.text)
    })
    return this.finish(zone)
  }

  private failure(message: string): GoError {
    return new GoError('INVALID_SYNTAX', `parsing time ${quoteValue(this.value)}${message}`)
  }

  private mismatch(rest: string, element: string): GoError {
    return this.failure(` as ${quoteValue(this.layout)}: cannot parse ${quoteValue(rest)} as ${quoteValue(element)}`)
  }

  /** Passes over literal text; runs of spaces match each other. */
  private skip(prefix: string): void {
    let want = prefix
    while (want !== '') {
      if (want[0] === ' ') {
        if (this.rest !== '' && this.rest[0] !== ' ') throw this.mismatch(this.rest, prefix)
        want = want.replace(/^ +/, '')
        this.rest = this.rest.replace(/^ +/, '')
        continue
      }
      if (this.rest[0] !== want[0]) throw this.mismatch(this.rest, prefix)
      want = want.slice(1)
      this.rest = this.rest.slice(1)
    }
  }

  private take(count: number): string {
    if (this.rest.length < count) throw new Mismatch()
    const text = this.rest.slice(0, count)
    this.rest = this.rest.slice(count)
    return text
  }

  /** One or two digits; `fixed` wants two. */
  private number(fixed: boolean): number {
    if (!isDigit(this.rest[0]) || (fixed && !isDigit(this.rest[1]))) throw new Mismatch()
    return Number(this.take(isDigit(this.rest[1]) ? 2 : 1))
  }

  private exactNumber(count: number): number {
    const text = this.take(count)
    if (!/^[+-]?[0-9]+$/.test(text)) throw new Mismatch()
    return Number(text)
  }

  private name(names: readonly string[], length?: number): number {
    for (const [index, full] of names.entries()) {
      const name = length === undefined ? full : full.slice(0, length)
      if (this.rest.slice(0, name.length).toLowerCase() === name.toLowerCase()) {
        this.rest = this.rest.slice(name.length)
        return index
      }
    }
    throw new Mismatch()
  }

  private inRange(value: number, low: number, high: number, what: string): number {
    if (value < low || value > high) this.outOfRange = what
    return value
  }

  private element(piece: LayoutPiece, next: LayoutPiece | undefined): void {
    switch (piece.element) {
      case '06': {
        const year = this.exactNumber(2)
        this.year = year + (year >= 69 ? 1900 : 2000)
        return
      }
      case '2006':
        if (!isDigit(this.rest[0])) throw new Mismatch()
        this.year = this.exactNumber(4)
        return
      case 'January':
        this.month = this.name(MONTHS) + 1
        return
      case 'Jan':
        this.month = this.name(MONTHS, 3) + 1
        return
      case '1':
      case '01':
        this.month = this.inRange(this.number(piece.element === '01'), 1, 12, 'month')
        return
      case 'Monday':
        this.name(WEEKDAYS)
        return
      case 'Mon':
        this.name(WEEKDAYS, 3)
        return
      case '2':
      case '_2':
      case '02':
        if (piece.element === '_2' && this.rest[0] === ' ') this.rest = this.rest.slice(1)
        this.day = this.number(piece.element === '02')
        return
      case '__2':
      case '002':
        this.readYearDay(piece.element === '002')
        return
      default:
        this.clockElement(piece, next)
    }
  }

  private readYearDay(fixed: boolean): void {
    if (!fixed) this.rest = this.rest.replace(/^ {1,2}/, '')
    const digits = /^[0-9]{1,3}/.exec(this.rest)?.[0] ?? ''
    if (digits === '' || (fixed && digits.length !== 3)) throw new Mismatch()
    this.yearDay = Number(this.take(digits.length))
  }

  private clockElement(piece: LayoutPiece, next: LayoutPiece | undefined): void {
    switch (piece.element) {
      case '15':
        this.hour = this.inRange(this.number(false), 0, 23, 'hour')
        return
      case '3':
      case '03':
        this.hour = this.inRange(this.number(piece.element === '03'), 0, 12, 'hour')
        return
      case '4':
      case '04':
        this.minute = this.inRange(this.number(piece.element === '04'), 0, 59, 'minute')
        return
      case '5':
      case '05':
        this.second = this.inRange(this.number(piece.element === '05'), 0, 59, 'second')
        if (this.outOfRange === '') this.implicitFraction(next)
        return
      case 'PM':
      case 'pm':
        this.halfDay(piece.element)
        return
      case 'fraction0':
        this.fraction(this.take(1 + piece.digits))
        return
      case 'fraction9': {
        const text = /^[.,][0-9]+/.exec(this.rest)?.[0]
        if (text !== undefined) this.fraction(this.take(text.length))
        return
      }
      case 'MST':
        this.zoneAbbreviation()
        return
      default:
        this.numericZone(piece.text)
    }
  }

  /** A fraction in the text where the layout has none. */
  private implicitFraction(next: LayoutPiece | undefined): void {
    if (next?.element === 'fraction0' || next?.element === 'fraction9') return
    const text = /^[.,][0-9]+/.exec(this.rest)?.[0]
    if (text !== undefined) this.fraction(this.take(text.length))
  }

  private fraction(text: string): void {
    if (!/^[.,]/.test(text)) throw new Mismatch()
    const digits = text.slice(1, 10)
    if (!/^[+-]?[0-9]+$/.test(digits)) throw new Mismatch()
    if (Number(digits) < 0) this.outOfRange = 'fractional second'
    else this.nanos = Number(digits) * 10 ** (9 - digits.length)
  }

  private halfDay(element: 'PM' | 'pm'): void {
    const text = this.take(2)
    if (text === element) this.isPm = true
    else if (text === (element === 'PM' ? 'AM' : 'am')) this.isAm = true
    else throw new Mismatch()
  }

  private numericZone(element: string): void {
    if (element.startsWith('Z') && this.rest[0] === 'Z') {
      this.rest = this.rest.slice(1)
      this.zone = UTC
      return
    }
    const text = this.take(element.length)
    const digits = text.slice(1)
    const [hours, minutes = '00', seconds = '00'] = element.includes(':')
      ? [digits.slice(0, 2), digits.slice(3, 5) || '00', digits.slice(6, 8) || '00']
      : [digits.slice(0, 2), digits.slice(2, 4) || '00', digits.slice(4, 6) || '00']
    if (element.includes(':') && (text[3] !== ':' || (element.length > 6 && text[6] !== ':'))) throw new Mismatch()
    const parts: number[] = []
    for (const part of [hours, minutes, seconds]) {
      if (!/^[0-9]{2}$/.test(part ?? '')) break
      parts.push(Number(part))
    }
    // Go looks at the range of what it has read before it minds that it could not read the rest.
    const [hour = 0, minute = 0, second = 0] = parts
    this.inRange(hour, 0, 24, 'time zone offset hour')
    this.inRange(minute, 0, 60, 'time zone offset minute')
    this.inRange(second, 0, 60, 'time zone offset second')
    if (this.outOfRange === '' && parts.length < 3) throw new Mismatch()
    const size = (hour * 60 + minute) * 60 + second
    if (text[0] === '+') this.offset = size
    else if (text[0] === '-') this.offset = -size
    else if (this.outOfRange === '') throw new Mismatch()
  }

  private zoneAbbreviation(): void {
    if (this.rest.startsWith('UTC')) {
      this.rest = this.rest.slice(3)
      this.zone = UTC
      return
    }
    const length = abbreviationLength(this.rest)
    if (length === 0) throw new Mismatch()
    this.zoneName = this.take(length)
  }

  private finish(local: Zone): Instant {
    if (this.isPm && this.hour < 12) this.hour += 12
    else if (this.isAm && this.hour === 12) this.hour = 0
    if (this.yearDay >= 0) this.dateFromYearDay()
    const month = this.month < 0 ? 1 : this.month
    const day = this.day < 0 ? 1 : this.day
    if (day < 1 || day > daysInMonth(this.year, month)) throw this.failure(': day out of range')
    const date = { year: this.year, month, day }
    const clock = { hour: this.hour, minute: this.minute, second: this.second, nanos: this.nanos }
    if (this.zone !== undefined) return Instant.fromCivil(date, clock, this.zone)
    const utc = Instant.fromCivil(date, clock, UTC)
    if (this.offset !== undefined) return this.atOffset(utc, this.offset, local)
    if (this.zoneName !== '') return this.atAbbreviation(utc, local)
    return Instant.fromCivil(date, clock, local)
  }

  private atOffset(utc: Instant, offset: number, local: Zone): Instant {
    const seconds = utc.seconds - offset
    const there = local.at(seconds)
    const isLocal = there.offset === offset && (this.zoneName === '' || there.abbreviation === this.zoneName)
    return new Instant(seconds, utc.nanos, isLocal ? local : fixedZone(this.zoneName, offset))
  }

  private atAbbreviation(utc: Instant, local: Zone): Instant {
    const { abbreviation, offset } = local.at(utc.seconds)
    if (abbreviation === this.zoneName) return new Instant(utc.seconds - offset, utc.nanos, local)
    const hours = this.zoneName.startsWith('GMT') && this.zoneName.length > 3 ? Number(this.zoneName.slice(3)) : 0
    return new Instant(utc.seconds - hours * 3600, utc.nanos, fixedZone(this.zoneName, hours * 3600))
  }

  private dateFromYearDay(): void {
    let { yearDay } = this
    let month = 0
    let day = 0
    if (isLeapYear(this.year)) {
      if (yearDay === 60) {
        month = 2
        day = 29
      } else if (yearDay > 60) yearDay--
    }
    if (yearDay < 1 || yearDay > 365) throw this.failure(': day-of-year out of range')
    if (month === 0) {
      month = 1
      while (daysBeforeMonth(month + 1) < yearDay) month++
      day = yearDay - daysBeforeMonth(month)
    }
    if (this.month >= 0 && this.month !== month) throw this.failure(': day-of-year does not match month')
    if (this.day >= 0 && this.day !== day) throw this.failure(': day-of-year does not match day')
    this.month = month
    this.day = day
  }
}

/** Length of the zone abbreviation at the start of a text, or 0. */
function abbreviationLength(text: string): number {
  if (text.length < 3) return 0
  if (text.startsWith('ChST') || text.startsWith('MeST')) return 4
  if (text.startsWith('GMT')) return 3 + signedOffsetLength(text.slice(3))
  if (/^[+-]/.test(text)) return signedOffsetLength(text)
  const capitals = /^[A-Z]{0,6}/.exec(text)?.[0] ?? ''
  if (capitals.length === 5) return capitals[4] === 'T' ? 5 : 0
  if (capitals.length === 4) return capitals[3] === 'T' || capitals === 'WITA' ? 4 : 0
  return capitals.length === 3 ? 3 : 0
}

function signedOffsetLength(text: string): number {
  const match = /^[+-][0-9]+/.exec(text)?.[0]
  return match === undefined || Number(match.slice(1)) > 23 ? 0 : match.length
}
