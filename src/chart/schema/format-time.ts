import { quote } from '../../go/index.ts'

/** Checks a date, with the texts of Go's time.Parse. */
export function checkDate(text: string): string | undefined {
  const layout = '2006-01-02'
  const fail = (rest: string, element: string): string =>
    `parsing time ${quote(text)} as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(element)}`
  const range = (what: string): string => `parsing time ${quote(text)}: ${what} out of range`
  if (!/^\d{4}/.test(text)) return fail(text, '2006')
  if (text.charAt(4) !== '-') return fail(text.slice(4), '-')
  const month = /^\d{2}/.exec(text.slice(5))?.[0]
  if (month === undefined) return fail(text.slice(5), '01')
  if (Number(month) < 1 || Number(month) > 12) return range('month')
  if (text.charAt(7) !== '-') return fail(text.slice(7), '-')
  const day = /^\d{2}/.exec(text.slice(8))?.[0]
  if (day === undefined) return fail(text.slice(8), '02')
  if (text.length > 10) return `parsing time ${quote(text)}: extra text: ${quote(text.slice(10))}`
  const days = new Date(Date.UTC(Number(text.slice(0, 4)) + 400, Number(month), 0)).getUTCDate()
  return Number(day) < 1 || Number(day) > days ? range('day') : undefined
}

/** Checks a time of day with its offset. */
export function checkTime(text: string): string | undefined {
  if (Buffer.byteLength(text) < 9) return 'less than 9 characters long'
  if (text.charAt(2) !== ':' || text.charAt(5) !== ':') return 'missing colon in correct place'
  const parts = text.slice(0, 8).split(':')
  if (parts.some((part) => !/^[+-]?\d+$/.test(part))) return 'invalid hour/min/sec'
  const [hour = 0, minute = 0, second = 0] = parts.map(Number)
  if (parts.some((part) => Number(part) < 0)) return 'non-positive hour/min/sec'
  if (hour > 23 || minute > 59 || second > 60) return 'hour/min/sec out of range'
  let rest = text.slice(8)
  if (rest.startsWith('.')) {
    const digits = /^\.(\d*)/.exec(rest)?.[1] ?? ''
    if (digits === '') return 'no digits in second fraction'
    rest = rest.slice(1 + digits.length)
  }
  let minutes = hour * 60 + minute
  if (rest !== 'z' && rest !== 'Z') {
    const offset = offsetMinutes(rest)
    if (typeof offset === 'string') return offset
    minutes += offset
    if (minutes < 0) minutes += 24 * 60
  }
  const isLeapMinute = Math.trunc(minutes / 60) === 23 && minutes % 60 === 59
  return second >= 60 && !isLeapMinute ? 'invalid leap second' : undefined
}

/** Minutes to add for UTC, or what is wrong with the offset. */
function offsetMinutes(text: string): number | string {
  if (Buffer.byteLength(text) !== 6) return 'offset must be 6 characters long'
  const sign = text.charAt(0)
  if (sign !== '+' && sign !== '-') return 'offset must begin with plus/minus'
  if (text.charAt(3) !== ':') return 'missing colon in offset in correct place'
  const parts = [text.slice(1, 3), text.slice(4)]
  if (parts.some((part) => !/^[+-]?\d+$/.test(part))) return 'invalid hour/min in offset'
  const [hour = 0, minute = 0] = parts.map(Number)
  if (hour < 0 || minute < 0) return 'non-positive hour/min in offset'
  if (hour > 23 || minute > 59) return 'hour/min in offset out of range'
  return (sign === '+' ? -1 : 1) * (hour * 60 + minute)
}

/** Checks a date with time. */
export function checkDateTime(text: string): string | undefined {
  if (Buffer.byteLength(text) < 20) return 'less than 20 characters long'
  if (!/[tT]/.test(text.charAt(10))) return '11th character must be t or T'
  const date = checkDate(text.slice(0, 10))
  if (date !== undefined) return `invalid date element: ${date}`
  const time = checkTime(text.slice(11))
  return time === undefined ? undefined : `invalid time element: ${time}`
}

/** Checks an ISO 8601 duration. */
export function checkDuration(text: string): string | undefined {
  if (!text.startsWith('P')) return 'must start with P'
  const body = text.slice(1)
  if (body === '') return 'nothing after P'
  if (body.endsWith('W')) {
    const weeks = body.slice(0, -1)
    if (weeks === '') return 'no number in week'
    return /^\d+$/.test(weeks) ? undefined : 'invalid week'
  }
  const allUnits = ['YMD', 'HMS']
  for (const [index, part] of body.split('T').entries()) {
    if (index !== 0 && part === '') return 'no time elements'
    const units = allUnits[index]
    if (units === undefined) return 'more than one T'
    const problem = checkElements(part, units)
    if (problem !== undefined) return problem
  }
  return undefined
}

function checkElements(text: string, allUnits: string): string | undefined {
  let units = allUnits
  let rest = text
  while (rest !== '') {
    const digits = /^\d*/.exec(rest)?.[0] ?? ''
    if (digits === '') return 'missing number'
    const unit = rest.charAt(digits.length)
    if (unit === '') return 'missing unit'
    const at = units.indexOf(unit)
    if (at < 0) return allUnits.includes(unit) ? `unit '${unit}' out of order` : `invalid unit '${unit}'`
    units = units.slice(at + 1)
    rest = rest.slice(digits.length + 1)
  }
  return undefined
}

/** Checks a period: start and end, either of which may be a duration. */
export function checkPeriod(text: string): string | undefined {
  const slash = text.indexOf('/')
  if (slash < 0) return 'missing slash'
  const start = text.slice(0, slash)
  const end = text.slice(slash + 1)
  const prefixed = (prefix: string, problem: string | undefined): string | undefined =>
    problem === undefined ? undefined : `${prefix}: ${problem}`
  if (start.startsWith('P')) {
    return (
      prefixed('invalid start duration', checkDuration(start)) ?? prefixed('invalid end date-time', checkDateTime(end))
    )
  }
  const problem = prefixed('invalid start date-time', checkDateTime(start))
  if (problem !== undefined) return problem
  return end.startsWith('P')
    ? prefixed('invalid end duration', checkDuration(end))
    : prefixed('invalid end date-time', checkDateTime(end))
}
