import type { ApiRequest, ApiResponse, ApiStream, Transport } from '../kube/index.ts'
import type { ApiHandler, ServerRequest, ServerResponse, StreamSink, User } from './apiserver/index.ts'

/** Requests that never aborts. */
const NEVER = new AbortController().signal

/** A Transport that calls the API server's handler in this process, as `user`, without a socket. */
export function localTransport(handler: ApiHandler, user: User, userAgent: string): Transport {
  const call = (request: ApiRequest, signal: AbortSignal): Promise<ServerResponse> =>
    handler(serverRequest(request, user, userAgent, signal))
  return {
    async request(request) {
      request.signal?.throwIfAborted()
      return completeAnswer(await call(request, request.signal ?? NEVER))
    },
    async stream(request) {
      request.signal?.throwIfAborted()
      const abort = new AbortController()
      if (request.signal?.aborted === true) abort.abort()
      // Watches come and go under one signal, which outlives them all.
      request.signal?.addEventListener('abort', () => abort.abort(), { once: true, signal: abort.signal })
      return streamedAnswer(await call(request, abort.signal), abort)
    },
    close: async () => {},
  }
}

function serverRequest(request: ApiRequest, user: User, userAgent: string, signal: AbortSignal): ServerRequest {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': userAgent }
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value === undefined) continue
    if (typeof value === 'string') query.append(name, value)
    else for (const item of value) query.append(name, item)
  }
  return { method: request.method, path: request.path, query, headers, body: bodyOf(request.body), user, signal }
}

function bodyOf(body: unknown): Uint8Array | string {
  if (body === undefined) return ''
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
}

function headersOf(answer: ServerResponse): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers)) {
    headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return headers
}

function completeAnswer(answer: ServerResponse): ApiResponse {
  const text = typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body).toString()
  const headers = headersOf(answer)
  const isJson = headers['content-type']?.startsWith('application/json') === true
  return { status: answer.status, headers, body: isJson && text !== '' ? JSON.parse(text) : text }
}

function streamedAnswer(answer: ServerResponse, abort: AbortController): ApiStream {
  const queue = new ChunkQueue()
  if (abort.signal.aborted) queue.end()
  abort.signal.addEventListener('abort', () => queue.end())
  if (answer.stream === undefined) {
    queue.write(answer.body)
    queue.end()
  } else answer.stream(queue)
  return { status: answer.status, headers: headersOf(answer), chunks: queue.chunks(() => abort.abort()) }
}

/** Hands chunks from the server to one reader. */
class ChunkQueue implements StreamSink {
  #waiting: Uint8Array[] = []
  #wake: (() => void) | undefined
  #ended = false
  bufferedBytes = 0

  write(chunk: string | Uint8Array): void {
    if (this.#ended) return
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    this.#waiting.push(bytes)
    this.bufferedBytes += bytes.byteLength
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async *chunks(onReturn: () => void): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const ready = this.#waiting
        this.#waiting = []
        this.bufferedBytes = 0
        for (const chunk of ready) if (chunk.byteLength > 0) yield chunk
        if (this.#waiting.length > 0) continue
        if (this.#ended) return
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        this.#wake = undefined
      }
    } finally {
      onReturn()
    }
  }
}
