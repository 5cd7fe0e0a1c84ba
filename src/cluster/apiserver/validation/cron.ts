/** The fields of a schedule: name, lowest and highest value, names for values. */
const FIELDS: readonly { readonly min: number; readonly max: number; readonly names?: readonly string[] }[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
]

const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

/** Why a schedule cannot be read, in the words of robfig/cron; undefined when it can. */
export function scheduleProblem(schedule: string): string | undefined {
  let text = schedule
  if (text.startsWith('TZ=') || text.startsWith('CRON_TZ=')) {
    const space = text.indexOf(' ')
    text = space < 0 ? '' : text.slice(space).trim()
  }
  if (text.startsWith('@')) return descriptorProblem(text)
  const fields = text.split(/\s+/).filter((field) => field !== '')
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`
  for (const [index, field] of fields.entries()) {
    for (const part of field.split(',')) {
      const problem = partProblem(part, index)
      if (problem !== undefined) return problem
    }
  }
  return undefined
}

function descriptorProblem(text: string): string | undefined {
  if (DESCRIPTORS.includes(text)) return undefined
  if (text.startsWith('@every ')) {
    const duration = text.slice(7)
    if (/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(duration)) return undefined
    return `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`
  }
  return `unrecognized descriptor: ${text}`
}

function partProblem(part: string, index: number): string | undefined {
  const bounds = FIELDS[index]
  if (!bounds) return undefined
  const [range = '', step, ...more] = part.split('/')
  const [low = '', high, ...rest] = range.split('-')
  if (rest.length > 0) return `too many hyphens: ${part}`
  if (more.length > 0) return `too many slashes: ${part}`
  let start = bounds.min
  let end = bounds.max
  if (low !== '*' && low !== '?') {
    const first = readNumber(low, bounds.names)
    if (typeof first === 'string') return first
    start = first
    end = step === undefined ? first : bounds.max
    if (high !== undefined) {
      const second = readNumber(high, bounds.names)
      if (typeof second === 'string') return second
      end = second
    }
  }
  if (step !== undefined) {
    const every = readNumber(step, undefined)
    if (typeof every === 'string') return every
    if (every === 0) return `step of range should be a positive number: ${part}`
  }
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${part}`
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${part}`
  return start > end ? `beginning of range (${start}) beyond end of range (${end}): ${part}` : undefined
}

function readNumber(text: string, names: readonly string[] | undefined): number | string {
  const named = names?.indexOf(text.toLowerCase()) ?? -1
  if (named >= 0 && text !== '') return named
  if (/^-\d+$/.test(text)) return `negative number (${text}) not allowed: ${text}`
  if (!/^\d+$/.test(text))
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
  return Number(text)
}
