import type { Random } from '../random.ts'
import type { ExpressionMaker } from './expression.ts'
import { integer, quoted, text } from './literals.ts'

/** A template of control structures, variables, definitions and actions; sometimes broken. */
export function templateText(random: Random, expressions: ExpressionMaker): string {
  const variables: string[] = []
  let loops = 0
  const pipeline = (): string =>
    variables.length > 0 && random.chance(0.3)
      ? random.pick(variables)
      : random.chance(0.5)
        ? field()
        : expressions.pipeline(1)
  const field = (): string =>
    random.pick([
      '.',
      '$',
      '.Values',
      '.Values.list',
      '.Values.map',
      '.Values.str',
      '.Values.none',
      '.Values.nothing',
      '.Values.ints',
      '$.Values.map.c',
      '.Values.nested.a.b',
      '.x',
      '.k',
      '.name',
      '.Values.missing.deep',
      '$.Values.maps',
      '.Values.int',
      '3',
      '2.0',
      '0',
      '"s"',
      '""',
      'true',
      'nil',
      '.Chart.Name',
      '.Values.str.len',
      '.Values.int.x',
      '.Files.Get',
      '.Capabilities.APIVersions.Has "v1"',
      '(dict "a" (dict "b" 1)).a.b',
      '(list 1 2)',
      '.Values.map.c.d.e',
      '-1',
      "'x'",
      '1e3',
      '.Release.Nope',
      '.Chart.Nope',
      '.Template.BasePath',
      '$x',
      '$.x',
    ])
  const open = (): string => random.pick(['{{', '{{', '{{', '{{- '])
  const close = (): string => random.pick(['}}', '}}', '}}', ' -}}'])
  const action = (body: string): string =>
    `${open()}${random.pick([' ', '', ' '])}${body}${random.pick([' ', '', ' '])}${close()}`
  const words = (): string => random.pick(['a', ' ', '\n', '  b\n', '|', ' x ', '\t', ''])
  const block = (depth: number): string => random.some(1, 3, () => statement(depth)).join('')

  function scoped(head: string, depth: number, names: readonly string[] = []): string {
    const before = variables.length
    variables.push(...names)
    let out = action(head) + block(depth - 1)
    while (random.chance(0.15))
      out += action(`else ${head.startsWith('with') ? 'with' : 'if'} ${pipeline()}`) + block(depth - 1)
    if (random.chance(0.35)) out += action('else') + block(depth - 1)
    variables.length = before
    return out + action('end')
  }

  function range(depth: number): string {
    const [key, item] = [`$${random.pick(['k', 'i'])}`, `$${random.pick(['v', 'e'])}`]
    const head = random.pick<readonly [string, readonly string[]]>([
      ['', []],
      [`${item} := `, [item]],
      [`${key}, ${item} := `, [key, item]],
      ...(variables.length > 0 ? ([[`${random.pick(variables)} = `, []]] as const) : []),
    ])
    loops++
    const before = variables.length
    variables.push(...head[1])
    let out =
      action(
        `range ${head[0]}${random.chance(0.8) ? random.pick(['.Values.list', '.Values.map', '.Values.ints', '.Values.none', '.Values.nothing', '.Values.int', '3', '0', '-1', '"abc"', '.Values.maps', '.', '(until 3)', '.Values.float', '$', '.Values.str', '(dict "b" 1 "a" 2)', 'nil', 'true', '(splitList "," "a,b")', '(split "," "a,b")']) : pipeline()}`,
      ) + block(depth - 1)
    loops--
    variables.length = before
    if (random.chance(0.3)) out += action('else') + block(depth - 1)
    return out + action('end')
  }

  function statement(depth: number): string {
    return random.weighted<string>([
      [4, () => words()],
      [6, () => action(pipeline())],
      [depth > 0 ? 2 : 0, () => scoped(`if ${random.chance(0.1) ? '$c := ' : ''}${pipeline()}`, depth)],
      [depth > 0 ? 2 : 0, () => scoped(`with ${random.chance(0.2) ? '$w := ' : ''}${pipeline()}`, depth)],
      [depth > 0 ? 3 : 0, () => range(depth)],
      [2, declaration],
      [0.5, () => action(random.pick(['/* c */', '- /* c */ -', '/**/', '/* c', '// c']))],
      [loops > 0 ? 1.5 : 0.1, () => action(random.pick(['break', 'continue', 'break 1']))],
      [
        0.7,
        () =>
          action(
            `template "h.${random.pick(['name', 'dot', 'bad', 'missing', 'fail', 'empty'])}"${random.chance(0.7) ? ` ${pipeline()}` : ''}`,
          ),
      ],
      [
        0.7,
        () =>
          action(
            `include "h.${random.pick(['name', 'dot', 'bad', 'missing', 'fail', 'empty'])}" ${random.pick(['.', '$', '(dict "Chart" .Chart)', 'nil'])}${random.chance(0.3) ? ` | ${random.pick(['upper', 'nindent 2', 'quote', 'trim', 'len'])}` : ''}`,
          ),
      ],
    ])
  }

  function declaration(): string {
    const name = `$${random.pick(['x', 'y', 'z'])}`
    const assigns = variables.includes(name) && random.chance(0.5)
    const out = action(
      `${name} ${assigns ? '=' : random.chance(0.95) ? ':=' : '='} ${random.chance(0.5) ? random.pick([integer(random), quoted(random, text(random)), '.', 'dict', 'list 1', '.Values.map']) : pipeline()}`,
    )
    if (!variables.includes(name)) variables.push(name)
    return out
  }

  const out = block(3)
  return random.chance(0.18) ? broken(random, out) : out
}

/** The template with one small fault, mostly of the kind that the lexer or parser finds. */
export function broken(random: Random, template: string): string {
  const at = random.int(template.length + 1)
  return random.weighted([
    [
      4,
      () =>
        template.slice(0, at) +
        random.pick([
          '{{',
          '}}',
          '{{ end }}',
          '{{ else }}',
          '"',
          '`',
          "'",
          '(',
          ')',
          '|',
          ':=',
          '=',
          ',',
          '.',
          '$',
          '..',
          '.1',
          '1a',
          '#',
          '%',
          '\\',
          '&',
          '@',
          '\u0000',
          '{{-',
          '-}}',
          '{{/*',
          '*/}}',
          '{{ define "x" }}',
          '{{ block "x" . }}',
          '{{ break }}',
          ' | ',
          '$a $b',
          '{{ range }}',
          '{{ if }}',
          '{{ template }}',
          '{{ nil }}',
          '{{ else if }}',
          '0x',
          '1.2.3',
          "'ab'",
          '"\\q"',
          '\n',
          'é',
          '{{ }}',
          '{{ template "a" "b" "c" }}',
          '{{ define x }}',
          '{{ .x.y. }}',
          '{{ 1 | 2 }}',
          '{{ end if }}',
          '{{ else with }}',
          '[',
          '!',
          '+',
          '-',
          '_',
          '$ x',
        ]) +
        template.slice(at),
    ],
    [2, () => template.slice(0, at) + template.slice(at + random.between(1, 4))],
    [1, () => template.slice(0, at)],
  ])
}
