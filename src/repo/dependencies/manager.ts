import { statSync } from 'node:fs'
import { errorText, type Log } from '../../base/index.ts'
import { type Chart, type Dependency, loadChartFolderUnchecked } from '../../chart/index.ts'
import type { RepoEnvironment } from '../environment.ts'
import { fileError, repoError } from '../errors.ts'
import { rfc3339Nano } from '../time.ts'
import { fetchDependencies } from './fetch.ts'
import { legacyLockDigest, lockDigest, writeLock } from './lock.ts'
import {
  checkRepositoriesKnown,
  nameForeignRepositories,
  nameRepositories,
  refreshRepositories,
} from './repositories.ts'
import type { DependencyRequest } from './request.ts'
import { resolveDependencies } from './resolve.ts'

/** Resolves the dependencies of Chart.yaml, fills charts/ and writes the lock. As Helm 4 `Manager.Update`. */
export async function updateDependencies(request: DependencyRequest, env: RepoEnvironment): Promise<void> {
  const chart = loadFolder(request.chartFolder, env.log)
  const dependencies = dependenciesOf(chart)
  if (dependencies === undefined) return
  const names = namesOf(dependencies, request, env)
  const { skipRefresh: skipUpdate, print } = request
  await nameForeignRepositories(names, dependencies, env, { skipUpdate, print })
  if (!skipUpdate) await refreshRepositories(env, print)
  const generated = rfc3339Nano(env.clock.nowMs())
  const { chartFolder } = request
  const lock = await resolveDependencies({ chartFolder, dependencies, repositoryNames: names, generated }, env)
  const locked = await fetchDependencies(lock.dependencies, request, env)
  const digest = lockDigest(dependencies, locked)
  if (chart.lock?.digest === digest) return
  writeLock(chartFolder, { generated, digest, dependencies: locked }, { legacy: chart.metadata.apiVersion === 'v1' })
}

/** Fills charts/ with what the lock names; without a lock it is an update. As Helm 4 `Manager.Build`. */
export async function buildDependencies(request: DependencyRequest, env: RepoEnvironment): Promise<void> {
  const chart = loadFolder(request.chartFolder, env.log)
  const { lock } = chart
  if (lock === undefined) return updateDependencies(request, env)
  const wanted = dependenciesOf(chart) ?? []
  const locked = (lock.dependencies ?? []).filter((item) => item !== null)
  const legacyDigest = legacyLockDigest(wanted)
  namesOf(wanted, request, env)
  if (lockDigest(wanted, locked) !== lock.digest) {
    if (chart.metadata.apiVersion !== 'v1')
      throw outOfSync('Chart.lock', 'Chart.yaml', " with 'helm dependency update'")
    const message = 'warning: a valid Helm v3 hash was not found. Checking against Helm v2 hash...'
    env.log({ level: 'INFO', message, attributes: [] })
    if (legacyDigest !== lock.digest) throw outOfSync('requirements.lock', 'requirements.yaml', '')
  }
  checkRepositoriesKnown(locked, env)
  if (!request.skipRefresh) await refreshRepositories(env, request.print)
  await fetchDependencies(locked, request, env)
}

function loadFolder(folder: string, log: Log): Chart {
  let isFolder: boolean
  try {
    isFolder = statSync(folder).isDirectory()
  } catch (error) {
    throw repoError(
      'CHART_PATH_NOT_FOUND',
      `could not find ${folder}: ${errorText(fileError(error, 'stat', folder))}`,
      error,
    )
  }
  if (!isFolder) throw repoError('CHART_PATH_NOT_FOUND', 'only unpacked charts can be updated')
  return loadChartFolderUnchecked(folder, { log })
}

/** Copies, since aliases are replaced in them. */
function dependenciesOf(chart: Chart): Dependency[] | undefined {
  return chart.metadata.dependencies?.filter((item) => item !== null).map((item) => ({ ...item }))
}

function namesOf(
  dependencies: readonly Dependency[],
  request: DependencyRequest,
  env: RepoEnvironment,
): Map<string, string> {
  return nameRepositories(dependencies, request.chartFolder, env, (repository) => {
    if (request.debug) request.print(`Repository from local path: ${repository}`)
  })
}

function outOfSync(lock: string, source: string, how: string): Error {
  const message = `the lock file (${lock}) is out of sync with the dependencies file (${source}). Please update the dependencies${how}`
  return repoError('LOCK_OUT_OF_SYNC', message)
}
