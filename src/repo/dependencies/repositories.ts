import { createHash } from 'node:crypto'
import type { Dependency } from '../../chart/index.ts'
import { isOci, type RepoEnvironment } from '../environment.ts'
import { repoError } from '../errors.ts'
import { checkRepositoryUrl } from '../http/chart-repository.ts'
import { loadRepositoriesIfAny, plainEntry, type RepositoryEntry } from '../http/repositories-file.ts'
import { updateRepositories } from '../http/update.ts'
import { parseUrl, sameUrl } from '../url.ts'
import { localPath } from './local-path.ts'

/** Receives the lines that a dependency command prints. */
export type PrintLine = (line: string) => void

const generatedPrefix = 'helm-manager-'

/**
 * Finds the repository of each dependency: by URL, by `@name` or `alias:name` (which are replaced by the URL in
 * `dependencies`). Gives dependency name → repository name. As Helm 4 `Manager.resolveRepoNames`.
 */
export function nameRepositories(
  dependencies: readonly Dependency[],
  chartFolder: string,
  env: RepoEnvironment,
  onLocal: (repository: string) => void,
): Map<string, string> {
  const { repositories } = loadRepositoriesIfAny(env.repositoryConfig)
  const names = new Map<string, string>()
  const missing: string[] = []
  for (const dependency of dependencies) {
    const { repository } = dependency
    if (repository === '') continue
    if (repository.startsWith('file://')) {
      localPath(repository, chartFolder)
      onLocal(repository)
      names.set(dependency.name, repository)
    } else if (isOci(repository)) names.set(dependency.name, repository)
    else {
      const found = repositories.find((entry) => isMeant(entry, repository))
      if (found !== undefined) {
        if (/^(@|alias:)/.test(repository)) dependency.repository = found.url
        names.set(dependency.name, found.name)
      } else if (isRequestUri(repository)) names.set(repository, repository)
      else missing.push(repository)
    }
  }
  if (missing.length > 0) throw noDefinition(missing)
  return names
}

/** Adds generated names for repositories nobody added, and fetches their indexes unless `skipUpdate`. */
export async function nameForeignRepositories(
  names: Map<string, string>,
  dependencies: readonly Dependency[],
  env: RepoEnvironment,
  options: { readonly skipUpdate: boolean; readonly print: PrintLine },
): Promise<void> {
  const entries: RepositoryEntry[] = []
  for (const dependency of dependencies) {
    if (dependency.repository === '' || names.has(dependency.name)) continue
    const name = generatedPrefix + createHash('sha256').update(dependency.repository).digest('hex')
    names.set(dependency.name, name)
    entries.push(plainEntry(name, dependency.repository))
  }
  if (options.skipUpdate || entries.length === 0) return
  options.print('Getting updates for unmanaged Helm repositories...')
  await refresh(entries, env, options.print)
}

/** Fetches the indexes of all repositories that were added. */
export async function refreshRepositories(env: RepoEnvironment, print: PrintLine): Promise<void> {
  const { repositories } = loadRepositoriesIfAny(env.repositoryConfig)
  if (repositories.length === 0) return
  print('Hang tight while we grab the latest from your chart repositories...')
  await refresh(repositories, env, print)
  print('Update Complete. ⎈Happy Helming!⎈')
}

/** Throws when a repository of a lock is neither local, nor OCI, nor among those that were added. */
export function checkRepositoriesKnown(dependencies: readonly Dependency[], env: RepoEnvironment): void {
  const { repositories } = loadRepositoriesIfAny(env.repositoryConfig)
  const missing = dependencies
    .map((dependency) => dependency.repository)
    .filter((url) => url !== '' && !url.startsWith('file://') && !isOci(url))
    .filter((url) => !repositories.some((entry) => sameUrl(entry.url, url.replace(/\/$/, ''))))
  if (missing.length > 0) {
    throw repoError('REPOSITORY_UNKNOWN', `no repository definition for ${missing.join(', ')}`)
  }
}

async function refresh(entries: readonly RepositoryEntry[], env: RepoEnvironment, print: PrintLine): Promise<void> {
  const unique = new Map(entries.map((entry) => [entry.url.replace(/\/$/, ''), entry]))
  for (const entry of unique.values()) checkRepositoryUrl(entry, env)
  await updateRepositories([...unique.values()], env, ({ entry, problem }) => {
    const generated = entry.name.startsWith(generatedPrefix)
    const shown = generated ? entry.url : entry.name
    if (problem === undefined) print(`...Successfully got an update from the "${shown}" chart repository`)
    else
      print(
        `...Unable to get an update from the "${shown}" chart repository${generated ? '' : ` (${entry.url})`}:\n\t${problem}`,
      )
  })
}

function isMeant(entry: RepositoryEntry, repository: string): boolean {
  return repository === `@${entry.name}` || repository === `alias:${entry.name}` || sameUrl(entry.url, repository)
}

/** As Go's url.ParseRequestURI: an absolute URL or an absolute path. */
function isRequestUri(text: string): boolean {
  const url = parseUrl(text)
  return url !== undefined && (url.scheme !== '' || text.startsWith('/'))
}

function noDefinition(missing: readonly string[]): Error {
  const message = `no repository definition for ${missing.join(', ')}. Please add them via 'helm repo add'`
  const hasBareName = missing.some(
    (name) => !name.includes('//') && !name.startsWith('@') && !name.startsWith('alias:'),
  )
  const hint = `
Note that repositories must be URLs or aliases. For example, to refer to the "example"
repository, use "https://charts.example.com/" or "@example" instead of
"example". Don't forget to add the repo, too ('helm repo add').`
  return repoError('REPOSITORY_NOT_FOUND', hasBareName ? message + hint : message)
}
