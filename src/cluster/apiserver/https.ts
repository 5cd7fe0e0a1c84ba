import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse as NodeResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AddressInfo } from 'node:net'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import type { FaultReport } from '../../base/index.ts'
import { tooLarge } from './errors.ts'
import type { ServerRequest, ServerResponse, StreamSink } from './exchange.ts'
import { errorResponse } from './respond.ts'
import type { ApiHandler } from './server.ts'

/** Takes over a connection that asks to switch protocols (exec, attach, port-forward). */
export type UpgradeHandler = (request: ServerRequest, socket: Duplex, head: Buffer, message: IncomingMessage) => void

/** How the listener is set up. */
export interface ListenerOptions {
  readonly handler: ApiHandler
  readonly upgrade?: UpgradeHandler
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly tls: { readonly key: string; readonly cert: string; readonly ca: string }
  /** Told about answers that could not be given. */
  readonly report: FaultReport
}

/** A listening server. */
export interface Listener {
  readonly port: number
  close(): Promise<void>
}

/** Largest request body, as Kubernetes' default. */
const BODY_LIMIT = 3 * 1024 * 1024

/** Serves a handler over HTTPS; client certificates are asked for but not demanded. */
export async function listenHttps(options: ListenerOptions): Promise<Listener> {
  const server = createServer(
    { ...options.tls, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
    (message, response) => {
      serve(options.handler, message, response).catch((error: unknown) => {
        response.destroy()
        options.report('https', `${message.method} ${targetOf(message).path}`, error)
      })
    },
  )
  server.keepAliveTimeout = 120_000
  server.headersTimeout = 30_000
  server.requestTimeout = 60_000
  server.on('secureConnection', neverPause)
  const upgrade = options.upgrade
  if (upgrade !== undefined) {
    server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
      const abort = new AbortController()
      socket.on('close', () => abort.abort())
      // A client that goes away is no event; Node no longer listens on a socket that it has handed over.
      socket.on('error', () => {})
      upgrade(
        requestOf(message, new Uint8Array(), () => abort.signal),
        socket,
        head,
        message,
      )
    })
  }
  await listening(server, options)
  const { port } = server.address() as AddressInfo
  return { port, close: () => closing(server) }
}

/**
 * Keeps Node from pausing a connection's parser while an answer drains: a client that sends its next request at once, in
 * several pieces, would meet a parser that is still paused (HPE_PAUSED), and its connection would be cut. Answers are whole
 * buffers, and streams look at `bufferedBytes`, so nothing relies on that pause.
 */
function neverPause(socket: TLSSocket): void {
  // There is no public way to set this on a TLS socket that a server has made.
  const state = (socket as unknown as { _writableState?: { highWaterMark: number } })._writableState
  if (state !== undefined) state.highWaterMark = 1 << 28
}

function listening(server: Server, options: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closing(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function serve(handler: ApiHandler, message: IncomingMessage, response: NodeResponse): Promise<void> {
  // A client that goes away while it is answered is no event.
  response.on('error', () => {})
  let answer: ServerResponse
  if (!isEscaped(message.url ?? '')) {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
    response.end('400 Bad Request')
    return
  }
  try {
    const body = await readBody(message)
    if (body === undefined) return
    answer = await handler(requestOf(message, body, () => closingSignal(response)))
  } catch (error) {
    answer = errorResponse(error, message.headers.accept)
  }
  send(message, response, answer)
}

/** Whether every `%` of a path begins an escape; Go's server answers others itself. */
function isEscaped(target: string): boolean {
  const at = target.indexOf('%')
  return at < 0 || !/%(?![0-9a-fA-F]{2})/.test(target.split('?', 1)[0] ?? '')
}

function send(message: IncomingMessage, response: NodeResponse, answer: ServerResponse): void {
  if (response.destroyed) return
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
  response.setHeader('cache-control', 'no-cache, private')
  response.statusCode = answer.status
  if (answer.stream !== undefined) {
    response.flushHeaders()
    answer.stream(sinkOf(response))
    return
  }
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  response.setHeader('content-length', body.byteLength)
  response.end(message.method === 'HEAD' ? undefined : body)
}

function sinkOf(response: NodeResponse): StreamSink {
  return {
    write(chunk) {
      if (!response.writableEnded && !response.destroyed) response.write(chunk)
    },
    get bufferedBytes() {
      return response.writableLength
    },
    end() {
      response.end()
    },
  }
}

/** The whole body; undefined when the client went away while sending it. Throws 413. */
function readBody(message: IncomingMessage): Promise<Uint8Array | undefined> {
  if (message.method === 'GET' || message.method === 'HEAD') {
    message.resume()
    return Promise.resolve(new Uint8Array())
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= BODY_LIMIT) chunks.push(chunk)
      else {
        message.removeAllListeners('data')
        message.resume()
        reject(tooLarge(`Request entity too large: limit is ${BODY_LIMIT}`))
      }
    })
    message.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
    message.on('error', () => resolve(undefined))
    message.on('close', () => resolve(undefined))
  })
}

/** Aborts when the connection closes before the answer is complete. */
function closingSignal(response: NodeResponse): AbortSignal {
  const abort = new AbortController()
  response.on('close', () => abort.abort())
  if (response.destroyed) abort.abort()
  return abort.signal
}

/** Few requests look at their signal, and signals are costly, so it is made when asked for. */
function requestOf(message: IncomingMessage, body: Uint8Array, makeSignal: () => AbortSignal): ServerRequest {
  let signal: AbortSignal | undefined
  const { path, query } = targetOf(message)
  const certificate = certificateOf(message.socket as TLSSocket)
  return {
    method: message.method ?? 'GET',
    uri: message.url ?? '/',
    ...(message.socket.remoteAddress !== undefined && { remoteAddress: message.socket.remoteAddress }),
    path,
    query: new URLSearchParams(query),
    headers: headersOf(message),
    body,
    get signal() {
      signal ??= makeSignal()
      return signal
    },
    ...(certificate !== undefined && { certificate }),
  }
}

function targetOf({ url = '/' }: IncomingMessage): { readonly path: string; readonly query: string } {
  const mark = url.indexOf('?')
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) }
}

/** Headers that may come several times (impersonation) are joined with a line feed, which no value can hold. */
function headersOf(message: IncomingMessage): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    headers[name] = Array.isArray(value) ? value.join('\n') : value
  }
  const repeated = message.headersDistinct
  for (const [name, values] of Object.entries(repeated)) {
    if (values !== undefined && values.length > 1 && name.startsWith('impersonate-')) headers[name] = values.join('\n')
  }
  return headers
}

/** Certificates are parsed once per connection. */
const certificates = new WeakMap<TLSSocket, NonNullable<ServerRequest['certificate']> | null>()

function certificateOf(socket: TLSSocket): ServerRequest['certificate'] | undefined {
  const known = certificates.get(socket)
  if (known !== undefined) return known ?? undefined
  const found = socket.authorized === true ? subjectOf(socket.getPeerCertificate()) : null
  certificates.set(socket, found)
  return found ?? undefined
}

function subjectOf(certificate: PeerCertificate): NonNullable<ServerRequest['certificate']> | null {
  const commonName: unknown = certificate.subject?.CN
  if (typeof commonName !== 'string') return null
  const organization: unknown = certificate.subject.O
  const organizations = Array.isArray(organization)
    ? organization.map(String)
    : organization === undefined
      ? []
      : [String(organization)]
  return { commonName, organizations }
}
