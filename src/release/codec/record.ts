import { gunzipSync, gzipSync } from 'node:zlib'
import { decodeBase64Bytes } from '../../encoding/index.ts'
import type { Release, ReleaseSummary } from '../model.ts'
import { releaseFromJson, releaseFromValue, releaseJsonParts } from './release-json.ts'

/** Costs a third of the time of the best level for a hundredth more bytes. */
const USUAL_COMPRESSION = 6
const BEST_COMPRESSION = 9
/** Most records fit one such piece, which takes half the time of many. */
const UNPACK_BYTES = 65_536

/** Makes the texts of records: JSON, gzip, base64. As Helm's encodeRelease. */
export interface RecordEncoder {
  encode(release: Release): string
  /** Packs in advance what is costly about a revision. */
  prepare(release: Release): void
}

/**
 * An encoder that packs what stays the same over the writes of one revision (chart, values and manifest) once: it is a gzip
 * member of its own, and readers of gzip read members one after the other as one text (RFC 1952). Where that gives more
 * than `limit` characters, the whole is packed anew, as small as gzip can.
 */
export function recordEncoder(limit = Number.POSITIVE_INFINITY): RecordEncoder {
  let last: (Pick<Release, 'chart' | 'config' | 'manifest'> & { readonly packed: Buffer }) | undefined
  const packedBody = (release: Release, body: () => string): Buffer => {
    const { chart, config, manifest } = release
    if (last === undefined || last.chart !== chart || last.config !== config || last.manifest !== manifest) {
      last = { chart, config, manifest, packed: pack(body(), USUAL_COMPRESSION) }
    }
    return last.packed
  }
  return {
    prepare(release) {
      packedBody(release, releaseJsonParts(release).body)
    },
    encode(release) {
      const { head, body, tail } = releaseJsonParts(release)
      const members = [pack(head, USUAL_COMPRESSION), packedBody(release, body), pack(tail, USUAL_COMPRESSION)]
      const text = Buffer.concat(members).toString('base64')
      if (text.length <= limit) return text
      return pack(`${head}${body()}${tail}`, BEST_COMPRESSION).toString('base64')
    },
  }
}

function pack(text: string, level: number): Buffer {
  return gzipSync(Buffer.from(text, 'utf8'), { level })
}

/** Reads the text of a record; records from before compression are read too. Throws when it is damaged. */
export function decodeRelease(text: string): Release {
  return releaseFromJson(unpack(text).toString('utf8'))
}

/** Reads of a record what lists show; the rest of it is unpacked (and so checked), but not parsed where that can be seen to do. */
export function decodeSummary(text: string): ReleaseSummary {
  return summaryOf(unpack(text))
}

/** As `decodeSummary`, of a record's unpacked bytes. */
export function summaryOf(json: Buffer): ReleaseSummary {
  return releaseFromValue(outline(json) ?? (JSON.parse(json.toString('utf8')) as Record<string, unknown>))
}

function unpack(text: string): Buffer {
  const bytes = decodeBase64Bytes(text)
  return isPacked(bytes) ? gunzipSync(bytes, { chunkSize: UNPACK_BYTES }) : bytes
}

/** Whether the bytes of a record are compressed: those of old versions of Helm are not. */
export function isPacked(bytes: Buffer): boolean {
  return bytes.length > 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08
}

/** Between these members of a record, in the order in which all versions of Helm write them, stands what lists do not show. */
const REST = { from: ',"templates":', to: ',"version":' } as const

/**
 * The members of a record before its chart's templates and after its hooks; undefined where it is written in another way.
 * Quotes inside texts are escaped, so that the marks cannot be found in them.
 */
function outline(json: Buffer): Record<string, unknown> | undefined {
  const [from, to] = [json.indexOf(REST.from), json.lastIndexOf(REST.to)]
  if (from < 0 || to < from) return undefined
  try {
    const head = JSON.parse(`${json.toString('utf8', 0, from)}}}`) as Record<string, unknown>
    const tail = JSON.parse(`{${json.toString('utf8', to + 1)}`) as Record<string, unknown>
    const isWhole = ['name', 'info', 'chart'].every((field) => field in head) && typeof tail.namespace === 'string'
    return isWhole ? { ...head, ...tail } : undefined
  } catch {
    return undefined
  }
}
