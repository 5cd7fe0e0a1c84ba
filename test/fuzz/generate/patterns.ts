import lists from './lists.json' with { type: 'json' }
import type { Random } from '../random.ts'

const { patternsAtoms: atoms } = lists
const { patternsBroken: broken } = lists

/** A regular expression of RE2, mostly well formed. */
export function patternText(random: Random): string {
  if (random.chance(0.12)) return random.pick(broken)
  return alternatives(random, 2)
}

function alternatives(random: Random, depth: number): string {
  return random.some(1, random.chance(0.25) ? 3 : 1, () => sequence(random, depth)).join('|')
}

function sequence(random: Random, depth: number): string {
  return random.some(random.chance(0.05) ? 0 : 1, 3, () => `${atom(random, depth)}${quantifier(random)}`).join('')
}

function atom(random: Random, depth: number): string {
  if (depth <= 0 || random.chance(0.7)) return random.chance(0.04) ? random.pick(broken) : random.pick(atoms)
  const open = random.pick(['(', '(', '(?:', '(?P<n>', '(?<m>', '(?i)(', '(?s:', '(?m)(', '(?U)('])
  return `${open}${alternatives(random, depth - 1)})`
}

function quantifier(random: Random): string {
  return random.chance(0.35) ? random.pick(['*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,1}?', '{2,}']) : ''
}
