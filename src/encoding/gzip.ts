import { gunzipSync, gzipSync } from 'node:zlib'
import { EncodingError } from './errors.ts'

/** Compresses bytes. `level` 9 is best compression; the header carries no name and no time. */
export function gzip(data: Uint8Array, level = 9): Buffer {
  return gzipSync(data, { level })
}

/** Whether bytes begin like a gzip stream. */
export function isGzip(data: Uint8Array): boolean {
  return data[0] === 0x1f && data[1] === 0x8b && data[2] === 0x08
}

/** Decompresses at most `limitBytes` bytes of result; more is refused, so that a small file cannot fill the memory. */
export function gunzip(data: Uint8Array, limitBytes: number): Buffer {
  try {
    return gunzipSync(data, { maxOutputLength: limitBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new EncodingError('GZIP_TOO_LARGE', `gzip: decompressed data exceeds ${limitBytes} bytes`, { limitBytes })
    }
    throw new EncodingError('GZIP_CORRUPT', gzipMessage(data), {}, error)
  }
}

/** Go's words for a stream that cannot be read. */
function gzipMessage(data: Uint8Array): string {
  if (data.length === 0) return 'EOF'
  return isGzip(data) ? 'unexpected EOF' : 'gzip: invalid header'
}
