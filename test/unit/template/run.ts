import { NamedMap, sprint, type GoCallable, type GoValue } from '../../../src/go/index.ts'
import {
  type ExecutionCallable,
  type MissingKey,
  parseTemplate,
  TemplateCache,
  TemplateSet,
} from '../../../src/template/index.ts'

const any = 'interface {}'

/** A few functions with Go's signatures, enough to test the language. */
export const functions: ReadonlyMap<string, GoCallable> = new Map<string, GoCallable>([
  ['list', { params: [any], variadic: true, result: '[]interface {}', call: (...items) => items }],
  [
    'dict',
    {
      params: [any],
      variadic: true,
      result: 'map[string]interface {}',
      call: (...items) => {
        const map = new Map<GoValue, GoValue>()
        for (let i = 0; i < items.length; i += 2) map.set(sprint(items[i]), items[i + 1])
        return map
      },
    },
  ],
  ['upper', { params: ['string'], result: 'string', call: (text) => String(text).toUpperCase() }],
  ['twice', { params: ['int'], result: 'int', call: (value) => (value as bigint) * 2n }],
  [
    'fail',
    {
      params: ['string'],
      result: 'string',
      call: (text) => {
        throw new Error(String(text))
      },
    },
  ],
  [
    'include',
    {
      params: ['string', any],
      result: 'string',
      call: () => '',
      callIn: (execution, name, data) => execution.render(String(name), data),
    } satisfies ExecutionCallable as GoCallable,
  ],
  [
    'tpl',
    {
      params: ['string', any],
      result: 'string',
      call: () => '',
      callIn: (execution, text, data) => execution.renderParsed(texts.parse('gotpl', String(text)), data),
    } satisfies ExecutionCallable as GoCallable,
  ],
])

const texts = new TemplateCache(functions)

/** Plain data as decoded YAML gives it. */
export function toGo(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(toGo)
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, item]) => [key, toGo(item)]))
  }
  return value as GoValue
}

/** Renders one text named `t` with `.Values`. */
export function render(text: string, values: unknown = {}, missingKey: MissingKey = 'zero'): string {
  const set = new TemplateSet()
  set.add(parseTemplate('t', text, functions))
  const named = new NamedMap({ typeName: 'common.Values', entries: toGo(values) as Map<GoValue, GoValue> })
  return set.execute('t', new Map([['Values', named]]), { functions, missingKey })
}
