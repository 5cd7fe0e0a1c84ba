import { decodeRelease, recordEncoder } from '../codec/record.ts'
import { releaseExists, releaseNotFound } from '../errors.ts'
import type { Release } from '../model.ts'
import type { StorageDriver } from './driver.ts'

interface MemoryRecord {
  readonly namespace: string
  readonly text: string
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Records in the process; gone when it ends. Keeps copies, so that callers cannot change what is stored. Records of other
 * namespaces are not seen; an empty `namespace` sees all.
 */
export function memoryDriver(options: { readonly namespace?: string } = {}): StorageDriver {
  const { namespace: own = '' } = options
  const records = new Map<string, MemoryRecord>()
  const encoder = recordEncoder()
  const idOf = (namespace: string, key: string): string => `${namespace}/${key}`
  const placeOf = (release: Release): string => (release.namespace === '' ? 'default' : release.namespace)
  const decode = ({ text, labels }: MemoryRecord): Release => ({ ...decodeRelease(text), labels })
  const find = (key: string): [id: string, record: MemoryRecord] => {
    const id = own === '' ? [...records.keys()].find((one) => one.slice(one.indexOf('/') + 1) === key) : idOf(own, key)
    const record = records.get(id ?? '')
    if (id === undefined || record === undefined) throw releaseNotFound()
    return [id, record]
  }
  const visible = (): Release[] =>
    [...records.values()].filter(({ namespace }) => own === '' || namespace === own).map(decode)
  const write = (key: string, release: Release): void => {
    const namespace = placeOf(release)
    records.set(idOf(namespace, key), { namespace, text: encoder.encode(release), labels: { ...release.labels } })
  }
  return {
    name: 'Memory',
    get: async (key) => decode(find(key)[1]),
    list: async () => visible(),
    async query(labels) {
      const found = visible().filter((release) => matches(release, labels))
      if (found.length === 0) throw releaseNotFound()
      return found
    },
    async create(key, release) {
      if (records.has(idOf(placeOf(release), key))) throw releaseExists()
      write(key, release)
    },
    async update(key, release) {
      if (!records.has(idOf(placeOf(release), key))) throw releaseNotFound()
      write(key, release)
    },
    async delete(key) {
      const [id] = find(key)
      records.delete(id)
    },
  }
}

function matches(release: Release, labels: Readonly<Record<string, string>>): boolean {
  const own: Record<string, string> = {
    ...release.labels,
    name: release.name,
    owner: 'helm',
    status: release.info.status,
    version: String(release.version),
  }
  return Object.entries(labels).every(([key, value]) => own[key] === value)
}
