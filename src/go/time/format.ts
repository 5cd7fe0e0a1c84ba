import { MONTHS, WEEKDAYS } from './calendar.ts'
import type { Instant } from './instant.ts'
import { parseLayout, type LayoutPiece } from './layout.ts'

/** Layouts that Go names. */
export const LAYOUTS = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
  String: '2006-01-02 15:04:05.999999999 -0700 MST',
} as const

const pad = (value: number, width: number): string =>
  value < 0 ? `-${String(-value).padStart(width, '0')}` : String(value).padStart(width, '0')

type Civil = ReturnType<Instant['civil']>

/** An instant by a layout, in its own zone: `Time.Format`. */
export function formatInstant(instant: Instant, layout: string): string {
  const civil = instant.civil()
  let out = ''
  for (const piece of parseLayout(layout)) {
    out += piece.prefix
    if (piece.element !== undefined) out += formatElement(piece, civil, instant.nanos)
  }
  return out
}

function formatElement(piece: LayoutPiece, civil: Civil, nanos: number): string {
  const { date } = civil
  switch (piece.element) {
    case '2006':
      return pad(date.year, 4)
    case '06':
      return pad(Math.abs(date.year) % 100, 2)
    case 'January':
      return MONTHS[date.month - 1] ?? ''
    case 'Jan':
      return MONTHS[date.month - 1]?.slice(0, 3) ?? ''
    case '1':
      return String(date.month)
    case '01':
      return pad(date.month, 2)
    case 'Monday':
      return WEEKDAYS[civil.weekday] ?? ''
    case 'Mon':
      return WEEKDAYS[civil.weekday]?.slice(0, 3) ?? ''
    case '2':
      return String(date.day)
    case '_2':
      return String(date.day).padStart(2, ' ')
    case '02':
      return pad(date.day, 2)
    case '__2':
      return String(civil.yearDay).padStart(3, ' ')
    case '002':
      return pad(civil.yearDay, 3)
    case 'fraction0':
    case 'fraction9':
      return formatFraction(piece, nanos)
    default:
      return formatClock(piece, civil)
  }
}

function formatClock(piece: LayoutPiece, civil: Civil): string {
  const { hour, minute, second } = civil
  switch (piece.element) {
    case '15':
      return pad(hour, 2)
    case '3':
      return String(hour % 12 || 12)
    case '03':
      return pad(hour % 12 || 12, 2)
    case '4':
      return String(minute)
    case '04':
      return pad(minute, 2)
    case '5':
      return String(second)
    case '05':
      return pad(second, 2)
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM'
    case 'pm':
      return hour >= 12 ? 'pm' : 'am'
    case 'MST':
      return civil.zone.abbreviation === '' ? formatOffset('-0700', civil.zone.offset) : civil.zone.abbreviation
    default:
      return formatOffset(piece.text, civil.zone.offset)
  }
}

/** An offset as an element such as `Z07:00` writes it. */
function formatOffset(element: string, offset: number): string {
  if (offset === 0 && element.startsWith('Z')) return 'Z'
  const minutes = Math.trunc(offset / 60)
  const colon = element.includes(':') ? ':' : ''
  const digits = element.replace(/[^0-9]/g, '').length
  let out = (minutes < 0 ? '-' : '+') + pad(Math.floor(Math.abs(minutes) / 60), 2)
  if (digits >= 4) out += colon + pad(Math.abs(minutes) % 60, 2)
  if (digits === 6) out += colon + pad(Math.abs(offset) % 60, 2)
  return out
}

function formatFraction(piece: LayoutPiece, nanos: number): string {
  const mark = piece.text[0] ?? '.'
  const digits = pad(nanos, 9).slice(0, piece.digits)
  if (piece.element === 'fraction0') return mark + digits
  const trimmed = digits.replace(/0+$/, '')
  return trimmed === '' ? '' : mark + trimmed
}
