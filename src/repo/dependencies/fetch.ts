import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errorText, type Log, taskSlots, Turns } from '../../base/index.ts'
import { type Dependency, loadChartFileUnchecked, loadChartFolderUnchecked, saveChart } from '../../chart/index.ts'
import { downloadTo } from '../download.ts'
import { isOci, type RepoEnvironment } from '../environment.ts'
import { fileError, repoError } from '../errors.ts'
import { makeFolder } from '../files.ts'
import type { FetchOptions } from '../getters.ts'
import { fetchOptionsOf, findChartInRepoUrl, indexCachePath } from '../http/chart-repository.ts'
import { loadIndexFile } from '../http/index-file.ts'
import type { IndexFile } from '../http/index-model.ts'
import { loadRepositoriesIfAny, type RepositoryEntry } from '../http/repositories-file.ts'
import { resolveReference, sameUrl } from '../url.ts'
import { compareVersions } from '../../version/index.ts'
import { readConstraint, tryVersion } from '../versions.ts'
import { localPath } from './local-path.ts'
import type { DependencyRequest } from './request.ts'

/** A repository that was added, with its cached index. */
interface KnownRepository {
  readonly entry: RepositoryEntry
  readonly index: IndexFile
}

/**
 * Downloads dependencies into charts/ and removes archives there that are no longer named. Nothing in charts/ changes unless
 * all of them could be had. Gives the dependencies with the versions that were found. As Helm 4 `Manager.downloadAll`.
 */
export async function fetchDependencies(
  dependencies: readonly Dependency[],
  request: DependencyRequest,
  env: RepoEnvironment,
): Promise<readonly Dependency[]> {
  const repositories = knownRepositories(env)
  const target = join(request.chartFolder, 'charts')
  prepareTarget(target)
  const suffix = Buffer.from(env.random.bytes(4)).readUInt32BE()
  const temporary = join(request.chartFolder, `tmpcharts-${suffix}`)
  makeFolder(temporary)
  try {
    request.print(`Saving ${dependencies.length} charts`)
    const found = await fetchAll(dependencies, request, env, { repositories, target, temporary })
    moveIntoPlace({ dependencies, temporary, target }, request, env.log)
    return found
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** As many archives are downloaded at once. */
const DOWNLOADS_AT_ONCE = 6

/**
 * Gets all dependencies into the temporary folder, several at once, and gives them with their exact versions. What is printed,
 * and which failure is told, is as if one came after the other; with debug lines they do.
 */
async function fetchAll(
  dependencies: readonly Dependency[],
  request: DependencyRequest,
  env: RepoEnvironment,
  places: Places,
): Promise<Dependency[]> {
  const turns = new Turns()
  const stop = new AbortController()
  const inSlot = taskSlots(DOWNLOADS_AT_ONCE)
  const downloads = new Set<string>()
  let before: Promise<unknown> = Promise.resolve()
  const tasks = dependencies.map((dependency, task) => {
    const folder = join(places.temporary, String(task))
    const say = (print: () => void): void => turns.act(task, print)
    const own = { ...request, print: (line: string) => say(() => request.print(line)) }
    const fetcher = new Fetcher(own, env.forTask(say, stop.signal), { ...places, temporary: folder }, downloads)
    const planned = before.then(() => fetcher.plan(dependency))
    const done = planned.then((fetch) => inSlot(fetch))
    before = request.debug ? done : planned
    done.catch(() => undefined)
    return { dependency, folder, done }
  })
  const found: Dependency[] = []
  try {
    for (const { dependency, folder, done } of tasks) {
      found.push({ ...dependency, version: await done })
      for (const name of filesIn(folder)) renameSync(join(folder, name), join(places.temporary, name))
      turns.next()
    }
    return found
  } catch (error) {
    if (!(error instanceof SaveFailure)) throw error
    request.print(`Save error occurred:  ${error.message}`)
    throw repoError('DEPENDENCY', error.message, error)
  } finally {
    stop.abort()
  }
}

function filesIn(folder: string): readonly string[] {
  return statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(folder)
}

/** A dependency could not be had; told as output too. */
class SaveFailure extends Error {}

/** Where dependencies come from and go to. */
interface Places {
  readonly repositories: readonly KnownRepository[]
  readonly target: string
  readonly temporary: string
}

class Fetcher {
  private readonly request: DependencyRequest
  private readonly env: RepoEnvironment
  private readonly places: Places
  private readonly downloads: Set<string>

  /** `downloads` are the URLs that earlier dependencies download; this one adds its own. */
  constructor(request: DependencyRequest, env: RepoEnvironment, places: Places, downloads: Set<string>) {
    this.request = request
    this.env = env
    this.places = places
    this.downloads = downloads
  }

  /** Finds out where a dependency is; what is given gets it into the temporary folder, and gives its exact version. */
  async plan(dependency: Dependency): Promise<() => Promise<string>> {
    const { name, repository } = dependency
    if (repository === '') {
      this.request.print(`Dependency ${name} did not declare a repository. Assuming it exists in the charts directory`)
      this.checkUnpacked(dependency)
      return async () => dependency.version
    }
    if (repository.startsWith('file://')) {
      if (this.request.debug) this.request.print(`Archiving ${name} from repo ${repository}`)
      return async () => this.archiveLocal(dependency)
    }
    const { url, fetch } = await this.findUrl(dependency)
    if (this.downloads.has(url)) {
      this.request.print(`Already downloaded ${name} from repo ${repository}`)
      return async () => dependency.version
    }
    this.downloads.add(url)
    this.request.print(`Downloading ${name} from repo ${repository}`)
    return async () => {
      await this.download(url, fetch)
      return dependency.version
    }
  }

  private checkUnpacked(dependency: Dependency): void {
    const folder = join(this.places.target, dependency.name)
    let version: string
    try {
      version = loadChartFolderUnchecked(folder, { log: this.env.log }).metadata.version
    } catch (error) {
      throw repoError('DEPENDENCY', `unable to load chart '${folder}': ${errorText(error)}`, error)
    }
    const constraint = this.constraintOf(dependency)
    const parsed = tryVersion(version)
    if (parsed === undefined) {
      throw repoError(
        'DEPENDENCY',
        `invalid version ${dependency.version} for dependency ${dependency.name}: invalid semantic version`,
      )
    }
    if (!constraint.check(parsed)) {
      throw new SaveFailure(
        `dependency ${dependency.name} at version ${version} does not satisfy the constraint ${dependency.version}`,
      )
    }
  }

  private archiveLocal(dependency: Dependency): string {
    makeFolder(this.places.temporary)
    try {
      const chart = loadChartFolderUnchecked(localPath(dependency.repository, this.request.chartFolder), {
        log: this.env.log,
      })
      const constraint = this.constraintOf(dependency)
      const version = tryVersion(chart.metadata.version)
      if (version === undefined) throw repoError('DEPENDENCY', 'invalid semantic version')
      if (!constraint.check(version)) {
        throw repoError('DEPENDENCY', `can't get a valid version for dependency ${dependency.name}`)
      }
      saveChart(chart, this.places.temporary, { nowMs: this.env.clock.nowMs() })
      return chart.metadata.version
    } catch (error) {
      throw new SaveFailure(errorText(error), { cause: error })
    }
  }

  private async download(url: string, fetch: FetchOptions): Promise<void> {
    const { verify, keyring, print } = this.request
    const oci = isOci(url) ? splitTag(url) : undefined
    const options = { fetch, verify, keyring, warn: print }
    makeFolder(this.places.temporary)
    try {
      await downloadTo(oci?.reference ?? url, oci?.tag ?? '', this.places.temporary, this.env, options)
    } catch (error) {
      throw new SaveFailure(`could not download ${oci?.reference ?? url}: ${errorText(error)}`, { cause: error })
    }
  }

  private async findUrl(dependency: Dependency): Promise<{ readonly url: string; readonly fetch: FetchOptions }> {
    const { name, version, repository } = dependency
    if (isOci(repository)) return { url: `${repository}/${name}:${version}`, fetch: {} }
    const known = this.places.repositories.find(({ entry }) => sameUrl(repository, entry.url))
    try {
      if (known === undefined) return { url: await this.findForeign(dependency), fetch: {} }
      return { url: findIndexed(known, dependency), fetch: fetchOptionsOf(known.entry) }
    } catch (error) {
      throw new SaveFailure(`could not find : ${errorText(error)}`, { cause: error })
    }
  }

  private async findForeign(dependency: Dependency): Promise<string> {
    const { name, version, repository } = dependency
    try {
      return await findChartInRepoUrl(repository, name, this.env, { version })
    } catch (error) {
      throw repoError('CHART_NOT_FOUND', `chart ${name} not found in ${repository}: ${errorText(error)}`, error)
    }
  }

  private constraintOf(dependency: Dependency): ReturnType<typeof readConstraint> {
    try {
      return readConstraint(dependency.version)
    } catch (error) {
      const message = `dependency ${dependency.name} has an invalid version/constraint format: ${errorText(error)}`
      throw repoError('DEPENDENCY', message, error)
    }
  }
}

function knownRepositories(env: RepoEnvironment): KnownRepository[] {
  const { repositories } = loadRepositoriesIfAny(env.repositoryConfig)
  return repositories.map((entry) => ({
    entry,
    index: loadIndexFile(indexCachePath(env.repositoryCache, entry.name), env.log),
  }))
}

function findIndexed(known: KnownRepository, dependency: Dependency): string {
  const versions = known.index.entries.get(dependency.name)
  if (versions === undefined) throw repoError('CHART_NOT_FOUND', 'entry not found')
  const found = versions.find(
    (entry) =>
      (entry.urls ?? []).length > 0 &&
      (dependency.version === '' || sameVersion(dependency.version, entry.metadata.version)),
  )
  const url = found === undefined ? undefined : resolveReference(dependency.repository, found.urls?.[0] ?? '')
  if (url === undefined) throw repoError('CHART_NOT_FOUND', 'no matching version')
  return url
}

function sameVersion(a: string, b: string): boolean {
  const left = tryVersion(a)
  const right = tryVersion(b)
  if (left === undefined) return a === b
  return right !== undefined && compareVersions(left, right) === 0
}

function splitTag(url: string): { readonly reference: string; readonly tag: string } {
  const match = /^(oci:\/\/[^:]+(?::[0-9]{1,5})?[^:]+):(.*)$/.exec(url)
  if (match === null)
    throw repoError('BAD_REFERENCE', `could not parse OCI reference: improperly formatted oci chart reference: ${url}`)
  return { reference: match[1] ?? '', tag: match[2] ?? '' }
}

function prepareTarget(target: string): void {
  const found = statSync(target, { throwIfNoEntry: false })
  if (found === undefined) {
    try {
      mkdirSync(target, { recursive: true, mode: 0o755 })
    } catch (error) {
      throw fileError(error, 'mkdir', target)
    }
  } else if (!found.isDirectory()) throw repoError('FILE', `"${target}" is not a directory`)
}

function moveIntoPlace(
  places: { readonly dependencies: readonly Dependency[]; readonly temporary: string; readonly target: string },
  request: DependencyRequest,
  log: Log,
): void {
  const before = readdirSync(places.target, { withFileTypes: true })
  const moved = new Set<string>()
  // Helm prints these complaints without a line's end, so the next line follows right behind.
  let complaints = ''
  for (const name of readdirSync(places.temporary)) {
    const source = join(places.temporary, name)
    if (statSync(source).isDirectory()) continue
    moved.add(name)
    try {
      loadChartFileUnchecked(source, { log })
    } catch (error) {
      complaints += `Could not verify ${source} for moving: ${errorText(error)} (Skipping)`
      continue
    }
    move(source, join(places.target, name))
  }
  request.print(`${complaints}Deleting outdated charts`)
  const unpacked = new Set(places.dependencies.filter((item) => item.repository === '').map((item) => item.name))
  for (const file of before) {
    if (file.isDirectory() || moved.has(file.name)) continue
    const path = join(places.target, file.name)
    try {
      if (unpacked.has(loadChartFileUnchecked(path, { log }).name)) continue
    } catch (error) {
      request.print(`Could not verify ${path} for deletion: ${errorText(error)} (Skipping)`)
      continue
    }
    rmSync(path, { force: true })
  }
}

function move(source: string, target: string): void {
  try {
    renameSync(source, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw fileError(error, 'rename', source)
    copyFileSync(source, target)
  }
}
