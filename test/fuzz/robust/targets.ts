import { gzipSync } from 'node:zlib'
import { silentLog } from '../../../src/base/index.ts'
import { loadChartArchive, mergeValueSources, parseIgnoreRules, parseValues } from '../../../src/chart/index.ts'
import { emitYaml, fromToml, parseJson, parseYaml, toToml } from '../../../src/encoding/index.ts'
import { fromBytes } from '../../../src/go/index.ts'
import { parseIndex } from '../../../src/repo/index.ts'
import { parseConstraint, parseStrictVersion, parseVersion } from '../../../src/version/index.ts'
import { jsonText } from '../generate/json.ts'
import { text } from '../generate/literals.ts'
import { setArgument } from '../generate/set.ts'
import { tomlText } from '../generate/toml.ts'
import { constraintText, versionText } from '../generate/versions.ts'
import { yamlText } from '../generate/yaml.ts'
import { expressionMaker } from '../generate/expression.ts'
import { functionShapes, snippetCase } from '../generate/index.ts'
import { templateText } from '../generate/statements.ts'
import { allFunctions } from '../ours.ts'
import { answerVector } from '../../conformance/template-cases.ts'
import type { Random } from '../random.ts'
import { tarOf } from './tar.ts'

/** A parser under test: inputs to begin with, what one piece of its language looks like, and the call. */
export interface Target {
  /** Makes an input, mostly of the language. */
  readonly make: (random: Random) => Uint8Array
  /** Pieces that are repeated to make deep and long inputs. */
  readonly pieces: readonly string[]
  /** Reads an input; throws what it throws. */
  readonly run: (input: Uint8Array) => void
}

const made = (make: (random: Random) => string) => (random: Random) => Buffer.from(make(random))

const index = (random: Random): string =>
  `apiVersion: v1\nentries:\n  ${random.pick(['a', 'b', '""', 'a b'])}:\n  - name: a\n    version: ${versionText(random)}\n    urls: [${random.pick(['x.tgz', '"http://h/x.tgz"', '', 'null'])}]\n` +
  `    created: ${random.pick(['2024-01-02T03:04:05Z', 'x', '1', 'null'])}\n${random.chance(0.3) ? yamlText(random) : ''}`

const ignoreRules = (random: Random): string =>
  random
    .some(0, 6, () =>
      random.pick([
        '*.a',
        '!x',
        '/a/b',
        'a/',
        '**',
        '[a-',
        'a?b',
        '#c',
        ' x ',
        '\\',
        '[^a]',
        '!',
        text(random),
        '*/*',
        '[!a-z]*',
      ]),
    )
    .join('\n')

function templates(): (random: Random) => string {
  const shapes = functionShapes(allFunctions()).filter(({ name }) => !/^(?:gen|bcrypt|htpasswd|derive)/.test(name))
  return (random) => templateText(random, expressionMaker(random, shapes))
}

const archive = (random: Random): Uint8Array => {
  const names = [
    'c/Chart.yaml',
    'c/values.yaml',
    'c/templates/t.yaml',
    '../x',
    '/abs',
    'c/../../x',
    'c',
    'c/charts/s/Chart.yaml',
    'c\\x',
    '',
    'c/a\u0000b',
    'C:\\x',
  ]
  const files = random.some(0, 5, () => ({
    name: random.pick(names),
    data: Buffer.from(random.chance(0.5) ? 'apiVersion: v2\nname: c\nversion: 0.1.0\n' : yamlText(random)),
    type: random.pick(['0', '0', '0', '0', '5', '2', '1', 'x', 'g', 'L', '7', '\u0000']),
  }))
  const tar = tarOf(files)
  return random.chance(0.9) ? gzipSync(random.chance(0.8) ? tar : mutated(random, tar, [])) : tar
}

function runTemplate(input: Uint8Array): void {
  const answer = answerVector({ id: 'robust', ...snippetCase(fromBytes(input)) })
  if ('error' in answer) throw answer.error
}

function runSet(input: Uint8Array): void {
  const argument = fromBytes(input)
  const flags = ['set', 'setString', 'setLiteral', 'setJson', 'setFile'] as const
  let problem: unknown
  for (const flag of flags) {
    try {
      mergeValueSources({ [flag]: [argument] }, () => Buffer.from('x'))
    } catch (error) {
      problem ??= error
    }
  }
  if (problem !== undefined) throw problem
}

/** All parsers that read what others have written. */
export const targets: Readonly<Record<string, Target>> = {
  template: {
    make: (random) => Buffer.from(templates()(random)),
    pieces: [
      '(',
      '{{ if 1 }}',
      '{{ range .Values.list }}',
      '| quote ',
      '.a',
      '$x := ',
      '{{/*',
      '"',
      '{{ define "a" }}',
      '{{ template "h.dot" . }}',
      '{{ tpl .x . }}',
      '(list ',
      '{{ with . }}',
      '{{- -}}',
      '{{ else }}',
      '}}',
      '{{ end }}',
      ' 1',
    ],
    run: runTemplate,
  },
  yaml: {
    make: made(yamlText),
    pieces: [
      '- ',
      '[',
      '{',
      '{a: ',
      '? ',
      'a: &x [*x, ',
      '"',
      "'",
      '*a ',
      '&a ',
      '!!',
      '|\n ',
      '  ',
      '\n',
      '---\n',
      'a: ',
      '- - ',
      '<<: *a\n',
      '#',
      '%',
    ],
    run: (input) => {
      parseValues(fromBytes(input))
      emitYaml(parseYaml(fromBytes(input), { strict: true }))
    },
  },
  json: {
    make: made(jsonText),
    pieces: ['[', '{"a":', '"', '\\u', '1', ',', '{}', '[[', '-', '1e'],
    run: (input) => {
      parseJson(fromBytes(input))
    },
  },
  toml: {
    make: made(tomlText),
    pieces: ['[', '{a=', 'a.', '"', "'''", '[[a]]\n', '[a.b]\n', 'a=1\n', '1', '_', '\\u', '#'],
    run: (input) => {
      toToml(fromToml(fromBytes(input)))
    },
  },
  set: {
    make: made(setArgument),
    pieces: ['a.', 'a[0]', '{', 'a=1,', '\\', '[', ']', '=', ',', 'a[65].'],
    run: runSet,
  },
  archive: {
    make: archive,
    pieces: ['a', '\u0000', '0000644'],
    run: (input) => {
      loadChartArchive(input, { log: silentLog })
    },
  },
  helmignore: {
    make: made(ignoreRules),
    pieces: ['*', '?', '[', '/', '!', '**/', 'a*', '\\', '\n'],
    run: (input) => {
      const rules = parseIgnoreRules(fromBytes(input))
      for (const path of ['a', 'a/b/c', `${'a'.repeat(200)}b`, 'a/'.repeat(60)]) rules.ignores(path, path.endsWith('/'))
    },
  },
  index: {
    make: made(index),
    pieces: ['  - name: a\n', '  a: []\n', '[', '{', '- '],
    run: (input) => {
      parseIndex(input, 'index.yaml', silentLog)
    },
  },
  constraint: {
    make: made((random) => (random.chance(0.8) ? constraintText(random) : versionText(random))),
    pieces: ['1.', '>', '||', ' ', ',', '-', '.x', '*', '^', '~1', ' - ', '9', 'a'],
    run: (input) => {
      const value = fromBytes(input)
      for (const parse of [parseVersion, parseStrictVersion]) {
        try {
          parse(value)
        } catch (error) {
          if (!(error instanceof Error) || !('code' in error)) throw error
        }
      }
      parseConstraint(value).validate(parseVersion('1.2.3'))
    },
  },
}

/** An input with some bytes changed, pieces put in once or very often, or parts doubled. */
export function mutated(random: Random, input: Uint8Array, pieces: readonly string[]): Uint8Array {
  const bytes = Buffer.from(input)
  const at = random.int(bytes.length + 1)
  const insert = (what: Uint8Array): Uint8Array => Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)])
  return random.weighted<Uint8Array>([
    [3, () => insert(Buffer.from(random.some(1, 3, () => random.int(256))))],
    [
      3,
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + random.between(1, 8)))]),
    ],
    [2, () => Buffer.from(bytes.map((byte) => (random.chance(0.03) ? byte ^ (1 << random.int(8)) : byte)))],
    [pieces.length > 0 ? 3 : 0, () => insert(Buffer.from(random.pick(pieces).repeat(random.pick([1, 2, 5, 40]))))],
    [
      pieces.length > 0 ? 0.4 : 0,
      () => insert(Buffer.from(random.pick(pieces).repeat(random.pick([500, 1500, 4000])))),
    ],
    [1, () => Buffer.concat([bytes, bytes.subarray(at)])],
    [1, () => bytes.subarray(0, at)],
  ])
}
