import { join } from 'node:path'
import { errorText } from '../../base/index.ts'
import { type Dependency, loadChartFolderUnchecked } from '../../chart/index.ts'
import { isOci, type RepoEnvironment } from '../environment.ts'
import { repoError } from '../errors.ts'
import { indexCachePath } from '../http/chart-repository.ts'
import { loadIndexFile } from '../http/index-file.ts'
import { readConstraint, tryVersion } from '../versions.ts'
import { localPath } from './local-path.ts'
import type { DependencyLock } from './lock.ts'
import { lockDigest } from './lock.ts'

/** A dependency with only what a lock keeps. */
function lockedDependency(name: string, repository: string, version: string): Dependency {
  return { name, version, repository, condition: '', tags: [], enabled: false, importValues: [], alias: '' }
}

/** What resolving needs to know about the chart. */
export interface ResolveRequest {
  readonly chartFolder: string
  readonly dependencies: readonly Dependency[]
  /** Dependency name → name of the repository whose cached index to read. */
  readonly repositoryNames: ReadonlyMap<string, string>
  readonly generated: string
}

/** Chooses the newest version of each dependency that satisfies its constraint. As Helm 4 `resolver.Resolve`. */
export async function resolveDependencies(request: ResolveRequest, env: RepoEnvironment): Promise<DependencyLock> {
  const locked: Dependency[] = []
  const missing: string[] = []
  for (const dependency of request.dependencies) {
    const found = await resolveOne(dependency, request, env)
    if (found === 'missing') {
      const { name, repository, version } = dependency
      missing.push(`"${name}" (repository "${repository}", version "${version}")`)
    } else locked.push(found)
  }
  if (missing.length > 0) {
    const list = missing.join(', ')
    const message = `can't get a valid version for ${missing.length} subchart(s): ${list}. Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml`
    throw repoError('DEPENDENCY', message)
  }
  return { generated: request.generated, digest: lockDigest(request.dependencies, locked), dependencies: locked }
}

async function resolveOne(
  dependency: Dependency,
  request: ResolveRequest,
  env: RepoEnvironment,
): Promise<Dependency | 'missing'> {
  const { name, repository, version } = dependency
  const constraint = constraintOf(dependency)
  if (repository === '') {
    localPath(join('charts', name), request.chartFolder)
    return lockedDependency(name, '', version)
  }
  if (repository.startsWith('file://')) {
    const chart = loadChartFolderUnchecked(localPath(repository, request.chartFolder), { log: env.log })
    const found = tryVersion(chart.metadata.version)
    if (found === undefined || !constraint.check(found)) return 'missing'
    return lockedDependency(name, repository, chart.metadata.version)
  }
  const repositoryName = request.repositoryNames.get(name) ?? ''
  if (repositoryName === '') return lockedDependency(name, repository, version)
  const candidates = isOci(repository)
    ? await registryVersions(dependency, env)
    : indexedVersions(dependency, repositoryName, env)
  for (const candidate of candidates) {
    const parsed = tryVersion(candidate)
    if (parsed !== undefined && constraint.check(parsed)) return lockedDependency(name, repository, candidate)
  }
  return isOci(repository) ? lockedDependency(name, repository, version) : 'missing'
}

function constraintOf(dependency: Dependency): ReturnType<typeof readConstraint> {
  try {
    return readConstraint(dependency.version)
  } catch (error) {
    const message = `dependency "${dependency.name}" has an invalid version/constraint format: ${errorText(error)}`
    throw repoError('DEPENDENCY', message, error)
  }
}

function indexedVersions(dependency: Dependency, repositoryName: string, env: RepoEnvironment): readonly string[] {
  let index: ReturnType<typeof loadIndexFile>
  try {
    index = loadIndexFile(indexCachePath(env.repositoryCache, repositoryName), env.log)
  } catch (error) {
    const message = `no cached repository for ${repositoryName} found. (try 'helm repo update'): ${errorText(error)}`
    throw repoError('INDEX_UNREADABLE', message, error)
  }
  const versions = index.entries.get(dependency.name)
  if (versions === undefined) {
    throw repoError('CHART_NOT_FOUND', `${dependency.name} chart not found in repo ${dependency.repository}`)
  }
  return versions.filter((entry) => (entry.urls ?? []).length > 0).map((entry) => entry.metadata.version)
}

async function registryVersions(dependency: Dependency, env: RepoEnvironment): Promise<readonly string[]> {
  if (tryVersion(dependency.version) !== undefined) return [dependency.version]
  const registry = await env.registry()
  try {
    return await registry.tags(`${dependency.repository.slice('oci://'.length)}/${dependency.name}`)
  } catch (error) {
    const message = `could not retrieve list of tags for repository ${dependency.repository}: ${errorText(error)}`
    throw repoError('REGISTRY', message, error)
  }
}
