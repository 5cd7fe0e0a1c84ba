import lists from './lists.json' with { type: 'json' }
import type { Random } from '../random.ts'
import { constraintText, versionText } from './versions.ts'
import { goQuoted, quoted, text } from './literals.ts'
import { patternText } from './patterns.ts'
import { formatText } from './formats.ts'
import { jsonText } from './json.ts'
import { tomlText } from './toml.ts'
import { yamlText } from './yaml.ts'

/** Makes an expression for one argument of a function. */
export type Hint = (random: Random) => string

const { hintsLayouts: layouts } = lists
const { hintsZones: zones } = lists
const { hintsDates: dates } = lists
const { hintsDurations: durations } = lists
const { hintsUrls: urls } = lists
const { hintsWords: words } = lists
const { hintsKeys: keys } = lists

const from =
  (list: readonly string[]): Hint =>
  (random) =>
    quoted(random, random.chance(0.1) ? text(random) : random.pick(list))
const made =
  (make: (random: Random) => string): Hint =>
  (random) =>
    quoted(random, make(random))
const key = from(keys)
const layout = from(layouts)
const zone = from(zones)
const pattern = made(patternText)
const replacement = from(lists.replacements)
const limit: Hint = (random) => random.pick(['-1', '0', '1', '2', '3', '-2', '10'])
const small: Hint = (random) => random.pick(['0', '1', '2', '3', '5', '8', '-1', '-3', '20', '40', '4'])
const none = undefined

/** Arguments that suit a function better than any of their type; a hint is left out where the type says enough. */
export const hints: Readonly<Record<string, readonly (Hint | undefined)[]>> = {
  date: [layout],
  dateInZone: [layout, none, zone],
  date_in_zone: [layout, none, zone],
  htmlDateInZone: [none, zone],
  dateModify: [from(durations)],
  mustDateModify: [from(durations)],
  date_modify: [from(durations)],
  must_date_modify: [from(durations)],
  toDate: [layout, from(dates)],
  mustToDate: [layout, from(dates)],
  duration: [
    (random) =>
      random.chance(0.5)
        ? random.pick(['95', '"95"', '3661', '-60', '1.5', '"x"', '86400', '0', '"1e3"', '9223372036'])
        : quoted(random, random.pick(durations)),
  ],
  durationRound: [
    (random) =>
      random.chance(0.6)
        ? quoted(random, random.pick(durations))
        : random.pick(['(int64 3600000000000)', '90000000000', '2.5', '"2h10m5s"', '(int64 -5000000000)']),
  ],
  regexMatch: [pattern],
  mustRegexMatch: [pattern],
  regexFind: [pattern],
  mustRegexFind: [pattern],
  regexFindAll: [pattern, none, limit],
  mustRegexFindAll: [pattern, none, limit],
  regexReplaceAll: [pattern, none, replacement],
  mustRegexReplaceAll: [pattern, none, replacement],
  regexReplaceAllLiteral: [pattern, none, replacement],
  mustRegexReplaceAllLiteral: [pattern, none, replacement],
  regexSplit: [pattern, none, limit],
  mustRegexSplit: [pattern, none, limit],
  semver: [made(versionText)],
  semverCompare: [made(constraintText), made(versionText)],
  urlParse: [from(urls)],
  urlJoin: [
    (random) =>
      random.chance(0.6)
        ? `(urlParse ${goQuoted(random.pick(urls))})`
        : `(dict ${random.some(0, 5, () => `${goQuoted(random.pick(['scheme', 'host', 'path', 'query', 'fragment', 'userinfo', 'opaque', 'hostname']))} ${random.chance(0.9) ? goQuoted(random.pick(['http', 'h:1', '/p', 'p', 'q=1', 'f', 'u:p', 'a b', 'é', '', '%zz', 'u@x'])) : random.pick(['1', 'nil', 'true'])}`).join(' ')})`,
  ],
  fromJson: [made(jsonText)],
  fromJsonArray: [made(jsonText)],
  mustFromJson: [made(jsonText)],
  fromYaml: [made(yamlText)],
  fromYamlArray: [made(yamlText)],
  fromToml: [made(tomlText)],
  kindIs: [from(words)],
  typeIs: [from(words)],
  typeIsLike: [from(words)],
  get: [none, key],
  set: [none, key],
  unset: [none, key],
  hasKey: [none, key],
  pluck: [key, none, none],
  pick: [none, key, key],
  omit: [none, key, key],
  dig: [key, key, none, none],
  abbrev: [small],
  abbrevboth: [small, small],
  trunc: [small],
  substr: [small, small],
  wrap: [small],
  wrapWith: [small, from(['\n', '', '|', ', ', 'é'])],
  indent: [small],
  nindent: [small],
  repeat: [(random) => random.pick(['0', '1', '2', '3', '-1', '5'])],
  until: [(random) => random.pick(['0', '1', '3', '-3', '10'])],
  untilStep: [small, small, (random) => random.pick(['1', '2', '-1', '-2', '0', '3'])],
  seq: [small, small, small],
  chunk: [(random) => random.pick(['1', '2', '3', '10', '-1', '0'])],
  mustChunk: [(random) => random.pick(['1', '2', '5', '-1', '0'])],
  splitn: [from([',', '', '.', ' ', 'é']), limit],
  split: [from([',', '', '.', ' ', '-'])],
  splitList: [from([',', '', '.', ' ', '-'])],
  trimAll: [from(['a', ' ', 'é', '', '- ', 'ab'])],
  trimall: [from(['a', ' ', 'é', '', '- ', 'ab'])],
  round: [
    none,
    (random) => random.pick(['0', '1', '2', '3', '-1', '-2', '10', '20']),
    (random) => random.pick(['0.5', '0.1', '0.9', '1.0', '0.0']),
  ],
  join: [from([',', '', ' ', '-', 'é'])],
  printf: [made(formatText)],
  b64dec: [
    from([
      'aGVsbG8=',
      'aGVsbG8',
      'YQ==',
      'YQ',
      '!',
      '',
      'a',
      'ab',
      'abc',
      'aGVs\nbG8=',
      '_-8=',
      '+/8=',
      'YR==',
      '/w==',
    ]),
  ],
  b32dec: [from(['MFRGG===', 'MFRGG', 'mfrgg===', '', '1', 'MY======', 'MZ======', 'MFRGGZDF\n'])],
  genPrivateKey: [from(['x', '', 'RSA', 'dsa2'])],
  derivePassword: [small, from(['long', 'maximum', 'medium', 'short', 'basic', 'pin', 'x', ''])],
  buildCustomCert: [
    from(['', 'YQ==', '!', 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=']),
    from(['', 'YQ==']),
  ],
  decryptAES: [
    from(['key', '', 'secretkey']),
    from([
      '',
      'YQ==',
      '!',
      '30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=',
      'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    ]),
  ],
  include: [from(['h.name', 'h.dot', 'h.fail', 'h.bad', 'h.missing', 'h.empty', 'h.loop'])],
  tpl: [
    from([
      '{{ . }}',
      '{{ .Values.str }}',
      '{{ .x',
      '{{ include "h.dot" . }}',
      'plain',
      '{{ fail "in tpl" }}',
      '{{ .a.b.c }}',
      '{{ define "q" }}z{{ end }}{{ include "q" . }}',
      '{{ .Values.nothing.x }}',
      '{{ tpl "{{ .y }}" . }}',
      '{{ nope }}',
      '{{ required "r" .m }}',
      '{{ template "h.name" . }}',
      '{{- range . }}{{ . }}{{ end -}}',
      '{{ 1 }}{{ nil }}',
      '{{ toYaml . }}',
    ]),
  ],
  required: [from(['need it', '', 'a: b', '%s', 'multi\nline', 'template: x'])],
  fail: [from(['boom', '', 'a: b', 'multi\nline', '%d', 'template: x: y', ' executing "x" at <y>: z'])],
  index: [
    none,
    (random) => (random.chance(0.5) ? small(random) : key(random)),
    (random) => (random.chance(0.5) ? small(random) : key(random)),
  ],
  slice: [none, small, small, small],
  mustSlice: [none, small, small],
}
