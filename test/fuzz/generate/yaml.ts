import lists from './lists.json' with { type: 'json' }
import type { Random } from '../random.ts'
import { text } from './literals.ts'

const { yamlScalars: scalars } = lists
const { yamlKeys: keys } = lists

/** A YAML text of one or a few documents, with odd scalars, and now and then broken. */
export function yamlText(random: Random): string {
  const documents = random.some(1, random.chance(0.15) ? 3 : 1, () => node(random, 3, 0))
  let out = documents.join(random.pick(['\n---\n', '\n--- ', '\n...\n', '\n---\n---\n']))
  if (random.chance(0.1))
    out =
      random.pick([
        '---\n',
        '%YAML 1.1\n---\n',
        '%YAML 1.2\n---\n',
        '%TAG ! tag:x,2000:\n---\n',
        '%FOO\n---\n',
        '# c\n',
        '\n\n',
        '--- ',
        '\ufeff',
      ]) + out
  if (random.chance(0.7)) out += '\n'
  return random.chance(0.15) ? mutated(random, out) : out
}

/** One plain, quoted or tagged scalar as it stands in a YAML text. */
export function yamlScalar(random: Random): string {
  return random.weighted([
    [8, () => random.pick(scalars)],
    [1, () => text(random)],
    [1, () => JSON.stringify(text(random))],
    [1, () => `'${text(random).replaceAll("'", "''")}'`],
  ])
}

function node(random: Random, depth: number, indent: number): string {
  const pad = ' '.repeat(indent)
  return random.weighted<string>([
    [
      depth > 0 ? 5 : 0,
      () => random.some(1, 4, () => `${pad}${key(random)}:${child(random, depth, indent)}`).join(comment(random)),
    ],
    [depth > 0 ? 3 : 0, () => random.some(1, 4, () => `${pad}-${child(random, depth, indent)}`).join(comment(random))],
    [2, () => `${pad}${flow(random, depth)}`],
    [1, () => `${pad}${blockScalar(random, indent)}`],
    [2, () => `${pad}${yamlScalar(random)}`],
  ])
}

function child(random: Random, depth: number, indent: number): string {
  const props = random.chance(0.08) ? ` ${random.pick(['&a', '&b', '!!map', '!!str', '!x', '!!seq', '&a !!str'])}` : ''
  return (
    props +
    random.weighted<string>([
      [5, () => ` ${yamlScalar(random)}`],
      [depth > 1 ? 4 : 0, () => `\n${node(random, depth - 1, indent + random.pick([2, 2, 2, 1, 4, 0]))}`],
      [2, () => ` ${flow(random, depth - 1)}`],
      [1, () => ` ${blockScalar(random, indent)}`],
      [1, () => ''],
      [0.5, () => ` ${key(random)}: ${yamlScalar(random)}`],
    ])
  )
}

function key(random: Random): string {
  return random.chance(0.7)
    ? random.pick(keys.slice(0, 3))
    : random.chance(0.8)
      ? random.pick(keys)
      : yamlScalar(random)
}

function comment(random: Random): string {
  return random.chance(0.06) ? random.pick([' # c\n', '\n# c\n', '\n\n', '\n  # c\n', '\r\n', '\n\t\n']) : '\n'
}

function flow(random: Random, depth: number): string {
  const item = (): string => (depth > 1 && random.chance(0.3) ? flow(random, depth - 1) : yamlScalar(random))
  return random.weighted<string>([
    [
      2,
      () =>
        `[${random.some(0, 3, item).join(random.pick([', ', ',', ' , ', ',\n ']))}${random.pick(['', '', '', ','])}]`,
    ],
    [
      2,
      () =>
        `{${random.some(0, 3, () => `${key(random)}${random.pick([': ', ': ', ': ', ':', ''])}${item()}`).join(random.pick([', ', ',']))}${random.pick(['', '', '', ','])}}`,
    ],
    [1, () => JSON.stringify(text(random))],
    [1, item],
  ])
}

function blockScalar(random: Random, indent: number): string {
  const head = random.pick(['|', '>']) + random.pick(['', '', '-', '+', '2', '1-', '+2', ' # c', '0', '9'])
  const pad = ' '.repeat(indent + random.pick([1, 2, 2, 3, 0]))
  const line = (): string =>
    random.weighted([
      [
        6,
        () =>
          pad + random.pick(['a', 'b c', ' more', 'é', '# no', '- x', 'k: v', 'word word word', '\ttab', '---', '"q"']),
      ],
      [2, () => random.pick(['', ' ', '   '])],
      [0.5, () => 'out'],
    ])
  return `${head}\n${random.some(0, 4, line).join('\n')}${random.pick(['', '\n', '\n\n'])}`
}

function mutated(random: Random, value: string): string {
  const at = random.int(value.length + 1)
  return random.weighted([
    [
      3,
      () =>
        value.slice(0, at) +
        random.pick([...':-?[]{}"\'#&*!|>%@`,\n\t ~', '\n  ', ': ', '- ', '\u0000', '\ufeff', '<<: ', '---']) +
        value.slice(at),
    ],
    [2, () => value.slice(0, at) + value.slice(at + random.between(1, 3))],
    [1, () => value.slice(0, at)],
    [1, () => value.replaceAll('\n', '\r\n')],
    [1, () => value.replaceAll('  ', '\t')],
  ])
}
