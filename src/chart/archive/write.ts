import { crc32 } from 'node:zlib'
import { deflateLikeGo } from './deflate/deflate.ts'
import { tarHeader, tarPadding } from './tar-header.ts'

/** A file of an archive; `name` is the whole path in it. */
export interface ArchiveEntry {
  readonly name: string
  readonly data: Uint8Array
  /** Milliseconds; absent: the time of packaging. */
  readonly modTime: number | undefined
}

const blockBytes = 512

/** Header of a gzip stream with Helm's extra field (RFC 1952 subfield) and comment. */
const gzipHeader = Buffer.concat([
  Buffer.from([0x1f, 0x8b, 8, 4 | 16, 0, 0, 0, 0, 0, 255, 44, 0]),
  Buffer.from('rr\x28\x00aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=', 'latin1'),
  Buffer.from('Helm\0'),
])

/** A gzipped tar archive, byte for byte as Helm writes it: files only, mode 0644, long names in PAX headers. */
export function writeArchive(entries: readonly ArchiveEntry[], nowMs: number): Uint8Array {
  const chunks = entries.flatMap((entry) => entryChunks(entry, nowMs))
  chunks.push(Buffer.alloc(blockBytes), Buffer.alloc(blockBytes))
  const trailer = Buffer.alloc(8)
  const tar = Buffer.concat(chunks)
  trailer.writeUInt32LE(checksum(tar), 0)
  trailer.writeUInt32LE(tar.length, 4)
  return Buffer.concat([gzipHeader, deflateLikeGo(chunks), trailer])
}

/** The writes that Go's tar writer makes for one file. */
function entryChunks(entry: ArchiveEntry, nowMs: number): Uint8Array[] {
  // Go's tar writer rounds to the nearest second.
  const seconds = Math.round((entry.modTime ?? nowMs) / 1000)
  const padding = tarPadding(entry.data.length)
  const chunks = [...tarHeader({ name: entry.name, size: entry.data.length, mode: 0o644, seconds }), entry.data]
  if (padding > 0) chunks.push(Buffer.alloc(padding))
  return chunks.filter((chunk) => chunk.length > 0)
}

let table: Uint32Array | undefined

/** CRC-32 as gzip has it; Node's own where there is one. */
function checksum(data: Uint8Array): number {
  if (typeof crc32 === 'function') return crc32(data)
  table ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    return value >>> 0
  })
  let sum = 0xffffffff
  for (const byte of data) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 0xff] ?? 0)
  return (sum ^ 0xffffffff) >>> 0
}
