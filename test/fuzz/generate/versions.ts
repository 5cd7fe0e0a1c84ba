import lists from './lists.json' with { type: 'json' }
import type { Random } from '../random.ts'

const { versionsNumbers: numbers } = lists
const { versionsPreludes: preludes } = lists
const { versionsOperators: operators } = lists

/** A version, mostly well formed. */
export function versionText(random: Random): string {
  const number = (): string => (random.chance(0.9) ? String(random.int(4)) : random.pick(numbers))
  let out = random.chance(0.2) ? random.pick(['v', 'V', ' ', 'v ', '=']) : ''
  out += random.weighted([
    [8, () => `${number()}.${number()}.${number()}`],
    [2, () => `${number()}.${number()}`],
    [1, number],
    [1, () => `${number()}.${number()}.${number()}.${number()}`],
  ])
  if (random.chance(0.35)) out += `-${random.pick(preludes)}`
  if (random.chance(0.15)) out += `+${random.pick(preludes)}`
  return random.chance(0.05) ? `${out}${random.pick([' ', '\n', 'x', '-', '+', '.'])}` : out
}

/** A version constraint: ranges, wildcards, alternatives, with and without spaces and commas. */
export function constraintText(random: Random): string {
  const part = (): string => {
    const version = random.chance(0.6) ? versionText(random) : wildcard(random)
    return `${random.pick(operators.slice(0, random.chance(0.9) ? 13 : operators.length))}${random.pick(['', '', '', ' ', '  '])}${version}`
  }
  const group = (): string =>
    random.chance(0.15)
      ? `${versionText(random)} - ${random.chance(0.7) ? versionText(random) : wildcard(random)}`
      : random.some(1, 3, part).join(random.pick([' ', ', ', ',', ' , ', '  ']))
  if (random.chance(0.04))
    return random.pick(['', '*', ' ', 'x', '||', '>=', 'foo', '*.*', '1.2.3 -2.0.0', '-', ',', '* || 1'])
  return random.some(1, random.chance(0.3) ? 3 : 1, group).join(random.pick([' || ', '||', ' ||']))
}

function wildcard(random: Random): string {
  const part = (): string => random.pick(['x', 'X', '*', '0', '1', '2'])
  return random.some(1, 3, part).join('.') + (random.chance(0.1) ? '-alpha' : '')
}
