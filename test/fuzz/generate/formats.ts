import type { Random } from '../random.ts'

const verbs = [...'vsdqxXtTbcoOUeEfFgGp%w']

/** A format of printf with one or a few directives. */
export function formatText(random: Random): string {
  return random
    .some(1, random.chance(0.3) ? 3 : 1, () => `${random.pick(['', '', '', 'a', ' ', 'é'])}${directive(random)}`)
    .join('')
}

function directive(random: Random): string {
  let out = '%'
  if (random.chance(0.45)) out += random.some(1, 3, () => random.pick([...'+-# 0'])).join('')
  if (random.chance(0.06)) out += random.pick(['[1]', '[2]', '[3]', '[0]', '[x]', '[', '[-1]', '[1'])
  if (random.chance(0.35)) out += random.pick(['1', '2', '5', '8', '12', '*', '20', '0', '05'])
  if (random.chance(0.3)) out += `.${random.pick(['', '0', '1', '2', '3', '6', '10', '*', '20', '-1'])}`
  if (random.chance(0.04)) out += random.pick(['[1]', '[2]', '[3]', '[]'])
  return out + (random.chance(0.97) ? random.pick(verbs) : random.pick(['', 'é', '!', 'z', 'i', 'u', ' ', '\n']))
}
