import { gunzipSync, gzipSync } from 'node:zlib'
import type { Release } from '../model.ts'
import { releaseFromJson, releaseToJson } from './release-json.ts'

const BEST_COMPRESSION = 9

/** The text of a record: JSON, gzip, base64. As Helm's encodeRelease. */
export function encodeRelease(release: Release): string {
  return gzipSync(Buffer.from(releaseToJson(release), 'utf8'), { level: BEST_COMPRESSION }).toString('base64')
}

/** Reads the text of a record; records from before compression are read too. Throws when it is damaged. */
export function decodeRelease(text: string): Release {
  const bytes = Buffer.from(text, 'base64')
  const packed = bytes.length > 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08
  return releaseFromJson((packed ? gunzipSync(bytes) : bytes).toString('utf8'))
}
