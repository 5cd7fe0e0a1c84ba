import type { StoreEntry } from './store.ts'

/** Keys are grouped by their first two segments (`group/resource/`); every range lies within one group or covers whole groups. */
export function bucketOf(key: string): string {
  const first = key.indexOf('/')
  const second = first < 0 ? -1 : key.indexOf('/', first + 1)
  return second < 0 ? key : key.slice(0, second + 1)
}

/** Position of the first key that is not before `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}

class Bucket {
  readonly entries = new Map<string, StoreEntry>()
  readonly sorted: string[] = []

  set(entry: StoreEntry): void {
    if (!this.entries.has(entry.key)) {
      const last = this.sorted[this.sorted.length - 1]
      if (last === undefined || last < entry.key) this.sorted.push(entry.key)
      else this.sorted.splice(lowerBound(this.sorted, entry.key), 0, entry.key)
    }
    this.entries.set(entry.key, entry)
  }

  delete(key: string): void {
    if (!this.entries.delete(key)) return
    this.sorted.splice(lowerBound(this.sorted, key), 1)
  }
}

/** The newest version of every key, ordered within its bucket. */
export class Keyspace {
  readonly #buckets = new Map<string, Bucket>()

  get(key: string): StoreEntry | undefined {
    return this.#buckets.get(bucketOf(key))?.entries.get(key)
  }

  set(entry: StoreEntry): void {
    const name = bucketOf(entry.key)
    let bucket = this.#buckets.get(name)
    if (bucket === undefined) {
      bucket = new Bucket()
      this.#buckets.set(name, bucket)
    }
    bucket.set(entry)
  }

  delete(key: string): void {
    this.#buckets.get(bucketOf(key))?.delete(key)
  }

  /** Entries with `prefix` after `after`, at most `limit`, and how many more there are. */
  page(prefix: string, after: string, limit: number): { entries: StoreEntry[]; remaining: number } {
    const entries: StoreEntry[] = []
    let remaining = 0
    for (const bucket of this.#matching(prefix)) {
      const start = after < prefix ? lowerBound(bucket.sorted, prefix) : lowerBound(bucket.sorted, `${after}\0`)
      // U+FFFF sorts after every character that a key may hold.
      const end = lowerBound(bucket.sorted, `${prefix}\uffff`)
      for (let i = start; i < end; i++) {
        if (entries.length >= limit) {
          remaining += end - i
          break
        }
        const entry = bucket.entries.get(bucket.sorted[i] as string)
        if (entry !== undefined) entries.push(entry)
      }
    }
    return { entries, remaining }
  }

  count(prefix: string): number {
    let total = 0
    for (const bucket of this.#matching(prefix)) {
      total += lowerBound(bucket.sorted, `${prefix}\uffff`) - lowerBound(bucket.sorted, prefix)
    }
    return total
  }

  #matching(prefix: string): Bucket[] {
    const name = bucketOf(prefix)
    if (name.length < prefix.length || name.endsWith('/')) {
      const bucket = this.#buckets.get(name)
      if (bucket !== undefined) return [bucket]
      if (name.split('/').length > 2) return []
    }
    return [...this.#buckets]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, b]) => b)
  }
}
