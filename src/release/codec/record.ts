import { gunzipSync, gzipSync } from 'node:zlib'
import { decodeBase64Bytes } from '../../encoding/index.ts'
import type { Release } from '../model.ts'
import { releaseFromJson, releaseToJson } from './release-json.ts'

/** Costs a third of the time of the best level for a hundredth more bytes. */
const USUAL_COMPRESSION = 6
const BEST_COMPRESSION = 9

/**
 * The text of a record: JSON, gzip, base64. As Helm's encodeRelease, but for the level of compression: the best one is
 * taken only where the usual one gives more than `limit` characters.
 */
export function encodeRelease(release: Release, limit = Number.POSITIVE_INFINITY): string {
  const json = Buffer.from(releaseToJson(release), 'utf8')
  const usual = gzipSync(json, { level: USUAL_COMPRESSION }).toString('base64')
  return usual.length <= limit ? usual : gzipSync(json, { level: BEST_COMPRESSION }).toString('base64')
}

/** Reads the text of a record; records from before compression are read too. Throws when it is damaged. */
export function decodeRelease(text: string): Release {
  const bytes = decodeBase64Bytes(text)
  const packed = bytes.length > 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08
  return releaseFromJson((packed ? gunzipSync(bytes) : bytes).toString('utf8'))
}
