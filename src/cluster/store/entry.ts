import type { StoredValue, StoreEntry } from './store.ts'

/** An entry that parses its text, or prints its value, when first asked. */
export class LazyEntry implements StoreEntry {
  readonly key: string
  readonly revision: number
  readonly createRevision: number
  #value: StoredValue | undefined
  #text: string | undefined

  constructor(
    at: { readonly key: string; readonly revision: number; readonly createRevision: number },
    data: StoredValue | string,
  ) {
    this.key = at.key
    this.revision = at.revision
    this.createRevision = at.createRevision
    if (typeof data === 'string') this.#text = data
    else this.#value = data
  }

  get value(): StoredValue {
    this.#value ??= JSON.parse(this.#text ?? 'null') as StoredValue
    return this.#value
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.#value)
    return this.#text
  }
}
