import https from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { Store } from '../../store/index.ts'
import { connectionErrorText } from '../connection-error.ts'
import type { ServerRequest, ServerResponse, StreamSink, User } from '../exchange.ts'
import { addressOf, type ProxyIdentity, proxyHeaders, type RemoteAddress, type RemoteApi } from './remote-api.ts'

/** What forwarding requests needs. */
export interface ProxyParts {
  readonly store: Store
  readonly identity: ProxyIdentity | undefined
}

/** What is answered when nothing serves an API. */
export const SERVICE_UNAVAILABLE = plainText(503, 'service unavailable\n')

/** Answers that come at once are read whole up to this size; what is larger, or takes its time, is passed on as it comes. */
const WHOLE_BYTES = 1024 * 1024
const WHOLE_MS = 200
/** Reading pauses while a client leaves this much. */
const PAUSE_BYTES = 4 * 1024 * 1024
const PAUSE_MS = 20

/** Passes a request on to the server of an API and gives its answer. As kube-aggregator's proxy handler; never rejects. */
export async function proxyRequest(
  parts: ProxyParts,
  api: RemoteApi,
  request: ServerRequest,
  user: User,
): Promise<ServerResponse> {
  if (!api.available) return SERVICE_UNAVAILABLE
  const address = addressOf(parts.store, api, parts.identity)
  if (typeof address === 'string') return SERVICE_UNAVAILABLE
  let message: IncomingMessage
  try {
    message = await forwarded(address, request, user)
  } catch (error) {
    const why = connectionErrorText(error as NodeJS.ErrnoException, address)
    return plainText(503, `error trying to reach service: ${why}\n`)
  }
  const status = message.statusCode ?? 502
  if (status >= 300 && status <= 399 && message.headers.location !== undefined) {
    message.resume()
    return plainText(502, 'the backend attempted to redirect this request, which is not permitted')
  }
  return answerOf(message, status)
}

/** Headers that are about one connection only, or that name the sender, which the proxy does. */
const OWN_HEADERS =
  /^(?:authorization|connection|content-length|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|impersonate-.*|x-remote-.*|x-forwarded-.*)$/

/** The headers of a request as the server behind the proxy gets them. */
export function forwardedHeaders(
  address: RemoteAddress,
  request: ServerRequest,
  user: User,
): Record<string, string | string[]> {
  const kept = Object.entries(request.headers).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !OWN_HEADERS.test(entry[0]),
  )
  const before = request.headers['x-forwarded-for']
  const sender = request.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1'
  return {
    ...Object.fromEntries(kept),
    host: `${address.host}:${address.port}`,
    'x-forwarded-for': before === undefined ? sender : `${before}, ${sender}`,
    'x-forwarded-host': `${address.host}:${address.port}`,
    'x-forwarded-proto': 'https',
    'x-forwarded-uri': request.path,
    ...proxyHeaders(user),
  }
}

/** Path and query of a request as they were sent. */
export function uriOf({ uri, path, query }: ServerRequest): string {
  return uri ?? (query.size === 0 ? path : `${path}?${query}`)
}

function forwarded(address: RemoteAddress, request: ServerRequest, user: User): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = https.request({
      method: request.method,
      host: address.host,
      port: address.port,
      path: uriOf(request),
      agent: false,
      ...address.tls,
      headers: {
        ...forwardedHeaders(address, request, user),
        ...(request.body.length > 0 && { 'content-length': Buffer.byteLength(request.body) }),
      },
      signal: request.signal,
    })
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    outgoing.end(request.body)
  })
}

/** Headers of an answer that Node writes by itself. */
const UNSENT = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'])

async function answerOf(message: IncomingMessage, status: number): Promise<ServerResponse> {
  const headers: Record<string, string | readonly string[]> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined && !UNSENT.has(name)) headers[name] = value
  }
  const begun: Buffer[] = []
  const complete = await readWhole(message, begun)
  if (complete) return { status, headers, body: Buffer.concat(begun) }
  return { status, headers, body: '', stream: (sink) => passOn(message, begun, sink) }
}

/** Reads what comes within a short while; false when there is more to come. */
function readWhole(message: IncomingMessage, chunks: Buffer[]): Promise<boolean> {
  return new Promise((resolve) => {
    let size = 0
    const settle = (complete: boolean): void => {
      clearTimeout(timer)
      message.off('data', onData)
      message.pause()
      resolve(complete)
    }
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk)
      size += chunk.length
      if (size > WHOLE_BYTES) settle(false)
    }
    const timer = setTimeout(() => settle(false), WHOLE_MS)
    message.on('data', onData)
    message.once('end', () => settle(true))
    // A server that breaks off has said all that it will say. The listener stays: such an error is no event.
    message.on('error', () => settle(true))
  })
}

function passOn(message: IncomingMessage, begun: readonly Buffer[], sink: StreamSink): void {
  const write = (chunk: Buffer): void => {
    sink.write(chunk)
    if (sink.bufferedBytes <= PAUSE_BYTES) return
    message.pause()
    const wait = (): void => {
      if (sink.bufferedBytes > PAUSE_BYTES && !message.destroyed) setTimeout(wait, PAUSE_MS)
      else message.resume()
    }
    wait()
  }
  for (const chunk of begun) sink.write(chunk)
  message.on('data', write)
  message.on('close', () => sink.end())
  if (message.destroyed) sink.end()
  else message.resume()
}

function plainText(status: number, body: string): ServerResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
  return { status, headers, body }
}
