import type { Log, Random } from '../../base/index.ts'
import { ChartctlError, errorText } from '../../base/index.ts'
import { type Metadata, validateMetadata } from '../../chart/index.ts'
import { compareVersions } from '../../version/index.ts'
import { repoError } from '../errors.ts'
import { readBytes, writeFileAtomically } from '../files.ts'
import { isVersionRange, readConstraint, tryVersion } from '../versions.ts'
import type { ChartVersion } from './chart-version.ts'
import { decodeIndex } from './index-decode.ts'
import type { IndexFile } from './index-model.ts'
import { indexJson, indexYaml } from './index-print.ts'

/** An index without charts. */
export function emptyIndex(generated: string): IndexFile {
  return {
    apiVersion: 'v1',
    generated,
    entries: new Map(),
    publicKeys: [],
    annotations: undefined,
    serverInfo: undefined,
  }
}

/** Reads an index from disk; errors are Helm's: `error loading PATH: …`. */
export function loadIndexFile(path: string, log: Log): IndexFile {
  const data = readBytes(path)
  try {
    return parseIndex(data, path, log)
  } catch (error) {
    throw repoError('INDEX_INVALID', `error loading ${path}: ${errorText(error)}`, error)
  }
}

/**
 * Reads an index (YAML, or JSON) and sorts its versions. Entries whose metadata is invalid are left out with a warning;
 * `source` names the index in it. As Helm 4 `repo.loadIndex`.
 */
export function parseIndex(data: Uint8Array, source: string, log: Log): IndexFile {
  if (data.length === 0) throw repoError('INDEX_INVALID', 'empty index.yaml file')
  const index = decodeIndex(data)
  for (const [name, versions] of index.entries) {
    const kept: ChartVersion[] = []
    for (const version of versions) {
      const problem = version === null ? 'empty entry' : entryProblem(version.metadata)
      if (version !== null && problem === undefined) kept.push(version)
      else {
        const which =
          version === null
            ? `chart "${name}" from ${source}`
            : `chart "${name}" "${version.metadata.version}" from ${source}`
        log({ level: 'WARN', message: `skipping loading invalid entry for ${which}: ${problem}`, attributes: [] })
      }
    }
    index.entries.set(name, sortVersions(kept))
  }
  if (index.apiVersion === '') throw repoError('INDEX_INVALID', 'no API version specified')
  return { ...index, entries: index.entries as Map<string, ChartVersion[]> }
}

/** Newest first; versions that do not parse come last. */
export function sortVersions(versions: readonly ChartVersion[]): ChartVersion[] {
  const keyed = versions.map((entry) => ({ entry, version: tryVersion(entry.metadata.version) }))
  keyed.sort((a, b) => {
    if (a.version === undefined || b.version === undefined)
      return Number(a.version === undefined) - Number(b.version === undefined)
    return compareVersions(b.version, a.version)
  })
  return keyed.map((item) => item.entry)
}

/**
 * The version of a chart that `wanted` asks for: that very version, else the newest that satisfies it as a constraint; empty
 * means the newest release. As Helm 4 `IndexFile.Get`.
 */
export function findInIndex(index: IndexFile, name: string, wanted: string, log?: Log): ChartVersion {
  const versions = index.entries.get(name)
  if (versions === undefined) throw repoError('CHART_NOT_FOUND', 'no chart name found')
  if (versions.length === 0) throw repoError('CHART_NOT_FOUND', 'no chart version found')
  const constraint = readConstraint(wanted === '' ? '*' : wanted)
  const exact = wanted === '' ? undefined : versions.find((entry) => entry.metadata.version === wanted)
  if (exact !== undefined) return exact
  for (const entry of versions) {
    const version = tryVersion(entry.metadata.version)
    if (version === undefined || !constraint.check(version)) continue
    if (wanted !== '' && log !== undefined) report(log, name, wanted, entry.metadata.version)
    return entry
  }
  throw repoError('CHART_NOT_FOUND', `no chart version found for ${name}-${wanted}`)
}

/** Adds what `other` has and `index` lacks (by name and version; as in Helm, a version that is a range counts as what it selects). */
export function mergeIndex(index: IndexFile, other: IndexFile, log: Log): void {
  for (const [, versions] of other.entries) {
    for (const entry of versions) {
      const { name, version } = entry.metadata
      if (hasVersion(index, name, version, log)) continue
      index.entries.set(name, [...(index.entries.get(name) ?? []), entry])
    }
  }
}

/** Sorts all versions, newest first. */
export function sortIndex(index: IndexFile): void {
  for (const [name, versions] of index.entries) index.entries.set(name, sortVersions(versions))
}

/** Writes an index as YAML, or as JSON. */
export function writeIndex(
  index: IndexFile,
  path: string,
  options: { readonly json: boolean; readonly random: Random },
): void {
  const text = options.json ? indexJson(index) : indexYaml(index)
  writeFileAtomically(path, text, { mode: 0o644, random: options.random })
}

function hasVersion(index: IndexFile, name: string, version: string, log: Log): boolean {
  try {
    findInIndex(index, name, version, log)
    return true
  } catch {
    return false
  }
}

function entryProblem(metadata: Metadata): string | undefined {
  try {
    if (metadata.apiVersion === '') metadata.apiVersion = 'v1'
    validateMetadata(metadata)
    return undefined
  } catch (error) {
    if (!(error instanceof ChartctlError)) throw error
    return error.message.startsWith('validation: more than one dependency with name or alias')
      ? undefined
      : error.message
  }
}

function report(log: Log, chart: string, requested: string, selected: string): void {
  if (isVersionRange(requested)) {
    const attributes = [
      ['chart', chart],
      ['constraint', requested],
      ['selected', selected],
    ] as const
    log({ level: 'DEBUG', message: 'selected version matching constraint', attributes })
  } else {
    const attributes = [
      ['chart', chart],
      ['requested', requested],
      ['selected', selected],
    ] as const
    const message = 'unable to find exact version requested; falling back to closest available version'
    log({ level: 'WARN', message, attributes })
  }
}
