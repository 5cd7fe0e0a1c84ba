import { gunzipSync, inflateRawSync } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { quote } from '../../go/index.ts'
import { chartError } from '../errors.ts'
import { maxChartBytes, maxFileBytes } from '../limits.ts'
import { type ChartFile, nilData } from '../model.ts'
import { entryName } from './entry-policy.ts'
import { readTar, wholeBlocks } from './tar-reader.ts'

const chunkBytes = 1 << 16
const tarOverheadBytes = 32 * 1024 * 1024

/**
 * Reads the files of a packaged chart (.tgz) into memory. As Helm 4.2: folders are skipped, links are files without content,
 * names and sizes are checked before anything is kept, a byte order mark is removed.
 */
export function readArchive(bytes: Uint8Array): ChartFile[] {
  if (bytes.length < 10 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw invalidHeader(bytes)
  const unpacked = tryUnpack(bytes)
  const files = (unpacked && readPlain(unpacked)) ?? readStream(bytes, unpacked)
  if (files.length === 0) throw chartError('ARCHIVE_INVALID', 'no files in chart archive')
  return files
}

/** Reads an archive that has nothing unusual; undefined for others. */
function readPlain(unpacked: Buffer): ChartFile[] | undefined {
  const members = readTar(unpacked)
  if (members === undefined) return undefined
  const state = { remaining: maxChartBytes }
  const files: ChartFile[] = []
  for (const { path, isFolder, data, modTime } of members) {
    if (!isFolder) files.push(toFile(admit(path, data.length, state), data, modTime))
  }
  return files
}

/** Reads any archive; damaged and oversized ones (not `unpacked`) piece by piece, up to the first refusal. */
function readStream(bytes: Uint8Array, unpacked: Buffer | undefined): ChartFile[] {
  const files: ChartFile[] = []
  const state = { remaining: maxChartBytes, failure: undefined as unknown }
  const parser = new Parser({
    strict: false,
    maxMetaEntrySize: 1024 * 1024,
    onReadEntry: (entry) => {
      try {
        readEntry(entry, files, state)
      } catch (error) {
        state.failure ??= error
        entry.resume()
      }
    },
    onwarn: (code, message) => {
      if (code !== 'TAR_ENTRY_INFO') state.failure ??= chartError('ARCHIVE_INVALID', tarFailure(String(message)))
    },
  })
  parser.on('error', (error) => {
    state.failure ??= chartError('ARCHIVE_INVALID', 'unexpected EOF', error)
  })
  const { blocks, isCut } = wholeBlocks(unpacked)
  feed(parser, bytes, blocks, () => state.failure !== undefined)
  if (state.failure !== undefined) throw state.failure
  if (isCut) throw chartError('ARCHIVE_INVALID', 'unexpected EOF')
  return files
}

/** Whether the bytes start like gzip, as Helm tells an archive from other files. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08
}

function feed(parser: Parser, bytes: Uint8Array, unpacked: Buffer | undefined, stopped: () => boolean): void {
  if (unpacked) {
    // Zeros from the start are the end of an archive without files.
    if (unpacked.subarray(0, 1024).some((byte) => byte !== 0)) parser.end(unpacked)
    return
  }
  for (let at = 0; at < bytes.length && !stopped(); at += chunkBytes) {
    parser.write(Buffer.from(bytes.subarray(at, at + chunkBytes)))
  }
  if (!stopped()) parser.end()
}

function tryUnpack(bytes: Uint8Array): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxChartBytes + tarOverheadBytes, chunkSize: outputBytes(bytes) })
  } catch {
    return tryUnpackFirst(bytes)
  }
}

/** The first member alone, for what Go reads: it stops at the end of the archive, and never sees what follows. */
function tryUnpackFirst(bytes: Uint8Array): Buffer | undefined {
  const start = headerBytes(bytes)
  try {
    return inflateRawSync(bytes.subarray(start), { maxOutputLength: maxChartBytes + tarOverheadBytes })
  } catch {
    return undefined
  }
}

/** Length of a gzip header: ten bytes, then optional fields by the bits of the fourth. */
function headerBytes(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0
  const afterText = (from: number): number => bytes.indexOf(0, from) + 1 || bytes.length
  let at = 10
  if ((flags & 4) !== 0) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0)
  if ((flags & 8) !== 0) at = afterText(at)
  if ((flags & 16) !== 0) at = afterText(at)
  return (flags & 2) !== 0 ? at + 2 : at
}

/** Room for the whole output as the end of a gzip stream gives its size, within what its length makes likely. */
function outputBytes(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(-4)
  const size = ((d << 24) | (c << 16) | (b << 8) | a) >>> 0
  return Math.max(chunkBytes, Math.min(size + 1, bytes.length * 20))
}

function readEntry(entry: ReadEntry, files: ChartFile[], state: { remaining: number; failure: unknown }): void {
  if (state.failure !== undefined || entry.type === 'Directory' || entry.type === 'GNUDumpDir') {
    entry.resume()
    return
  }
  const name = admit(entry.path, entry.size, state)
  const chunks: Buffer[] = []
  entry.on('data', (chunk: Buffer) => chunks.push(chunk))
  entry.on('end', () => {
    const data = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    files.push(toFile(name, data, entry.mtime?.getTime()))
  })
}

/** Checks a file's name and size before its content is taken; gives its name inside the chart. */
function admit(path: string, size: number, state: { remaining: number }): string {
  const name = entryName(path)
  if (size > state.remaining) throw chartTooLarge()
  if (size > maxFileBytes) {
    throw chartError(
      'ARCHIVE_LIMIT',
      `decompressed chart file ${quote(path)} is larger than the maximum file size ${maxFileBytes}`,
    )
  }
  state.remaining -= size
  if (state.remaining <= 0) throw chartTooLarge()
  return name
}

function toFile(name: string, data: Uint8Array, modTime: number | undefined): ChartFile {
  return { name, data: data.length === 0 ? nilData : withoutByteOrderMark(data), modTime }
}

/** Removes a leading UTF-8 byte order mark. */
export function withoutByteOrderMark(data: Uint8Array): Uint8Array {
  return data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data
}

function chartTooLarge(): Error {
  return chartError('ARCHIVE_LIMIT', `decompressed chart is larger than the maximum size ${maxChartBytes}`)
}

function tarFailure(message: string): string {
  return /truncated/i.test(message) ? 'unexpected EOF' : 'archive/tar: invalid tar header'
}

function invalidHeader(bytes: Uint8Array): Error {
  return chartError(
    'ARCHIVE_INVALID',
    bytes.length === 0 ? 'EOF' : bytes.length < 10 ? 'unexpected EOF' : 'gzip: invalid header',
  )
}
