import type { KubeObject } from '../../../../api/index.ts'
import type { Store } from '../../../store/index.ts'

/**
 * What the stored objects of one kind come to, sorted by name and computed again only after one of them has changed. Asking
 * costs nothing while there are none.
 */
export class StoredList<Item> {
  readonly #store: Store
  readonly #prefix: string
  readonly #read: (object: KubeObject) => Item
  #items: readonly Item[] | undefined
  #follows = false

  constructor(store: Store, prefix: string, read: (object: KubeObject) => Item) {
    this.#store = store
    this.#prefix = prefix
    this.#read = read
  }

  get items(): readonly Item[] {
    if (!this.#follows) {
      this.#follows = true
      this.#store.watch(this.#prefix, this.#store.publishedRevision, () => {
        this.#items = undefined
      })
    }
    this.#items ??= this.#store.range(this.#prefix).entries.map((entry) => this.#read(entry.value as KubeObject))
    return this.#items
  }
}
