import lists from './lists.json' with { type: 'json' }
import type { FuzzCase } from '../case.ts'
import type { Random } from '../random.ts'
import { jsonText } from './json.ts'
import { text } from './literals.ts'

const { setNames: names } = lists
const { setItems: items } = lists

/** One argument of `--set`. */
export function setArgument(random: Random): string {
  return random
    .some(1, 3, () => `${random.pick(names)}=${random.chance(0.8) ? random.pick(items) : jsonText(random)}`)
    .join(random.pick([',', ',,', ' ']))
}

/** A chart with a few default values and arguments for every kind of `--set`. */
export function setCase(random: Random): FuzzCase {
  const assignment = (): string =>
    random.chance(0.97)
      ? `${random.pick(names.slice(0, random.chance(0.75) ? 12 : names.length))}=${random.chance(0.92) ? random.pick(items) : text(random)}`
      : random.pick(names)
  const list = (): string =>
    random.some(1, random.chance(0.4) ? 3 : 1, assignment).join(random.pick([',', ',', ',,', ', ']))
  const json = (): string =>
    random.chance(0.2)
      ? jsonText(random)
      : random
          .some(
            1,
            random.chance(0.3) ? 2 : 1,
            () => `${random.pick(names.slice(0, 14))}=${random.chance(0.8) ? jsonText(random) : random.pick(items)}`,
          )
          .join(',')
  const file = (): string =>
    `${random.pick(names.slice(0, 14))}=${random.pick(['f.txt', 'g.txt', 'missing', '', 'f.txt,b=g.txt', ' f.txt', '{f.txt}', 'f\\.txt'])}`
  const many = (probability: number, make: () => string): string[] =>
    random.chance(probability) ? random.some(1, 3, make) : []
  const flags = {
    set: many(0.7, list),
    setString: many(0.3, list),
    setJson: many(0.25, json),
    setLiteral: many(0.2, () => `${random.pick(names)}=${random.chance(0.7) ? random.pick(items) : text(random)}`),
    setFile: many(0.15, file),
  }
  const usable = Object.fromEntries(
    Object.entries(flags).map(([flag, args]) => [flag, args.filter((arg) => !arg.includes('\u0000'))]),
  )
  return {
    templates: { 'templates/t.yaml': typedDump },
    files: random.chance(0.5)
      ? {}
      : {
          'values.yaml': random.pick(['a: 1\n', 'a: {b: 1, c: x}\nb: [1, 2]\n', 'a: [{b: 1}, 2]\nc: null\n', 'a: x\n']),
        },
    ...(random.chance(0.3)
      ? {
          valueFiles: random.some(1, 2, () =>
            random.pick([
              'a: {b: {c: 1}}\n',
              'a: [x, y]\n',
              'b: null\n',
              'a: null\nc: {d: 1}\n',
              'a: 1.0\n',
              'a: [1\n',
            ]),
          ),
        }
      : {}),
    ...usable,
    inputs: { 'f.txt': 'file text\n', 'g.txt': 'a: 1\nb: é\n' },
  }
}

/** Shows values with the Go type of every scalar. */
export const typedDump = `{{- define "dump" }}{{ if kindIs "map" . }}{ {{ range $k, $v := . }}{{ $k | quote }}: {{ include "dump" $v }}; {{ end }}}{{ else if kindIs "slice" . }}[{{ range . }}{{ include "dump" . }}; {{ end }}]{{ else }}{{ printf "%T:%v" . . }}{{ end }}{{ end -}}
values: {{ toYaml .Values | b64enc }}
types: {{ include "dump" .Values | b64enc }}`
