/** Types of SPDY/3 control frames that are used here. */
export const FRAME = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const

/** The last frame of a sender on a stream. */
export const FLAG_FIN = 1

/** A frame as it comes from the wire: data of a stream, or a control frame. */
export type Frame =
  | { readonly kind: 'data'; readonly stream: number; readonly flags: number; readonly payload: Buffer }
  | { readonly kind: 'control'; readonly type: number; readonly flags: number; readonly payload: Buffer }

const HEADER_BYTES = 8
const VERSION = 3
/** Larger frames end the connection; kubectl's are far smaller. */
const FRAME_LIMIT = 4 * 1024 * 1024

/** A peer that does not keep to the protocol. */
export class SpdyError extends Error {}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0)

  /** Takes bytes and gives the frames that they complete; throws SpdyError. */
  push(bytes: Buffer): Frame[] {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes])
    const frames: Frame[] = []
    while (this.rest.length >= HEADER_BYTES) {
      const first = this.rest.readUInt32BE(0)
      const second = this.rest.readUInt32BE(4)
      const length = second & 0xff_ffff
      if (length > FRAME_LIMIT) throw new SpdyError(`a frame of ${length} bytes is too large`)
      if (this.rest.length < HEADER_BYTES + length) break
      const payload = this.rest.subarray(HEADER_BYTES, HEADER_BYTES + length)
      const flags = second >>> 24
      if (first >>> 31 === 0) frames.push({ kind: 'data', stream: first & 0x7fff_ffff, flags, payload })
      else {
        if (((first >>> 16) & 0x7fff) !== VERSION) throw new SpdyError('only version 3 of SPDY is spoken')
        frames.push({ kind: 'control', type: first & 0xffff, flags, payload })
      }
      this.rest = this.rest.subarray(HEADER_BYTES + length)
    }
    return frames
  }
}

/** Bytes of a control frame. */
export function controlFrame(type: number, flags: number, payload: Buffer): Buffer {
  return Buffer.concat([header((0x8000_0000 | (VERSION << 16) | type) >>> 0, flags, payload.length), payload])
}

/** Bytes of a data frame. */
export function dataFrame(stream: number, flags: number, payload: Buffer): Buffer {
  return Buffer.concat([header(stream, flags, payload.length), payload])
}

function header(first: number, flags: number, length: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt32BE(first, 0)
  bytes.writeUInt32BE(((flags << 24) | length) >>> 0, 4)
  return bytes
}

/** A number as four bytes. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
