import { gzipSync } from 'node:zlib'
import type { Release } from '../model.ts'

/** A part of a record with its share of the packed size. */
export interface RecordPart {
  readonly name: string
  readonly bytes: number
}

/** Most parts that are named. */
const MAX_PARTS = 8

/** The largest parts of a record, by what each takes when packed alone, in base64 as it is stored; largest first. */
export function largestParts(release: Release): RecordPart[] {
  const { chart } = release
  // File contents are base64 inside the JSON, so that they pack worse than their text would.
  const file = (data: Uint8Array): string => Buffer.from(data).toString('base64')
  const parts: [name: string, text: string][] = [
    ['the rendered manifest', release.manifest],
    ['hooks', release.hooks.map(({ manifest }) => manifest).join('\n')],
    ['notes', release.info.notes],
    ...(chart === undefined
      ? []
      : [...chart.templates, ...chart.files].map(({ name, data }): [string, string] => [name, file(data)])),
  ]
  return parts
    .map(([name, text]) => ({ name, bytes: Math.ceil((gzipSync(text).length * 4) / 3) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MAX_PARTS)
    .filter(({ bytes }) => bytes > 1024)
}
