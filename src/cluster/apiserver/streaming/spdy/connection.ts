import { ByteQueue } from '../byte-queue.ts'
import { controlFrame, dataFrame, FLAG_FIN, FRAME, type Frame, FrameReader, SpdyError, uint32 } from './frames.ts'
import { HeaderBlocks } from './header-block.ts'

/** Where the bytes of a connection come from and go to: a socket, or messages of a WebSocket. */
export interface ByteLink {
  write(bytes: Buffer): void
  end(): void
}

/** A stream that the peer has opened. */
export interface SpdyStream {
  readonly headers: ReadonlyMap<string, string>
  /** What the peer sends; ends with its half of the stream. */
  readonly input: ByteQueue
  write(bytes: Buffer): void
  /** Ends our half. */
  end(): void
}

/** As much as is put into one frame. */
const PAYLOAD = 32 * 1024
/** Streams that one connection may have open at once. */
const STREAM_LIMIT = 1024

/**
 * The server's side of a SPDY/3.1 connection as kubectl and kubelet speak it: the client opens streams, both send data; no
 * flow control, no pushes. Bytes come in through `receive`.
 */
export class SpdyConnection {
  private readonly link: ByteLink
  private readonly opened: (stream: SpdyStream) => void
  private readonly reader = new FrameReader()
  private readonly blocks = new HeaderBlocks()
  private readonly inputs = new Map<number, ByteQueue>()
  private work: Promise<void> = Promise.resolve()
  private closed = false
  constructor(link: ByteLink, opened: (stream: SpdyStream) => void) {
    this.link = link
    this.opened = opened
  }

  /** Takes bytes from the peer. Frames are worked on in order. */
  receive(bytes: Buffer): void {
    this.work = this.work.then(async () => {
      if (this.closed) return
      try {
        for (const frame of this.reader.push(bytes)) await this.take(frame)
      } catch (error) {
        this.close()
        if (!(error instanceof SpdyError)) throw error
      }
    })
  }

  /** Ends the connection; what the peer was sending ends too. */
  close(): void {
    if (this.closed) return
    this.closed = true
    for (const input of this.inputs.values()) input.end()
    this.inputs.clear()
    this.blocks.close()
    this.link.end()
  }

  private async take(frame: Frame): Promise<void> {
    if (frame.kind === 'data') {
      const input = this.inputs.get(frame.stream)
      if (frame.payload.length > 0) input?.push(frame.payload)
      if (frame.flags & FLAG_FIN) input?.end()
      return
    }
    switch (frame.type) {
      case FRAME.synStream:
        await this.open(frame)
        break
      case FRAME.rstStream: {
        const id = idOf(frame.payload)
        this.inputs.get(id)?.end()
        this.inputs.delete(id)
        break
      }
      case FRAME.headers:
        // Nobody sends headers later, but the block belongs to the compression context.
        await this.blocks.read(frame.payload.subarray(4))
        break
      case FRAME.ping:
        this.link.write(controlFrame(FRAME.ping, 0, frame.payload))
        break
      case FRAME.goAway:
        this.close()
        break
      default:
    }
  }

  private async open(frame: Frame & { kind: 'control' }): Promise<void> {
    const id = idOf(frame.payload)
    const headers = await this.blocks.read(frame.payload.subarray(10))
    if (this.inputs.size >= STREAM_LIMIT) throw new SpdyError('too many streams')
    const input = new ByteQueue()
    this.inputs.set(id, input)
    if (frame.flags & FLAG_FIN) input.end()
    this.link.write(controlFrame(FRAME.synReply, 0, Buffer.concat([uint32(id), await this.blocks.empty()])))
    let ended = false
    this.opened({
      headers,
      input,
      write: (bytes) => {
        if (ended || this.closed) return
        for (let at = 0; at < bytes.length; at += PAYLOAD) {
          this.link.write(dataFrame(id, 0, bytes.subarray(at, at + PAYLOAD)))
        }
      },
      end: () => {
        if (ended || this.closed) return
        ended = true
        this.link.write(dataFrame(id, FLAG_FIN, Buffer.alloc(0)))
      },
    })
  }
}

function idOf(payload: Buffer): number {
  if (payload.length < 4) throw new SpdyError('a frame is too short')
  return payload.readUInt32BE(0) & 0x7fff_ffff
}
