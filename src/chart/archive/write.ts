import { gzipSync } from 'node:zlib'
import { Header, Pax } from 'tar'

/** A file of an archive; `name` is the whole path in it. */
export interface ArchiveEntry {
  readonly name: string
  readonly data: Uint8Array
  /** Milliseconds; absent: the time of packaging. */
  readonly modTime: number | undefined
}

const blockBytes = 512
/** Extra field that Helm puts in the gzip header of its archives (RFC 1952 subfield), and the comment beside it. */
const gzipExtra = Buffer.from('rr\x28\x00aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=', 'latin1')
const gzipComment = 'Helm'

/** A gzipped tar archive as Helm writes it: files only, mode 0644, long names in PAX headers. */
export function writeArchive(entries: readonly ArchiveEntry[], nowMs: number): Uint8Array {
  const blocks: Buffer[] = []
  for (const entry of entries) blocks.push(...entryBlocks(entry, nowMs))
  blocks.push(Buffer.alloc(2 * blockBytes))
  return withHelmHeader(gzipSync(Buffer.concat(blocks)))
}

function entryBlocks(entry: ArchiveEntry, nowMs: number): Buffer[] {
  const fields = {
    path: entry.name,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: entry.data.length,
    mtime: new Date(Math.trunc((entry.modTime ?? nowMs) / 1000) * 1000),
    type: 'File' as const,
    uname: '',
    gname: '',
  }
  const header = new Header(fields)
  const block = Buffer.alloc(blockBytes)
  const needsPax = header.encode(block, 0)
  const blocks: Buffer[] = []
  if (needsPax) blocks.push(new Pax({ path: entry.name, size: entry.data.length }).encode())
  blocks.push(block, Buffer.from(entry.data))
  const rest = entry.data.length % blockBytes
  if (rest > 0) blocks.push(Buffer.alloc(blockBytes - rest))
  return blocks
}

/** Adds Helm's extra field and comment to a gzip stream with a plain header. */
function withHelmHeader(gzip: Buffer): Buffer {
  const plainHeaderBytes = 10
  const header = Buffer.from(gzip.subarray(0, plainHeaderBytes))
  const hasExtra = 4
  const hasComment = 16
  header[3] = hasExtra | hasComment
  header[9] = 255
  const length = Buffer.alloc(2)
  length.writeUInt16LE(gzipExtra.length)
  return Buffer.concat([header, length, gzipExtra, Buffer.from(`${gzipComment}\0`), gzip.subarray(plainHeaderBytes)])
}
