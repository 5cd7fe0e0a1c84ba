import { GoError } from '../errors.ts'
import { exceptionalAbbreviation } from './zone-names.ts'

/** What a zone says about an instant: seconds east of UTC and the abbreviation. */
export interface ZoneOffset {
  readonly offset: number
  readonly abbreviation: string
}

/** A time zone: Go's Location. */
export interface Zone {
  /** `UTC`, `Local`, an IANA name, or the name of a fixed zone. */
  readonly name: string
  /** Offset in force at a Unix second. */
  readonly at: (seconds: number) => ZoneOffset
}

/** Coordinated universal time. */
export const UTC: Zone = { name: 'UTC', at: () => ({ offset: 0, abbreviation: 'UTC' }) }

/** A zone that never changes: `time.FixedZone`. */
export function fixedZone(name: string, offset: number): Zone {
  const fixed = { offset, abbreviation: name }
  return { name, at: () => fixed }
}

/** Zones of the database that are an abbreviation with a fixed offset in hours. */
const FIXED: Readonly<Record<string, number>> = { GMT: 0, EST: -5, MST: -7, HST: -10 }

const loaded = new Map<string, Zone>()

/**
 * A zone by its IANA name, as `time.LoadLocation`: the empty name and `UTC` are UTC, `Local` is `local`. Throws GoError for
 * unknown names.
 */
export function loadZone(name: string, local: Zone = UTC): Zone {
  if (name === '' || name === 'UTC') return UTC
  if (name === 'Local') return local
  let zone = loaded.get(name)
  if (zone === undefined) {
    const hours = FIXED[name]
    zone = hours === undefined ? ianaZone(name, name) : fixedZone(name, hours * 3600)
    loaded.set(name, zone)
  }
  return zone
}

/** The zone of the process, named `Local`; `timeZone` is an IANA name, the machine's own when absent. */
export function localZone(timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone): Zone {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return { name: 'Local', at: UTC.at }
  return ianaZone(timeZone, 'Local')
}

/** Intl has no names for old times: those of a winter and a summer with the same offset do. */
const SAMPLES = [new Date(Date.UTC(2020, 0, 15)), new Date(Date.UTC(2020, 6, 15))]

/** 1850: before it no zone had a standard time. */
const LOCAL_MEAN_TIME_END = -3_786_825_600

function ianaZone(timeZone: string, name: string): Zone {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(timeZone)) throw unknownZone(timeZone)
  let clock: Intl.DateTimeFormat
  let names: Intl.DateTimeFormat
  try {
    clock = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    names = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'long' })
  } catch {
    throw unknownZone(timeZone)
  }
  if (!isSpelled(timeZone, clock.resolvedOptions().timeZone)) throw unknownZone(timeZone)
  return {
    name,
    at(seconds) {
      const date = new Date(withinDates(seconds) * 1000)
      const offset = parseOffset(zoneName(clock, date))
      const exceptional = exceptionalAbbreviation(timeZone, offset)
      if (exceptional !== undefined && seconds >= LOCAL_MEAN_TIME_END) return { offset, abbreviation: exceptional }
      // Times before zones were introduced are local mean time, which has odd seconds or is very old.
      if (offset % 60 !== 0 || seconds < LOCAL_MEAN_TIME_END) return { offset, abbreviation: 'LMT' }
      const named = [date, ...SAMPLES].find(
        (sample) => !zoneName(names, sample).startsWith('GMT') && parseOffset(zoneName(clock, sample)) === offset,
      )
      return { offset, abbreviation: abbreviate(timeZone, zoneName(names, named ?? date), offset) }
    },
  }
}

/** Whether a name has the letter case of the zone database, whose names are files; Intl knows a name in any case. */
function isSpelled(name: string, resolved: string): boolean {
  if (name.toLowerCase() === resolved.toLowerCase()) return name === resolved
  return name.split('/').every((part) => /^[A-Z]/.test(part))
}

/** Seconds of 400 years, after which the calendar repeats, and of the year 9999, from which on dates are looked up earlier. */
const CYCLE = 12_622_780_800
const LAST = 253_370_764_800

/** A second that has the same place in the calendar, and so the same rules of a zone, and that a JavaScript date holds. */
function withinDates(seconds: number): number {
  return seconds < LAST ? Math.max(seconds, -LAST) : LAST - CYCLE + ((seconds - LAST) % CYCLE)
}

const unknownZone = (name: string): GoError => new GoError('INVALID_ARGUMENT', `unknown time zone ${name}`)

function zoneName(format: Intl.DateTimeFormat, date: Date): string {
  return format.formatToParts(date).find((part) => part.type === 'timeZoneName')?.value ?? ''
}

function parseOffset(text: string): number {
  const match = /([+-])(\d\d):?(\d\d)(?::?(\d\d))?$/.exec(text)
  if (match === null) return 0
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
  return match[1] === '-' ? -seconds : seconds
}

/** Abbreviations of the zone database that Intl does not know, by its English names. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  'Coordinated Universal Time': 'UTC',
  'Greenwich Mean Time': 'GMT',
  'British Summer Time': 'BST',
  'Irish Standard Time': 'IST',
  'Western European Standard Time': 'WET',
  'Western European Summer Time': 'WEST',
  'Central European Standard Time': 'CET',
  'Central European Summer Time': 'CEST',
  'Eastern European Standard Time': 'EET',
  'Eastern European Summer Time': 'EEST',
  'Moscow Standard Time': 'MSK',
  'Israel Standard Time': 'IST',
  'Israel Daylight Time': 'IDT',
  'India Standard Time': 'IST',
  'Pakistan Standard Time': 'PKT',
  'China Standard Time': 'CST',
  'Taipei Standard Time': 'CST',
  'Hong Kong Standard Time': 'HKT',
  'Japan Standard Time': 'JST',
  'Korean Standard Time': 'KST',
  'Western Indonesia Time': 'WIB',
  'Central Indonesia Time': 'WITA',
  'Eastern Indonesia Time': 'WIT',
  'Philippine Standard Time': 'PST',
  'South Africa Standard Time': 'SAST',
  'East Africa Time': 'EAT',
  'Central Africa Time': 'CAT',
  'West Africa Standard Time': 'WAT',
  'West Africa Time': 'WAT',
  'Australian Western Standard Time': 'AWST',
  'Australian Central Standard Time': 'ACST',
  'Australian Central Daylight Time': 'ACDT',
  'Australian Eastern Standard Time': 'AEST',
  'Australian Eastern Daylight Time': 'AEDT',
  'New Zealand Standard Time': 'NZST',
  'New Zealand Daylight Time': 'NZDT',
  'Samoa Standard Time': 'SST',
  'Hawaii-Aleutian Standard Time': 'HST',
  'Hawaii-Aleutian Daylight Time': 'HDT',
  'Alaska Standard Time': 'AKST',
  'Alaska Daylight Time': 'AKDT',
  'Pacific Standard Time': 'PST',
  'Pacific Daylight Time': 'PDT',
  'Mountain Standard Time': 'MST',
  'Mountain Daylight Time': 'MDT',
  'Mexican Pacific Standard Time': 'MST',
  'Central Standard Time': 'CST',
  'Central Daylight Time': 'CDT',
  'Eastern Standard Time': 'EST',
  'Eastern Daylight Time': 'EDT',
  'Atlantic Standard Time': 'AST',
  'Atlantic Daylight Time': 'ADT',
  'Newfoundland Standard Time': 'NST',
  'Newfoundland Daylight Time': 'NDT',
  'Cuba Standard Time': 'CST',
  'Cuba Daylight Time': 'CDT',
  'Chamorro Standard Time': 'ChST',
}

/** Zones whose Intl name is shared with a zone of another abbreviation. */
const NUMERIC_IN_DATABASE =
  /^(?:America\/(?:Sao_Paulo|Argentina|Bogota|Lima|Caracas|La_Paz|Santiago)|Asia\/(?:Dubai|Singapore))/

function abbreviate(timeZone: string, longName: string, offset: number): string {
  if (timeZone === 'GMT' || timeZone === 'Etc/GMT') return 'GMT'
  const known = NUMERIC_IN_DATABASE.test(timeZone) ? undefined : ABBREVIATIONS[longName]
  if (known !== undefined) return known
  const sign = offset < 0 ? '-' : '+'
  const minutes = Math.floor(Math.abs(offset) / 60)
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0')
  const rest = minutes % 60
  return `${sign}${hours}${rest === 0 ? '' : String(rest).padStart(2, '0')}`
}
