import type { ResourceDefinition } from './resource.ts'

/** The resources that are served right now: the catalog and what CustomResourceDefinitions add. */
export class ResourceRegistry {
  readonly #byPath = new Map<string, ResourceDefinition>()
  readonly #listeners = new Set<() => void>()
  #all: readonly ResourceDefinition[] | undefined

  constructor(definitions: readonly ResourceDefinition[]) {
    for (const definition of definitions) this.#byPath.set(pathOf(definition, definition.plural), definition)
  }

  find(gv: { readonly group: string; readonly version: string }, plural: string): ResourceDefinition | undefined {
    return this.#byPath.get(pathOf(gv, plural))
  }

  /** The definition of a kind, whatever its plural. */
  findKind(gv: { readonly group: string; readonly version: string }, kind: string): ResourceDefinition | undefined {
    return this.all().find((d) => d.group === gv.group && d.version === gv.version && d.kind === kind)
  }

  /** Whether there is anything of this version of this group. */
  serves({ group, version }: { readonly group: string; readonly version: string }): boolean {
    return this.all().some((definition) => definition.group === group && definition.version === version)
  }

  all(): readonly ResourceDefinition[] {
    this.#all ??= [...this.#byPath.values()]
    return this.#all
  }

  /** All versions of one group and plural name, in the order of preference. */
  versionsOf(group: string, plural: string): readonly ResourceDefinition[] {
    return this.all().filter((d) => d.group === group && d.plural === plural)
  }

  put(definition: ResourceDefinition): void {
    this.#byPath.set(pathOf(definition, definition.plural), definition)
    this.#changed()
  }

  remove(gv: { readonly group: string; readonly version: string }, plural: string): void {
    if (this.#byPath.delete(pathOf(gv, plural))) this.#changed()
  }

  /** Calls `listener` whenever definitions come or go (discovery and OpenAPI keep what they computed until then). */
  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  #changed(): void {
    this.#all = undefined
    for (const listener of this.#listeners) listener()
  }
}

function pathOf(gv: { readonly group: string; readonly version: string }, plural: string): string {
  return `${gv.group}/${gv.version}/${plural}`
}
