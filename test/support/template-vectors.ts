/**
 * A driver for recorded template vectors that need only templates and values: no chart loading, files or sub-charts.
 * Sprig's functions are replaced by a handful of small ones; vectors that name others are skipped.
 */
import { readFileSync } from 'node:fs'
import {
  formatValue,
  GoNil,
  GoNumber,
  GoObject,
  goType,
  int64,
  isTrue,
  NamedMap,
  quote as goQuote,
  namedSlice,
  typedSlice,
  type GoCallable,
  type GoValue,
} from '../../src/go/index.ts'
import {
  parseTemplate,
  TemplateError,
  TemplateSet,
  type Execution,
  type ExecutionCallable,
} from '../../src/template/index.ts'
import { load as loadYaml } from 'js-yaml'

/** One line of a vector file. */
export interface TemplateVector {
  readonly id: string
  readonly templates: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly filesBase64?: Readonly<Record<string, string>>
  readonly values?: string
  readonly set?: readonly string[]
  readonly chart?: unknown
  readonly release?: Readonly<Record<string, unknown>>
  readonly capabilities?: unknown
  readonly options?: { readonly strict?: boolean; readonly lint?: boolean }
  readonly expect?: Readonly<Record<string, string>>
  readonly expectBase64?: Readonly<Record<string, string>>
  readonly error?: string
}

/** Reads a vector file. */
export function readVectors(path: string): TemplateVector[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TemplateVector)
}

/** Plain JSON-like data as Go decodes it. */
export function toGo(value: unknown): GoValue {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.map(toGo)
  if (typeof value === 'object') return new Map(Object.entries(value).map(([key, item]) => [key, toGo(item)]))
  return value as string | number | boolean
}

const any = 'interface {}'
const one = ['string'] as const

function fn(params: readonly string[], call: GoCallable['call'], rest: Partial<GoCallable> = {}): GoCallable {
  return { params, call, ...rest }
}

const toInt = (value: GoValue): bigint =>
  value instanceof GoNumber ? BigInt(Math.trunc(Number(value.value))) : BigInt(Math.trunc(Number(value ?? 0)) || 0)

/** Small stand-ins for the functions that the vectors of the language use most. */
export const testFunctions: ReadonlyMap<string, GoCallable> = new Map<string, GoCallable>([
  ['list', fn([any], (...items) => items, { variadic: true, result: '[]interface {}' })],
  ['tuple', fn([any], (...items) => items, { variadic: true, result: '[]interface {}' })],
  [
    'dict',
    fn(
      [any],
      (...items) => {
        const map = new Map<GoValue, GoValue>()
        for (let i = 0; i < items.length; i += 2)
          map.set(formatValue(items[i]), i + 1 < items.length ? items[i + 1] : '')
        return map
      },
      { variadic: true, result: 'map[string]interface {}' },
    ),
  ],
  ['upper', fn(one, (text) => String(text).toUpperCase(), { result: 'string' })],
  ['lower', fn(one, (text) => String(text).toLowerCase(), { result: 'string' })],
  [
    'quote',
    fn(
      [any],
      (...items) =>
        items
          .filter((i) => i !== null)
          .map((i) => `"${formatValue(i)}"`)
          .join(' '),
      { variadic: true, result: 'string' },
    ),
  ],
  ['int', fn([any], (value) => toInt(value), { result: 'int' })],
  ['int64', fn([any], (value) => int64(toInt(value)), { result: 'int64' })],
  ['float64', fn([any], (value) => Number(value instanceof GoNumber ? value.value : value), { result: 'float64' })],
  ['toString', fn([any], (value) => formatValue(value), { result: 'string' })],
  [
    'add',
    fn([any], (...items) => int64(items.reduce<bigint>((sum, item) => sum + toInt(item), 0n)), {
      variadic: true,
      result: 'int64',
    }),
  ],
  [
    'default',
    fn([any, any], (fallback, ...given) => (given.length === 0 || !isTrue(given[0]) ? fallback : given[0]), {
      variadic: true,
    }),
  ],
  [
    'until',
    fn(
      ['int'],
      (count) =>
        typedSlice(
          'int',
          Array.from({ length: Number(count) }, (_, i) => BigInt(i)),
        ),
      { result: '[]int' },
    ),
  ],
  [
    'splitList',
    fn(['string', 'string'], (separator, text) => typedSlice('string', String(text).split(String(separator))), {
      result: '[]string',
    }),
  ],
  ['typeOf', fn([any], (value) => goType(value), { result: 'string' })],
  [
    'repeat',
    fn(
      ['int', 'string'],
      (count, text) => {
        if (Number(count) < 0) throw new Error('strings: negative Repeat count')
        return String(text).repeat(Number(count))
      },
      { result: 'string' },
    ),
  ],
  ['get', fn(['map[string]interface {}', 'string'], (map, key) => (map instanceof Map ? (map.get(key) ?? '') : ''))],
  [
    'set',
    fn(
      ['map[string]interface {}', 'string', any],
      (map, key, value) => {
        if (map instanceof GoNil) throw new Error('assignment to entry in nil map')
        ;(map as Map<GoValue, GoValue>).set(key, value)
        return map
      },
      { result: 'map[string]interface {}' },
    ),
  ],
  [
    'hasKey',
    fn(['map[string]interface {}', 'string'], (map, key) => map instanceof Map && map.has(key), { result: 'bool' }),
  ],
  ['ternary', fn([any, any, 'bool'], (yes, no, test) => (test === true ? yes : no))],
  [
    'nindent',
    fn(['int', 'string'], (count, text) => `\n${String(text).replace(/^/gm, ' '.repeat(Number(count)))}`, {
      result: 'string',
    }),
  ],
  [
    'indent',
    fn(
      ['int', 'string'],
      (count, text) => {
        if (Number(count) < 0) throw new Error('strings: negative Repeat count')
        return String(text).replace(/^/gm, ' '.repeat(Number(count)))
      },
      { result: 'string' },
    ),
  ],
  ['trunc', fn(['int', 'string'], (count, text) => String(text).slice(0, Number(count)), { result: 'string' })],
  [
    'substr',
    fn(['int', 'int', 'string'], (from, to, text) => String(text).slice(Number(from), Number(to)), {
      result: 'string',
    }),
  ],
  [
    'fail',
    fn(
      one,
      (text) => {
        throw new Error(`HELM_ERR_START${text}HELM_ERR_END`)
      },
      { result: 'string' },
    ),
  ],
  [
    'required',
    fn(['string', any], (text, value) => {
      if (value === null || value === '') throw new Error(`HELM_ERR_START${text}HELM_ERR_END`)
      return value
    }),
  ],
  [
    'split',
    fn(
      ['string', 'string'],
      (separator, text) =>
        new Map(
          String(text)
            .split(String(separator))
            .map((part, i) => [`_${i}`, part]),
        ),
      { result: 'map[string]string' },
    ),
  ],
  [
    'keys',
    fn(['map[string]interface {}'], (map) => typedSlice('string', (map as Map<GoValue, GoValue>).keys()), {
      variadic: true,
      result: '[]string',
    }),
  ],
  ['include', { ...fn(['string', any], () => ''), result: 'string', callIn: include } as ExecutionCallable],
  ['tpl', { ...fn(['string', any], () => ''), result: 'string', callIn: runText } as ExecutionCallable],
])

const depths = new Map<string, number>()

function include(execution: Execution, name: GoValue, data: GoValue): GoValue {
  const key = String(name)
  const depth = depths.get(key) ?? 0
  if (depth > 1000) {
    throw new Error(`rendering template has a nested reference name: ${key}: unable to execute template`)
  }
  depths.set(key, depth + 1)
  const text = execution.render(key, data)
  depths.set(key, depth)
  return text
}

function runText(execution: Execution, text: GoValue, data: GoValue): GoValue {
  try {
    return execution.renderText('gotpl', String(text), data).replaceAll('<no value>', '')
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const doing = error.code === 'TEMPLATE_PARSE' ? 'cannot parse template' : 'error during tpl function execution for'
    throw new Error(`${doing} ${goQuote(String(text))}: ${error.message}`, { cause: error })
  }
}

/** The names that a template's actions use as functions, roughly. */
function usedNames(vector: TemplateVector): string[] {
  const names: string[] = []
  for (const text of Object.values(vector.templates)) {
    for (const action of text.match(/\{\{.*?\}\}/gs) ?? []) {
      names.push(...(action.replace(/"(\\.|[^"\\])*"|`[^`]*`/g, '').match(/(?<![.$\w])[a-zA-Z]\w*/g) ?? []))
    }
  }
  return names
}

const KEYWORDS = new Set([
  'if',
  'else',
  'end',
  'range',
  'with',
  'define',
  'block',
  'template',
  'break',
  'continue',
  'nil',
  'true',
  'false',
])

/** Whether the stand-ins are enough for a vector. `known`: all names that real Helm defines. */
export function isSupported(vector: TemplateVector, known: ReadonlySet<string>): boolean {
  if (
    vector.options?.lint === true ||
    vector.files !== undefined ||
    vector.set !== undefined ||
    vector.chart !== undefined
  )
    return false
  if (vector.capabilities !== undefined || vector.filesBase64 !== undefined) return false
  return usedNames(vector).every((name) => KEYWORDS.has(name) || testFunctions.has(name) || !known.has(name))
}

/** Output per path, or the error's text in Go's form. */
export type VectorOutcome = { readonly expect: Record<string, string> } | { readonly error: string }

/** Runs a vector on the template language alone. */
export function runVector(vector: TemplateVector): VectorOutcome {
  depths.clear()
  try {
    const set = new TemplateSet('gotpl')
    const paths = Object.keys(vector.templates).sort((a, b) => {
      const depth = b.split('/').length - a.split('/').length
      return depth !== 0 ? depth : a < b ? 1 : -1
    })
    for (const path of paths) {
      set.add(parseTemplate(`c/${path}`, vector.templates[path] ?? '', { functions: testFunctions }))
    }
    const values = new NamedMap({
      typeName: 'common.Values',
      entries: (toGo(loadYaml(vector.values ?? '{}')) ?? new Map()) as Map<GoValue, GoValue>,
    })
    const expect: Record<string, string> = {}
    for (const path of paths) {
      if (path.split('/').at(-1)?.startsWith('_')) continue
      const data = new NamedMap({
        typeName: 'common.Values',
        entries: new Map<GoValue, GoValue>([
          ['Values', values],
          ['Release', toGo({ Name: 'rel', Namespace: 'ns', Service: 'Helm', IsInstall: true, IsUpgrade: false })],
          ['Chart', toGo({ Name: 'c', Version: '0.1.0', ApiVersion: 'v2', IsRoot: true })],
          ['Template', toGo({ Name: `c/${path}`, BasePath: 'c/templates' })],
          [
            'Files',
            new NamedMap({
              typeName: 'engine.files',
              elementType: '[]uint8',
              methods: () => new Map([['Get', fn(one, () => '', { result: 'string' })]]),
            }),
          ],
          ['Subcharts', new Map()],
          ['Capabilities', capabilities()],
        ]),
      })
      ;(data.get('Release') as Map<GoValue, GoValue>).set('Revision', 1n)
      const text = set.execute(`c/${path}`, data, {
        functions: testFunctions,
        missingKey: vector.options?.strict === true ? 'error' : 'zero',
      })
      expect[`c/${path}`] = text.replaceAll('<no value>', '')
    }
    return { expect }
  } catch (error) {
    return { error: helmText(error) }
  }
}

function capabilities(): GoObject {
  const version = new GoObject({
    typeName: 'common.KubeVersion',
    fields: new Map([
      ['Version', 'v1.36.0'],
      ['Major', '1'],
      ['Minor', '36'],
    ]),
    text: () => 'v1.36.0',
  })
  return new GoObject({
    typeName: 'common.Capabilities',
    pointer: true,
    fields: new Map<string, GoValue>([
      ['KubeVersion', version],
      [
        'APIVersions',
        namedSlice(
          {
            typeName: 'common.VersionSet',
            elementType: 'string',
            methods: (self) => new Map([['Has', fn(one, (name) => self.includes(name), { result: 'bool' })]]),
          },
          ['v1'],
        ),
      ],
    ]),
  })
}

/** Helm's shape of an error, as far as the template language decides it. */
function helmText(error: unknown): string {
  if (!(error instanceof TemplateError)) return `not a template error: ${String(error)} ${(error as Error).stack}`
  const text = error.message
  if (error.code === 'TEMPLATE_PARSE') {
    const tokens = text.split(': ')
    return `parse error at (${tokens[1]}): ${tokens.at(-1)}`
  }
  const tokens = text.split(': ')
  const warn = /HELM_ERR_START([\s\S]*)HELM_ERR_END/.exec(text)
  if (warn !== null) return `execution error at (${tokens[1]}): ${warn[1]}`
  const lines: string[] = []
  for (let current: unknown = error; current !== undefined; current = (current as Error).cause) {
    if (!(current instanceof TemplateError)) return text
    if (current.code === 'TEMPLATE_MISSING') {
      lines.push(`${current.message}\n`)
      continue
    }
    const place = current.place
    let reason = place.reason
    const cut = reason.indexOf(' template:')
    if (cut >= 0) reason = reason.slice(0, cut)
    lines.push(
      `${place.file}:${place.line}:${place.column}\n  executing "${place.template}" at <${place.node}>:\n    ${reason}\n`,
    )
  }
  return lines
    .filter((line, i) => line !== lines[i - 1])
    .join('')
    .trim()
}
