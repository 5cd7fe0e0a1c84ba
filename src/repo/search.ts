import { errorText } from '../base/index.ts'
import type { RepoEnvironment } from './environment.ts'
import { isMissingFile, repoError } from './errors.ts'
import { indexCachePath } from './http/chart-repository.ts'
import type { ChartVersion } from './http/chart-version.ts'
import { loadIndexFile } from './http/index-file.ts'
import type { IndexFile } from './http/index-model.ts'
import { loadRepositories, type RepositoriesFile } from './http/repositories-file.ts'
import { compareVersions } from '../version/index.ts'
import { readConstraint, tryVersion } from './versions.ts'

/** Made once the indexes are read; finds the offset of the first match in a line, -1 when there is none. */
export type SearchMatcher = () => (line: string) => number

/** What to search for. */
export interface SearchOptions {
  /** A text to find, or `matches` for a regular expression; empty finds everything. */
  readonly term: string
  /** Absent: `term` is literal text. */
  readonly matcher?: SearchMatcher
  /** Constraint that versions must satisfy. */
  readonly version: string
  /** Every version, not only the newest. */
  readonly allVersions: boolean
}

/** A chart version that was found. */
export interface SearchHit {
  /** `repository/chart` */
  readonly name: string
  readonly chart: ChartVersion
}

interface Candidate extends SearchHit {
  readonly score: number
}

/** Worst score that still counts: how many parts of a line lie before the match. */
const maxScore = 25

/** Searches the cached indexes of the repositories that were added. As Helm 4 `search repo`: best matches first, then by name. */
export function searchRepositories(env: RepoEnvironment, options: SearchOptions): SearchHit[] {
  const candidates: Candidate[] = []
  const indexes = cachedIndexes(env)
  const positionIn = options.matcher?.() ?? literalMatcher(options.term)
  for (const [repository, index] of indexes) {
    for (const [chart, versions] of index.entries) {
      for (const version of versions) {
        const score = options.term === '' ? 0 : scoreOf(repository, version, positionIn)
        if (score !== undefined && score < maxScore)
          candidates.push({ name: joinName(repository, chart), chart: version, score })
      }
    }
  }
  candidates.sort(compare)
  return satisfying(candidates, options)
}

function literalMatcher(term: string): (line: string) => number {
  const lower = term.toLowerCase()
  return (line) => line.toLowerCase().indexOf(lower)
}

function cachedIndexes(env: RepoEnvironment): [string, IndexFile][] {
  let file: RepositoriesFile
  try {
    file = loadRepositories(env.repositoryConfig)
  } catch (error) {
    if (!isMissingFile(error)) env.log({ level: 'DEBUG', message: errorText(error), attributes: [] })
    throw repoError('NO_REPOSITORIES', 'no repositories configured', error)
  }
  if (file.repositories.length === 0) throw repoError('NO_REPOSITORIES', 'no repositories configured')
  const indexes: [string, IndexFile][] = []
  for (const { name } of file.repositories) {
    try {
      indexes.push([name, loadIndexFile(indexCachePath(env.repositoryCache, name), env.log)])
    } catch (error) {
      const attributes = [
        ['repo', name],
        ['error', errorText(error)],
      ] as const
      env.log({ level: 'WARN', message: 'repo is corrupt or missing', attributes })
    }
  }
  return indexes
}

/** The number of the part of the line (name, full name, description, keywords) that matches first. */
function scoreOf(repository: string, version: ChartVersion, positionIn: (line: string) => number): number | undefined {
  const { name, description, keywords } = version.metadata
  const parts = [name, `${repository}/${name}`, description, (keywords ?? []).join(' ')]
  const at = positionIn(parts.join('\v'))
  if (at < 0) return undefined
  let end = -1
  for (const [index, part] of parts.entries()) {
    end += part.length + 1
    if (at <= end && index < parts.length - 1) return index
  }
  return parts.length - 1
}

function compare(a: Candidate, b: Candidate): number {
  if (a.score !== b.score) return a.score - b.score
  if (a.name !== b.name) return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))
  const left = tryVersion(a.chart.metadata.version)
  const right = tryVersion(b.chart.metadata.version)
  return left === undefined || right === undefined ? 0 : compareVersions(right, left)
}

function satisfying(candidates: readonly Candidate[], options: SearchOptions): SearchHit[] {
  let constraint: ReturnType<typeof readConstraint>
  try {
    constraint = readConstraint(options.version)
  } catch (error) {
    throw repoError('BAD_REFERENCE', `an invalid version/constraint format: ${errorText(error)}`, error)
  }
  const found = new Set<string>()
  return candidates.filter((candidate) => {
    if (!options.allVersions && found.has(candidate.name)) return false
    const version = tryVersion(candidate.chart.metadata.version)
    if (version === undefined || !constraint.check(version)) return false
    found.add(candidate.name)
    return true
  })
}

function joinName(repository: string, chart: string): string {
  return `${repository}/${chart}`.replace(/\/+/g, '/')
}
