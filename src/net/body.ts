import type { Readable } from 'node:stream'
import { NetError, requestFailed } from './errors.ts'

/** What reading a body needs to know of its request. */
export interface BodyRequest {
  readonly url: string
  readonly maxBytes?: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined
}

/** Longest body that is accepted unless a request says otherwise. */
const defaultMaxBytes = 512 * 1024 * 1024

/** Reads a body to its end. Rejects in Go's words when it is too long, ends too early, or does not come in time. */
export async function readBody(
  stream: Readable,
  request: BodyRequest,
  sent: { readonly method: string; readonly url: string },
): Promise<Uint8Array> {
  const { maxBytes = defaultMaxBytes } = request
  const total = expectedLength(stream)
  const chunks: Buffer[] = []
  let received = 0
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Buffer
      received += bytes.length
      if (received > maxBytes)
        throw requestFailed('TOO_LARGE', sent.method, sent.url, `the answer is larger than ${maxBytes} bytes`)
      chunks.push(bytes)
      request.onProgress?.(received, total)
    }
  } catch (error) {
    if (error instanceof NetError) throw error
    if (request.signal?.aborted === true) throw new NetError('ABORTED', 'context canceled', { url: sent.url }, error)
    const { code, name } = error as { code?: string; name?: string }
    if (code === 'ERR_CANCELED' || code === 'ABORT_ERR' || name === 'CanceledError') {
      const reason = 'context deadline exceeded (Client.Timeout or context cancellation while reading body)'
      throw new NetError('TIMEOUT', reason, { url: sent.url }, error)
    }
    throw new NetError('CONNECTION', 'unexpected EOF', { url: sent.url }, error)
  }
  return Buffer.concat(chunks, received)
}

function expectedLength(stream: Readable): number | undefined {
  const { headers } = stream as Readable & { headers?: Record<string, string | undefined> }
  const length = Number(headers?.['content-length'])
  return Number.isSafeInteger(length) ? length : undefined
}
