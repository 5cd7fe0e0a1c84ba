import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { errorText } from '../../base/index.ts'
import type { RepoEnvironment } from '../environment.ts'
import { chartNotFound, RepoError, repoError } from '../errors.ts'
import { makeFolder, writeFileAtomically } from '../files.ts'
import type { FetchOptions } from '../getters.ts'
import { parseUrl, resolveReference } from '../url.ts'
import { findInIndex, parseIndex } from './index-file.ts'
import type { IndexFile } from './index-model.ts'
import { plainEntry, type RepositoryEntry } from './repositories-file.ts'

/** Path of the cached index of a repository. */
export function indexCachePath(cache: string, name: string): string {
  return join(cache, `${name === '' ? '' : `${name}-`}index.yaml`)
}

/** Path of the cached list of chart names of a repository. */
export function chartsCachePath(cache: string, name: string): string {
  return join(cache, `${name === '' ? '' : `${name}-`}charts.txt`)
}

/** How to fetch from a repository that was added. */
export function fetchOptionsOf(entry: RepositoryEntry): FetchOptions {
  return {
    originUrl: entry.url,
    username: entry.username,
    password: entry.password,
    passCredentialsAll: entry.passCredentialsAll,
    certFile: entry.certFile,
    keyFile: entry.keyFile,
    caFile: entry.caFile,
    insecureSkipTlsVerify: entry.insecureSkipTlsVerify,
  }
}

/** Throws when a repository's address cannot be used at all. As Helm's `repo.NewChartRepository`. */
export function checkRepositoryUrl(entry: RepositoryEntry, env: RepoEnvironment): void {
  const url = parseUrl(entry.url)
  if (url === undefined) throw repoError('BAD_REFERENCE', `invalid chart URL format: ${entry.url}`)
  if (!env.getters.has(url.scheme)) {
    throw repoError('UNSUPPORTED_SCHEME', `could not find protocol handler for: ${url.scheme}`)
  }
}

/** Fetches the index of a repository, checks it, and stores it (and the list of its charts) in the cache. */
export async function downloadIndex(
  entry: RepositoryEntry,
  env: RepoEnvironment,
  options: { readonly timeoutMs?: number; readonly cache?: string } = {},
): Promise<IndexFile> {
  checkRepositoryUrl(entry, env)
  const url = resolveReference(entry.url, 'index.yaml') ?? entry.url
  const getter = env.getters.get(parseUrl(url)?.scheme ?? '')
  if (getter === undefined) throw repoError('UNSUPPORTED_SCHEME', `could not find protocol handler for: ${entry.url}`)
  const timeout = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }
  const data = await getter(url, { ...fetchOptionsOf(entry), ...timeout })
  const index = parseIndex(data, entry.url, env.log)
  const cache = options.cache ?? env.repositoryCache
  makeFolder(cache)
  const names = [...index.entries.keys()].map((name) => `${name}\n`).join('')
  writeFileAtomically(chartsCachePath(cache, entry.name), names, { mode: 0o644, random: env.random })
  writeFileAtomically(indexCachePath(cache, entry.name), data, { mode: 0o644, random: env.random })
  return index
}

/** Removes what the cache holds of a repository. */
export function removeFromCache(cache: string, name: string): void {
  rmSync(chartsCachePath(cache, name), { force: true })
  rmSync(indexCachePath(cache, name), { force: true })
}

/** What `--repo` comes with. */
export interface RepoUrlOptions extends FetchOptions {
  /** Version or constraint; empty means the newest release. */
  readonly version?: string
}

/** The URL of a chart in a repository that was not added. As Helm 4 `repo.FindChartInRepoURL`. */
export async function findChartInRepoUrl(
  repoUrl: string,
  chart: string,
  env: RepoEnvironment,
  options: RepoUrlOptions = {},
): Promise<string> {
  const name = Buffer.from(env.random.bytes(20)).toString('base64').replaceAll('/', '-')
  const entry: RepositoryEntry = {
    ...plainEntry(name, repoUrl),
    username: options.username ?? '',
    password: options.password ?? '',
    passCredentialsAll: options.passCredentialsAll ?? false,
    certFile: options.certFile ?? '',
    keyFile: options.keyFile ?? '',
    caFile: options.caFile ?? '',
    insecureSkipTlsVerify: options.insecureSkipTlsVerify ?? false,
  }
  checkRepositoryUrl(entry, env)
  const index = await fetchForeignIndex(entry, env)
  const version = options.version ?? ''
  const what = version === '' ? `chart "${chart}"` : `chart "${chart}" version "${version}"`
  let found: ReturnType<typeof findInIndex>
  try {
    found = findInIndex(index, chart, version, env.log)
  } catch (error) {
    if (error instanceof RepoError || error instanceof Error) throw chartNotFound(what, repoUrl)
    throw error
  }
  const [first] = found.urls ?? []
  if (first === undefined) throw repoError('CHART_NOT_FOUND', `${what} has no downloadable URLs`)
  const absolute = resolveReference(repoUrl, first)
  if (absolute === undefined) {
    throw repoError('BAD_REFERENCE', `failed to make chart URL absolute: failed to parse ${first} as URL`)
  }
  return absolute
}

async function fetchForeignIndex(entry: RepositoryEntry, env: RepoEnvironment): Promise<IndexFile> {
  try {
    return await downloadIndex(entry, env)
  } catch (error) {
    const message = `looks like "${entry.url}" is not a valid chart repository or cannot be reached: ${errorText(error)}`
    throw repoError('FETCH_FAILED', message, error)
  } finally {
    removeFromCache(env.repositoryCache, entry.name)
  }
}
