import { decodeRelease, encodeRelease } from '../codec/record.ts'
import { releaseExists, releaseNotFound } from '../errors.ts'
import type { Release } from '../model.ts'
import type { StorageDriver } from './driver.ts'

/** Records in the process; gone when it ends. Keeps copies, so that callers cannot change what is stored. */
export function memoryDriver(): StorageDriver {
  const records = new Map<string, { readonly text: string; readonly labels: Readonly<Record<string, string>> }>()
  const read = (key: string): Release => {
    const record = records.get(key)
    if (record === undefined) throw releaseNotFound()
    return { ...decodeRelease(record.text), labels: record.labels }
  }
  const write = (key: string, release: Release): void => {
    records.set(key, { text: encodeRelease(release), labels: { ...release.labels } })
  }
  return {
    name: 'Memory',
    get: async (key) => read(key),
    list: async () => [...records.keys()].map(read),
    async query(labels) {
      const found = [...records.keys()].map(read).filter((release) => matches(release, labels))
      if (found.length === 0) throw releaseNotFound()
      return found
    },
    async create(key, release) {
      if (records.has(key)) throw releaseExists()
      write(key, release)
    },
    async update(key, release) {
      if (!records.has(key)) throw releaseNotFound()
      write(key, release)
    },
    async delete(key) {
      const release = read(key)
      records.delete(key)
      return release
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
