import { readdirSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { errorText, type Log, silentLog } from '../../base/index.ts'
import { type Chart, loadChartUnchecked, validateMetadata } from '../../chart/index.ts'
import { sha256 } from '../content-cache.ts'
import { repoError } from '../errors.ts'
import { readBytes } from '../files.ts'
import { joinUrl, parseUrl } from '../url.ts'
import { emptyIndex } from './index-file.ts'
import type { IndexFile } from './index-model.ts'

/** Indexes the packed charts in a folder and in the folders right below it. As Helm 4 `repo.IndexDirectory`. */
export function indexFolder(folder: string, baseUrl: string, now: string, log: Log = silentLog): IndexFile {
  const index = emptyIndex(now)
  for (const file of archivesIn(folder)) {
    let chart: Chart
    try {
      chart = loadChartUnchecked(join(folder, file), { log })
    } catch {
      continue
    }
    const { metadata } = chart
    if (metadata.apiVersion === '') metadata.apiVersion = 'v1'
    const name = posix.basename(file)
    try {
      validateMetadata(metadata)
    } catch (error) {
      const message = `failed adding to ${name} to index: validate failed for ${name}: ${errorText(error)}`
      throw repoError('INDEX_INVALID', message, error)
    }
    const entry = {
      metadata,
      urls: [urlOf(file, baseUrl)],
      created: now,
      removed: false,
      digest: sha256(readBytes(join(folder, file))),
    }
    index.entries.set(metadata.name, [...(index.entries.get(metadata.name) ?? []), entry])
  }
  return index
}

function urlOf(file: string, baseUrl: string): string {
  const parent = posix.dirname(file) === '.' ? '' : posix.dirname(file)
  const base = parseUrl(baseUrl) === undefined ? posix.join(baseUrl, parent) : joinUrl(baseUrl, parent)
  const name = posix.basename(file)
  return base === '' ? name : joinUrl(base, name)
}

function archivesIn(folder: string): string[] {
  const list = (path: string): string[] => {
    try {
      return readdirSync(path).sort()
    } catch {
      return []
    }
  }
  const here = list(folder)
  const below = here.flatMap((name) => list(join(folder, name)).map((file) => `${name}/${file}`))
  return [...here, ...below].filter((name) => name.endsWith('.tgz')).map((name) => name.split(sep).join('/'))
}
