import { gzipSync } from 'node:zlib'

/** Compresses bytes. `level` 9 is best compression; the header carries no name and no time. */
export function gzip(data: Uint8Array, level = 9): Buffer {
  return gzipSync(data, { level })
}

/** Whether bytes begin like a gzip stream. */
export function isGzip(data: Uint8Array): boolean {
  return data[0] === 0x1f && data[1] === 0x8b && data[2] === 0x08
}
