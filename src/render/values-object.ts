import { type GoCallable, type GoMap, type GoValue, NamedMap } from '../go/index.ts'

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
  ])
}
