import type { KubeObject } from '../../api/index.ts'

/** `namespace/name`, or the name alone for cluster-wide objects. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata
  return namespace ? `${namespace}/${name}` : (name ?? '')
}

/** Splits what `keyOf` made. */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/')
  if (slash < 0) return { namespace: '', name: key }
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** Values under which an object is found in an index; none: it is not in the index. */
export type IndexFunction<T> = (object: T) => readonly string[]

interface Index<T> {
  readonly values: IndexFunction<T>
  readonly entries: Map<string, Map<string, T>>
}

/** Objects by key with any number of named indexes. Objects in it are shared and must not be changed. */
export class IndexedCache<T extends KubeObject> {
  private readonly objects = new Map<string, T>()
  private readonly indexes = new Map<string, Index<T>>()

  get size(): number {
    return this.objects.size
  }

  get(key: string): T | undefined {
    return this.objects.get(key)
  }

  keys(): IterableIterator<string> {
    return this.objects.keys()
  }

  values(): IterableIterator<T> {
    return this.objects.values()
  }

  set(key: string, object: T): void {
    const old = this.objects.get(key)
    this.objects.set(key, object)
    for (const index of this.indexes.values()) {
      if (old !== undefined) removeFrom(index, key, old)
      addTo(index, key, object)
    }
  }

  delete(key: string): void {
    const old = this.objects.get(key)
    if (old === undefined) return
    this.objects.delete(key)
    for (const index of this.indexes.values()) removeFrom(index, key, old)
  }

  /** Adds an index unless one of that name exists. */
  addIndex(name: string, values: IndexFunction<T>): void {
    if (this.indexes.has(name)) return
    const index: Index<T> = { values, entries: new Map() }
    for (const [key, object] of this.objects) addTo(index, key, object)
    this.indexes.set(name, index)
  }

  /** The objects that index `name` holds under `value`, in order of insertion. */
  byIndex(name: string, value: string): T[] {
    const found = this.indexes.get(name)?.entries.get(value)
    return found === undefined ? [] : [...found.values()]
  }
}

function addTo<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.values(object)) {
    let bucket = index.entries.get(value)
    if (bucket === undefined) {
      bucket = new Map()
      index.entries.set(value, bucket)
    }
    bucket.set(key, object)
  }
}

function removeFrom<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.values(object)) {
    const bucket = index.entries.get(value)
    if (bucket === undefined) continue
    bucket.delete(key)
    if (bucket.size === 0) index.entries.delete(value)
  }
}
