import { tableAt, valueAt } from '../chart/index.ts'
import { emitYaml } from '../encoding/index.ts'
import { type GoCallable, type GoMap, type GoValue, NamedMap, quote } from '../go/index.ts'
import { renderError } from './errors.ts'

/**
 * A map under Helm's type `common.Values`. Changes that a template makes (`set .Values …`) also reach the map it was made from,
 * because in Go both are one map.
 */
export class ValuesMap extends NamedMap {
  readonly #backing: GoMap
  #ready = false

  constructor(backing: GoMap) {
    super({ typeName: 'common.Values', entries: backing, methods: valuesMethods })
    this.#backing = backing
    this.#ready = true
  }

  override set(key: GoValue, value: GoValue): this {
    // The constructor of Map calls set before the private fields exist.
    if (#ready in this && this.#ready) this.#backing.set(key, value)
    return super.set(key, value)
  }

  override delete(key: GoValue): boolean {
    this.#backing.delete(key)
    return super.delete(key)
  }
}

function valuesMethods(values: NamedMap): ReadonlyMap<string, GoCallable> {
  return new Map<string, GoCallable>([
    ['AsMap', { params: [], result: 'map[string]interface {}', call: () => new Map(values) }],
    ['YAML', { params: [], result: 'string', call: () => emitYaml(values) }],
    ['Table', { params: ['string'], result: 'common.Values', call: (path) => tableOf(values, String(path)) }],
    ['PathValue', { params: ['string'], result: 'interface {}', call: (path) => pathValueOf(values, String(path)) }],
    [
      'Encode',
      {
        params: ['io.Writer'],
        result: 'error',
        call: () => {
          throw renderError('RENDER_EXEC', 'Encode needs a writer')
        },
      },
    ],
  ])
}

function tableOf(values: NamedMap, path: string): ValuesMap {
  const found = tableAt(values, path)
  if ('table' in found) return found.table instanceof ValuesMap ? found.table : new ValuesMap(found.table)
  throw renderError('RENDER_EXEC', found.missing)
}

function pathValueOf(values: NamedMap, path: string): GoValue {
  if (path === '') throw renderError('RENDER_EXEC', 'YAML path cannot be empty')
  const { found, value } = valueAt(values, path)
  if (found) return value
  throw renderError('RENDER_EXEC', `${quote(path.slice(path.lastIndexOf('.') + 1))} is not a value`)
}
