import lists from './lists.json' with { type: 'json' }
import type { Random } from '../random.ts'
import { text } from './literals.ts'

const { jsonNumbers: numbers } = lists
const { jsonWrong: wrong } = lists

/** A JSON text, mostly well formed. */
export function jsonText(random: Random): string {
  if (random.chance(0.15)) return random.pick(wrong)
  const out = value(random, 3)
  if (random.chance(0.9)) return out
  const at = random.int(out.length + 1)
  return random.chance(0.5)
    ? out.slice(0, at) + random.pick([...'{}[],:"\\ 0n']) + out.slice(at)
    : out.slice(0, at) + out.slice(at + 1)
}

function value(random: Random, depth: number): string {
  const space = (): string => random.pick(['', '', '', ' ', '\n'])
  return random.weighted<string>([
    [
      depth > 0 ? 3 : 0,
      () =>
        `{${space()}${random.some(0, 3, () => `${JSON.stringify(text(random))}${space()}:${space()}${value(random, depth - 1)}`).join(',')}${space()}}`,
    ],
    [
      depth > 0 ? 2 : 0,
      () => `[${random.some(0, 3, () => `${space()}${value(random, depth - 1)}`).join(',')}${space()}]`,
    ],
    [2, () => JSON.stringify(text(random))],
    [2, () => random.pick(numbers)],
    [1, () => random.pick(['true', 'false', 'null'])],
  ])
}
