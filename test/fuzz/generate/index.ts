import lists from './lists.json' with { type: 'json' }
import type { GoCallable } from '../../../src/go/index.ts'
import type { FuzzCase } from '../case.ts'
import type { Random } from '../random.ts'
import { sharedBytes, sharedFiles, sharedValues } from './data.ts'
import { type ExpressionMaker, expressionMaker, type FunctionShape } from './expression.ts'
import { formatText } from './formats.ts'
import { jsonText } from './json.ts'
import { goQuoted, quoted } from './literals.ts'
import { mergeCase } from './merge.ts'
import { patternText } from './patterns.ts'
import { schemaCase } from './schema.ts'
import { setCase, typedDump } from './set.ts'
import { broken, templateText } from './statements.ts'
import { tomlText } from './toml.ts'
import { constraintText, versionText } from './versions.ts'
import { yamlText } from './yaml.ts'

/** Makes one case of a family. */
export type CaseMaker = () => FuzzCase

/** All families by name, each with its share of a run. */
export function caseMakers(
  random: Random,
  functions: ReadonlyMap<string, GoCallable>,
): ReadonlyMap<string, readonly [share: number, CaseMaker]> {
  const shapes = functionShapes(functions)
  const expressions = expressionMaker(random, shapes)
  const snippet = (text: string): FuzzCase => snippetCase(text)
  const shown = (expression: string): string =>
    random.weighted([
      [4, () => `[{{ ${expression} }}]`],
      [2, () => `{{ with $x := ${expression} }}{{ printf "%T %v" $x $x }}{{ else }}{{ printf "%#v" $x }}{{ end }}`],
      [1, () => `{{ (${expression}) | toJson }}`],
      [1, () => `{{ ${expression} | toYaml }}`],
      [0.5, () => `{{ printf "%#v" (${expression}) }}`],
      [0.5, () => `{{ ${expression} | quote }}`],
    ])
  let turn = random.int(shapes.length)
  return new Map<string, readonly [number, CaseMaker]>([
    // Every function in turn, so that a run of a thousand cases calls each a few times.
    ['functions', [40, () => snippet(shown(expressions.call(random.int(2), shapes[turn++ % shapes.length])))]],
    ['pipelines', [10, () => snippet(shown(expressions.pipeline(2)))]],
    ['templates', [20, () => snippet(templateText(random, expressions))]],
    ['syntax', [6, () => snippet(broken(random, `a{{ ${expressions.pipeline(1)} }}b`))]],
    ['printf', [12, () => snippet(printf(random, expressions))]],
    ['regexp', [8, () => snippet(regexp(random))]],
    ['yaml', [14, () => snippet(yaml(random))]],
    [
      'toml',
      [
        5,
        () =>
          snippet(
            `{{ $t := fromToml ${goQuoted(tomlText(random))} }}{{ printf "%#v" $t }}|{{ $t | toJson }}|{{ if not (hasKey $t "Error") }}{{ $t | toToml }}{{ end }}`,
          ),
      ],
    ],
    [
      'json',
      [
        4,
        () =>
          snippet(
            `{{ $s := ${goQuoted(jsonText(random))} }}{{ fromJson $s }}|{{ fromJsonArray $s | toYaml }}|{{ fromYaml $s | toPrettyJson }}|{{ mustFromJson $s | toRawJson }}`,
          ),
      ],
    ],
    ['semver', [6, () => snippet(semver(random))]],
    ['set', [8, () => setCase(random)]],
    ['values', [6, () => ({ templates: { 'templates/t.yaml': typedDump }, valueFiles: [valuesText(random)] })]],
    ['merge', [8, () => mergeCase(random)]],
    ['schema', [8, () => schemaCase(random)]],
  ])
}

/** A template on the shared chart. */
export function snippetCase(text: string): FuzzCase {
  return {
    templates: { 'templates/t.yaml': text },
    files: { ...sharedFiles, 'values.yaml': sharedValues },
    filesBase64: sharedBytes,
  }
}

/** The text of a case on the shared chart; undefined for cases that need a chart or flags of their own. */
export function snippetOf(fuzzCase: FuzzCase): string | undefined {
  if (fuzzCase.filesBase64 !== sharedBytes) return undefined
  return fuzzCase.templates?.['templates/t.yaml']
}

/** What the generators must know of each function. */
export function functionShapes(functions: ReadonlyMap<string, GoCallable>): FunctionShape[] {
  const shapes: FunctionShape[] = []
  for (const [name, { params, variadic, result }] of functions) {
    if (name === 'call') continue
    shapes.push({ name, params, variadic: variadic ?? false, result: result ?? 'interface {}' })
  }
  return shapes.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Verbs that show a time by its methods; others show where its zone is in memory. */
const textVerbs = /%[-+# 0]*[\d.]*[vsqxXT]/g

function printf(random: Random, expressions: ExpressionMaker): string {
  for (;;) {
    const format = formatText(random)
    const operands = random.some(0, 3, () => expressions.operand('any', 1)).join(' ')
    const isSteady = !/date/i.test(operands) || !format.replace(textVerbs, '').includes('%')
    if (isSteady) return `[{{ printf ${quoted(random, format)} ${operands} }}]`
  }
}

function regexp(random: Random): string {
  const pattern = goQuoted(patternText(random))
  const subject = goQuoted(
    random.pick([
      '',
      'a',
      'abc',
      'aaa bbb',
      'a.b',
      'éa日',
      'foo=1,bar=2',
      'line\nline',
      'xAyA',
      'a1b2c3',
      '-_.',
      'A',
      'Hello World',
      'ß',
      '🙂a',
    ]),
  )
  return random.weighted([
    [1, () => `{{ mustRegexMatch ${pattern} ${subject} }}`],
    [2, () => `{{ mustRegexFindAll ${pattern} ${subject} ${random.pick(['-1', '1', '2', '0'])} | toJson }}`],
    [1, () => `{{ mustRegexSplit ${pattern} ${subject} ${random.pick(['-1', '1', '2', '0'])} | toJson }}`],
    [2, () => `{{ mustRegexReplaceAll ${pattern} ${subject} ${goQuoted(random.pick(lists.replacements))} | toJson }}`],
    [0.5, () => `{{ regexMatch ${pattern} ${subject} }}`],
    [0.5, () => `{{ regexFind ${pattern} ${subject} }}`],
  ])
}

function yaml(random: Random): string {
  const text = goQuoted(yamlText(random))
  return random.weighted([
    [3, () => `{{ fromYaml ${text} | toJson }}`],
    [3, () => `{{ fromYamlArray ${text} | toJson }}`],
    [3, () => `{{ fromYaml ${text} | toYaml }}`],
    [1, () => `{{ fromYaml ${text} | toYamlPretty }}`],
    [2, () => `{{ toYaml (dict "k" (list ${text}) ${text} 1) }}|{{ toYamlPretty (list ${text} (list ${text})) }}`],
    [1, () => `{{ ${text} | toYaml }}`],
  ])
}

function semver(random: Random): string {
  const [constraint, version] = [goQuoted(constraintText(random)), goQuoted(versionText(random))]
  return random.weighted([
    [4, () => `{{ semverCompare ${constraint} ${version} }}`],
    [
      2,
      () =>
        `{{ $v := semver ${version} }}{{ $v }}|{{ $v.Major }}.{{ $v.Minor }}.{{ $v.Patch }}|{{ $v.Prerelease }}|{{ $v.Metadata }}|{{ $v.Original }}|{{ $v.IncMinor }}|{{ $v.IncPatch }}|{{ $v.IncMajor }}|{{ $v.Original }}|{{ toJson $v }}`,
    ],
    [1, () => `{{ (semver ${version}).Compare (semver ${goQuoted(versionText(random))}) }}`],
  ])
}

/** A values file, without the zero bytes that no file of values has. */
function valuesText(random: Random): string {
  return yamlText(random).replaceAll('\u0000', '')
}
