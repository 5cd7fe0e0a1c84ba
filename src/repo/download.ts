import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { errorText } from '../base/index.ts'
import { bareDigest, findContent, sha256, storeContent } from './content-cache.ts'
import { isOci, type RepoEnvironment } from './environment.ts'
import { fileError, repoError } from './errors.ts'
import { makeFolder, writeFileAtomically } from './files.ts'
import { type FetchOptions, getterFor } from './getters.ts'
import { fetchOptionsOf, indexCachePath } from './http/chart-repository.ts'
import { findInIndex, loadIndexFile } from './http/index-file.ts'
import {
  findRepository,
  loadRepositoriesIfAny,
  type RepositoriesFile,
  type RepositoryEntry,
} from './http/repositories-file.ts'
import { type Verification, verifyChartFile } from './provenance.ts'
import { parseUrl, printUrl, resolveReference, sameUrl } from './url.ts'

/** Whether and how provenance is checked. */
export type VerifyMode = 'never' | 'if-possible' | 'always' | 'later'

/** How to download a chart. */
export interface DownloadOptions {
  readonly fetch: FetchOptions
  readonly verify: VerifyMode
  readonly keyring: string
  /** Receives warnings, one line each, without the line's end. */
  readonly warn: (line: string) => void
}

/** A chart's archive on disk. */
export interface Downloaded {
  readonly path: string
  readonly verification: Verification | undefined
}

/** Where a chart is: its URL, how to fetch it, and its digest when it is known. */
interface Resolved {
  readonly url: string
  readonly digest: string
  readonly fetch: FetchOptions
}

const acceptArchive = 'application/gzip,application/octet-stream'

/** Downloads a chart into a folder, under its own file name. As Helm 4 `ChartDownloader.DownloadTo`. */
export async function downloadTo(
  reference: string,
  version: string,
  folder: string,
  env: RepoEnvironment,
  options: DownloadOptions,
): Promise<Downloaded> {
  env.log({ level: 'DEBUG', message: 'set up default downloader cache', attributes: [] })
  const resolved = await resolveChart(reference, version, env, options.fetch)
  const getter = getterFor(env.getters, parseUrl(resolved.url)?.scheme ?? '')
  const digest = resolved.digest === '' ? '' : bareDigest(resolved.digest)
  const fetch = { ...resolved.fetch, accept: acceptArchive }
  const cached = digest === '' ? undefined : findContent(env.contentCache, digest, 'chart')
  if (cached !== undefined)
    env.log({ level: 'DEBUG', message: 'found chart in cache', attributes: [['id', resolved.digest]] })
  const data = cached === undefined ? await getter(resolved.url, fetch) : readFileSync(cached)
  const path = join(folder, archiveName(resolved.url))
  writeFileAtomically(path, data, { mode: 0o644, random: env.random })
  if (options.verify === 'never') return { path, verification: undefined }
  const cachedProvenance = digest === '' ? undefined : findContent(env.contentCache, digest, 'prov')
  const provenance = await fetchProvenance(reference, options, async () =>
    cachedProvenance === undefined ? getter(`${resolved.url}.prov`, fetch) : readFileSync(cachedProvenance),
  ).catch((error) => {
    if (options.verify !== 'always') throw error
    throw repoError('PROVENANCE', `failed to fetch provenance "${resolved.url}.prov"`, error)
  })
  if (provenance === undefined) return { path, verification: undefined }
  writeFileAtomically(`${path}.prov`, provenance, { mode: 0o644, random: env.random })
  if (options.verify === 'later') return { path, verification: undefined }
  return { path, verification: await verifyChartFile(path, `${path}.prov`, options.keyring) }
}

/** Downloads a chart into the content cache, unless it is there. As Helm 4 `ChartDownloader.DownloadToCache`. */
export async function downloadToCache(
  reference: string,
  version: string,
  env: RepoEnvironment,
  options: DownloadOptions,
): Promise<Downloaded> {
  env.log({ level: 'DEBUG', message: 'set up default downloader cache', attributes: [] })
  const resolved = await resolveChart(reference, version, env, options.fetch)
  const getter = getterFor(env.getters, parseUrl(resolved.url)?.scheme ?? '')
  let digest = resolved.digest === '' ? '' : decodedDigest(resolved.digest)
  let path = digest === '' ? undefined : findContent(env.contentCache, digest, 'chart')
  if (path !== undefined)
    env.log({ level: 'DEBUG', message: 'found chart in cache', attributes: [['id', resolved.digest]] })
  else {
    env.log({
      level: 'DEBUG',
      message: 'attempting to download chart',
      attributes: [
        ['ref', reference],
        ['version', version],
      ],
    })
    const data = await getter(resolved.url, { ...resolved.fetch, accept: acceptArchive })
    if (digest === '') digest = sha256(data)
    path = storeContent(env.contentCache, digest, { kind: 'chart', data, random: env.random })
    env.log({ level: 'DEBUG', message: 'put downloaded chart in cache', attributes: [['id', digest]] })
  }
  if (options.verify === 'never') return { path, verification: undefined }
  let provenancePath = findContent(env.contentCache, digest, 'prov')
  if (provenancePath === undefined) {
    const data = await fetchProvenance(reference, options, () => getter(`${resolved.url}.prov`, resolved.fetch)).catch(
      (error) => {
        if (options.verify !== 'always') throw error
        throw repoError('PROVENANCE', `failed to fetch provenance "${resolved.url}.prov"`, error)
      },
    )
    if (data === undefined) return { path, verification: undefined }
    provenancePath = storeContent(env.contentCache, digest, { kind: 'prov', data, random: env.random })
  }
  if (options.verify === 'later') return { path, verification: undefined }
  return {
    path,
    verification: await verifyCached(path, provenancePath, archiveName(resolved.url), env, options.keyring),
  }
}

function decodedDigest(digest: string): string {
  try {
    return bareDigest(digest)
  } catch (error) {
    const reason = errorText(error)
    throw repoError('DIGEST', reason.startsWith('encoding/hex') ? `unable to decode digest: ${reason}` : reason, error)
  }
}

/**
 * Finds the URL of `repo/chart` in the cached index of that repository, the repository that a chart's URL belongs to (for its
 * credentials), or the tag of an OCI reference. As Helm 4 `ChartDownloader.ResolveChartVersion`.
 */
async function resolveChart(
  reference: string,
  version: string,
  env: RepoEnvironment,
  fetch: FetchOptions,
): Promise<Resolved> {
  const url = parseUrl(reference)
  if (url === undefined) throw repoError('BAD_REFERENCE', `invalid chart URL format: ${reference}`)
  if (isOci(printUrl(url))) {
    const registry = await env.registry()
    const found = await registry.resolveChart(reference, version)
    return { url: found.url, digest: found.digest, fetch }
  }
  const repositories = loadRepositoriesIfAny(env.repositoryConfig)
  if (url.scheme !== '' && url.host !== '' && url.path !== '') {
    const owner = repositoryOfUrl(reference, repositories, env)
    const base = { ...fetch, originUrl: owner?.url ?? reference }
    return { url: reference, digest: '', fetch: owner === undefined ? base : withEntry(base, owner) }
  }
  return resolveByName(url.path, { version, reference }, repositories, env, fetch)
}

function resolveByName(
  path: string,
  wanted: { readonly version: string; readonly reference: string },
  repositories: RepositoriesFile,
  env: RepoEnvironment,
  fetch: FetchOptions,
): Resolved {
  const slash = path.indexOf('/')
  if (slash < 0) {
    throw repoError(
      'BAD_REFERENCE',
      `non-absolute URLs should be in form of repo_name/path_to_chart, got: ${wanted.reference}`,
    )
  }
  const repoName = path.slice(0, slash)
  const chartName = path.slice(slash + 1)
  const entry = findRepository(repositories, repoName)
  if (entry === undefined) throw repoError('REPOSITORY_NOT_FOUND', `repo ${repoName} not found`)
  if (entry.url === '') throw repoError('REPOSITORY_NOT_FOUND', `no URL found for repository ${repoName}`)
  const index = cachedIndex(entry, env)
  let found: ReturnType<typeof findInIndex>
  try {
    found = findInIndex(index, chartName, wanted.version, env.log)
  } catch (error) {
    const message = `chart "${chartName}" matching ${wanted.version} not found in ${entry.name} index. (try 'helm repo update'): ${errorText(error)}`
    throw repoError('CHART_NOT_FOUND', message, error)
  }
  const [first] = found.urls ?? []
  if (first === undefined) throw repoError('CHART_NOT_FOUND', `chart "${wanted.reference}" has no downloadable URLs`)
  const url = resolveReference(entry.url, first)
  if (url === undefined) throw repoError('BAD_REFERENCE', `invalid chart URL format: ${wanted.reference}`)
  return { url, digest: found.digest, fetch: withEntry({ ...fetch, originUrl: entry.url }, entry) }
}

function cachedIndex(entry: RepositoryEntry, env: RepoEnvironment): ReturnType<typeof loadIndexFile> {
  try {
    return loadIndexFile(indexCachePath(env.repositoryCache, entry.name), env.log)
  } catch (error) {
    throw repoError('INDEX_UNREADABLE', `no cached repo found. (try 'helm repo update'): ${errorText(error)}`, error)
  }
}

function repositoryOfUrl(
  url: string,
  repositories: RepositoriesFile,
  env: RepoEnvironment,
): RepositoryEntry | undefined {
  for (const entry of repositories.repositories) {
    for (const versions of cachedIndex(entry, env).entries.values()) {
      if (versions.some((version) => version.urls?.some((candidate) => sameUrl(url, candidate)))) return entry
    }
  }
  return undefined
}

/** The entry's certificates and login go before those given otherwise. */
function withEntry(fetch: FetchOptions, entry: RepositoryEntry): FetchOptions {
  const own = fetchOptionsOf(entry)
  const { certFile = '', keyFile = '', caFile = '', username = '', password = '', passCredentialsAll = false } = own
  const tls = certFile !== '' || keyFile !== '' || caFile !== '' ? { certFile, keyFile, caFile } : {}
  const login = username !== '' && password !== '' ? { username, password, passCredentialsAll } : {}
  return { ...fetch, ...tls, ...login }
}

async function fetchProvenance(
  reference: string,
  options: DownloadOptions,
  get: () => Promise<Uint8Array>,
): Promise<Uint8Array | undefined> {
  try {
    return await get()
  } catch (error) {
    if (options.verify === 'always') throw error
    options.warn(`WARNING: Verification not found for ${reference}: ${errorText(error)}`)
    return undefined
  }
}

/** The file name of a chart's archive: the last element of the URL; for OCI name and tag. */
function archiveName(url: string): string {
  const name = basename(parseUrl(url)?.path ?? url)
  if (!isOci(url)) return name
  const colon = name.lastIndexOf(':')
  return `${name.slice(0, colon)}-${name.slice(colon + 1)}.tgz`
}

async function verifyCached(
  path: string,
  provenance: string,
  name: string,
  env: RepoEnvironment,
  keyring: string,
): Promise<Verification> {
  makeFolder(env.contentCache)
  const copy = join(env.contentCache, name)
  try {
    copyFileSync(path, copy)
  } catch (error) {
    throw fileError(error, 'open', copy)
  }
  try {
    return await verifyChartFile(copy, provenance, keyring)
  } finally {
    rmSync(copy, { force: true })
  }
}
