const SHAPE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))| +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/

/** Whether go-yaml takes the text for a date or a time: RFC 3339 with short fields, a space and no zone, or a date alone. */
export function isTimestamp(text: string): boolean {
  if (text.length < 8 || text.charCodeAt(4) !== 0x2d) return false
  const match = SHAPE.exec(text)
  if (match === null) return false
  const field = (...indexes: number[]): number => {
    for (const index of indexes) if (match[index] !== undefined) return Number(match[index])
    return 0
  }
  const month = field(2)
  const day = field(3)
  if (month < 1 || month > 12 || day < 1 || day > daysIn(field(1), month)) return false
  if (field(4, 9) > 23 || field(5, 10) > 59 || field(6, 11) > 59) return false
  return field(7) <= 24 && field(8) <= 60
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
