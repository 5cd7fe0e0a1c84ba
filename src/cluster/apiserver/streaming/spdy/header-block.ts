import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'
import { headerDictionary } from './dictionary.ts'
import { SpdyError, uint32 } from './frames.ts'

/** Larger header blocks end the connection. */
const BLOCK_LIMIT = 64 * 1024

/** Compresses and reads the header blocks of one connection; each direction has one compression context for its life. */
export class HeaderBlocks {
  private readonly inflate: Inflate
  private readonly deflate: Deflate
  private inflated: Buffer[] = []
  private deflated: Buffer[] = []
  constructor() {
    const dictionary = headerDictionary()
    this.inflate = createInflate({ dictionary, finishFlush: constants.Z_SYNC_FLUSH })
    this.deflate = createDeflate({ dictionary })
    this.inflate.on('data', (chunk: Buffer) => this.inflated.push(chunk))
    this.deflate.on('data', (chunk: Buffer) => this.deflated.push(chunk))
    // Reported by the read or write during which it happens.
    this.inflate.on('error', () => undefined)
    this.deflate.on('error', () => undefined)
  }

  /** Headers of a block, names in lower case; throws SpdyError. */
  async read(block: Buffer): Promise<Map<string, string>> {
    this.inflated = []
    await new Promise<void>((resolve, reject) => {
      const failed = (): void => reject(new SpdyError('a header block cannot be read'))
      this.inflate.once('error', failed)
      this.inflate.write(block, (error) => {
        this.inflate.off('error', failed)
        if (error) failed()
        else resolve()
      })
    })
    const bytes = Buffer.concat(this.inflated)
    if (bytes.length > BLOCK_LIMIT) throw new SpdyError('a header block is too large')
    return headersIn(bytes)
  }

  /** A block without any header. */
  async empty(): Promise<Buffer> {
    this.deflated = []
    this.deflate.write(uint32(0))
    await new Promise<void>((resolve) => this.deflate.flush(constants.Z_SYNC_FLUSH, () => resolve()))
    return Buffer.concat(this.deflated)
  }

  close(): void {
    this.inflate.close()
    this.deflate.close()
  }
}

function headersIn(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>()
  let at = 0
  const number = (): number => {
    if (at + 4 > bytes.length) throw new SpdyError('a header block ends too early')
    at += 4
    return bytes.readUInt32BE(at - 4)
  }
  const text = (): string => {
    const length = number()
    if (at + length > bytes.length) throw new SpdyError('a header block ends too early')
    at += length
    return bytes.toString('utf8', at - length, at)
  }
  for (let left = number(); left > 0; left--) headers.set(text().toLowerCase(), text())
  return headers
}
