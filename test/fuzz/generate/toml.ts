import lists from './lists.json' with { type: 'json' }
import type { Random } from '../random.ts'
import { text } from './literals.ts'

const { tomlScalars: scalars } = lists
const { tomlWrong: wrong } = lists
const { tomlKeys: keys } = lists

/** A TOML document, mostly well formed. */
export function tomlText(random: Random): string {
  const lines = random.some(0, 6, () =>
    random.weighted([
      [6, () => `${random.pick(keys)} ${random.pick(['=', '=', '=', '= '])} ${value(random, 2)}`],
      [2, () => `[${random.pick(keys)}]`],
      [1, () => `[[${random.pick(keys)}]]`],
      [
        1,
        () =>
          random.pick([
            '# c',
            '',
            '  ',
            'a',
            '[',
            '[a',
            '[a]]',
            '[[a]',
            '[]',
            '[a.]',
            'a = 1 # c',
            '= 1',
            'a =',
            '[ a ]',
            '[[ a . b ]]',
            '\ta=1',
            'a == 1',
            '[a] x',
            `"${text(random)}" = 1`,
          ]),
      ],
    ]),
  )
  return lines.join(random.chance(0.9) ? '\n' : '\r\n') + random.pick(['', '\n'])
}

function value(random: Random, depth: number): string {
  return random.weighted<string>([
    [6, () => random.pick(scalars)],
    [1, () => random.pick(wrong)],
    [1, () => JSON.stringify(text(random))],
    [
      depth > 0 ? 1 : 0,
      () =>
        `[${random.some(0, 3, () => value(random, depth - 1)).join(random.pick([',', ', ', ',\n', ' ,# c\n']))}${random.pick(['', '', ',', '\n'])}]`,
    ],
    [
      depth > 0 ? 1 : 0,
      () => `{${random.some(0, 3, () => `${random.pick(keys)} = ${value(random, depth - 1)}`).join(', ')}}`,
    ],
  ])
}
