import { hasReleaseCode, noDeployedReleases, noRevision, releaseError } from '../errors.ts'
import { byRevision, type Release, type ReleaseSummary } from '../model.ts'
import type { StorageDriver } from './driver.ts'

/** How many revisions stay, and which there are when that was just read. */
export interface CreateOptions {
  readonly maxHistory?: number
  readonly revisions?: readonly Release[] | undefined
}

/** The revisions of releases over any driver. As Helm's `storage.Storage`. */
export interface ReleaseStorage {
  readonly driver: StorageDriver
  get(name: string, revision: number): Promise<Release>
  /** The newest revision; rejects with RELEASE_NOT_FOUND. */
  last(name: string): Promise<Release>
  /** All revisions, in no order; rejects with RELEASE_NOT_FOUND. */
  history(name: string): Promise<Release[]>
  /** The newest deployed revision; rejects with NO_DEPLOYED_RELEASES. */
  deployed(name: string): Promise<Release>
  /** All deployed revisions; rejects with NO_DEPLOYED_RELEASES. */
  deployedAll(name: string): Promise<Release[]>
  /** As the driver's. */
  list(options?: { readonly newest?: boolean }): Promise<ReleaseSummary[]>
  /** Stores a new revision; with `maxHistory` above zero, old ones make room first: those of `revisions`, else those found. */
  create(release: Release, options?: CreateOptions): Promise<void>
  /** Does what it can of storing a revision in advance, for a time when nothing else is to do. */
  prepare(release: Release): void
  update(release: Release): Promise<void>
  delete(name: string, revision: number): Promise<void>
}

const recordKey = (name: string, revision: number): string => `sh.helm.release.v1.${name}.v${revision}`

/** Creates the storage over a driver. */
export function createStorage(driver: StorageDriver): ReleaseStorage {
  const history = (name: string) => driver.query({ name, owner: 'helm' })
  const deployedAll = async (name: string): Promise<Release[]> => {
    try {
      return await driver.query({ name, owner: 'helm', status: 'deployed' })
    } catch (error) {
      throw hasReleaseCode(error, 'RELEASE_NOT_FOUND') ? noDeployedReleases(name) : error
    }
  }
  const deployed = async (name: string): Promise<Release> => {
    const newest = (await deployedAll(name)).sort(byRevision).at(-1)
    if (newest === undefined) throw noDeployedReleases(name)
    return newest
  }
  const stored = async (name: string): Promise<Release[]> => {
    try {
      return await history(name)
    } catch (error) {
      if (hasReleaseCode(error, 'RELEASE_NOT_FOUND')) return []
      throw error
    }
  }
  return {
    driver,
    history,
    deployed,
    deployedAll,
    get: (name, revision) => driver.get(recordKey(name, revision)),
    async last(name) {
      const newest = (await history(name)).sort(byRevision).at(-1)
      if (newest === undefined) throw noRevision(name)
      return newest
    },
    list: (options) => driver.list(options),
    async create(release, options = {}) {
      const { maxHistory = 0, revisions } = options
      if (maxHistory > 0)
        await makeRoom(driver, release.name, maxHistory - 1, revisions ?? (await stored(release.name)))
      await driver.create(recordKey(release.name, release.version), release)
    },
    prepare: (release) => driver.prepare?.(release),
    update: (release) => driver.update(recordKey(release.name, release.version), release),
    async delete(name, revision) {
      await driver.delete(recordKey(name, revision))
    },
  }
}

/** Deletes the oldest revisions until `limit` are left; the deployed one stays. As many as possible are deleted. */
async function makeRoom(
  driver: StorageDriver,
  name: string,
  limit: number,
  unsorted: readonly Release[],
): Promise<void> {
  const revisions = [...unsorted].sort(byRevision)
  if (revisions.length <= limit) return
  const kept = revisions.findLast(({ info }) => info.status === 'deployed')
  const surplus = revisions.filter((release) => release.version !== kept?.version).slice(0, revisions.length - limit)
  const failures: unknown[] = []
  for (const release of surplus) {
    await driver.delete(recordKey(name, release.version)).catch((error: unknown) => failures.push(error))
  }
  if (failures.length === 0 || hasReleaseCode(failures[0], 'RELEASE_NOT_FOUND')) return
  if (failures.length === 1) throw failures[0]
  const first = failures[0] instanceof Error ? failures[0].message : ''
  throw releaseError('STORAGE', `encountered ${failures.length} deletion errors. First is: ${first}`, failures[0])
}
