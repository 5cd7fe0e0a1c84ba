import { readFileSync, statSync } from 'node:fs'
import { loadChartFileUnchecked, type Metadata } from '../../chart/index.ts'
import { fileError, repoError } from '../errors.ts'

/** A chart archive that is to be pushed. */
export interface PushSource {
  readonly metadata: Metadata
  readonly data: Uint8Array
  readonly provenance: Uint8Array | undefined
  /** When the archive was written. */
  readonly created: string
}

/** Reads an archive and the provenance beside it. */
export function readPushSource(path: string): PushSource {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw repoError('FILE', `${path}: no such file`)
  if (found.isDirectory()) throw repoError('FILE', 'cannot push directory, must provide chart archive (.tgz)')
  const { metadata } = loadChartFileUnchecked(path)
  const hasProvenance = statSync(`${path}.prov`, { throwIfNoEntry: false }) !== undefined
  try {
    const data = readFileSync(path)
    return {
      metadata,
      data,
      provenance: hasProvenance ? readFileSync(`${path}.prov`) : undefined,
      created: localRfc3339(found.mtime),
    }
  } catch (error) {
    throw fileError(error, 'open', path)
  }
}

/** A time in the machine's zone, with seconds, as Go's RFC 3339 layout. */
function localRfc3339(date: Date): string {
  const offset = -date.getTimezoneOffset()
  const two = (value: number): string => String(Math.abs(Math.trunc(value))).padStart(2, '0')
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19)
  return offset === 0 ? `${local}Z` : `${local}${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`
}
