import { setMaxListeners } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import type { Readable } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'
import { createGunzip } from 'node:zlib'
import { errorText } from '../../base/index.ts'
import type { Connection } from '../config/model.ts'
import { KubeClientError } from '../errors.ts'
import type { ApiRequest, ApiResponse, ApiStream, Transport } from '../transport.ts'
import { type Credential, type CredentialHost, credentialSource, HEADER_LIST_SEPARATOR } from './credentials.ts'
import { connectionFailure, requestWords, wasCut } from './failures.ts'
import { openTunnel, proxyFor } from './proxy.ts'
import { CUT_PAUSE_MS, MAX_TRIES, mayAskAgain, pause, retryAfter } from './retry.ts'
import { type TlsOptions, tlsOptions } from './tls.ts'

/** What the transport takes from outside. */
export type TransportHost = CredentialHost

/** Most sockets for requests to one server; more requests wait. Every socket costs a TLS handshake. */
const MAX_SOCKETS = 6
/**
 * The same on this machine, where a handshake costs more than waiting for an answer: a second one when so many requests wait.
 */
const MAX_LOOPBACK_SOCKETS = 2
const WORTH_ANOTHER_SOCKET = 8
/** Most sockets for streams: each watch holds one as long as it lasts. */
const MAX_STREAM_SOCKETS = 256
/** Largest answer that is read as a whole. */
const ANSWER_LIMIT_BYTES = 512 * 1024 * 1024

/**
 * Loads what connections need, for a caller that has other things to do before the first one. From version 24 on, Node then
 * begins to read the usual root certificates on another thread, which each first connection waits for, whatever it trusts.
 */
export function anticipateConnections(): void {
  process.getBuiltinModule('node:https')
}

/** A transport over HTTPS (or HTTP) with kept-alive connections. Errors without an answer read as Go's. */
export function createHttpTransport(connection: Connection, host: TransportHost): Transport {
  const base = parseServer(connection.server)
  const secure = base.protocol === 'https:'
  const tls = secure ? tlsOptions(connection) : { rejectUnauthorized: true }
  const credentials = credentialSource(connection, host)
  const agents = new AgentPool(base, tls, proxyFor(base, connection.cluster['proxy-url'], host.env))

  async function open(request: ApiRequest, use: SocketUse): Promise<http.IncomingMessage> {
    for (let attempt = 1; ; attempt++) {
      const credential = await credentials.get().catch((error: unknown) => {
        const text = `${requestWords(request, urlOf(base, request))}: ${errorText(error)}`
        throw new KubeClientError('CREDENTIALS', text, {}, error)
      })
      const agent = agents.agentFor(use, credential.certificate)
      const message = await exchange(connection, base, agent, request, credential).catch((error: unknown) => {
        if (use === 'stream' || attempt >= MAX_TRIES || !mayAskAgain(request, error)) throw error
        return undefined
      })
      if (message === undefined) {
        await pause(host.clock, CUT_PAUSE_MS, request.signal)
        continue
      }
      if (message.statusCode === 401 && attempt === 1 && credentials.refresh(credential)) {
        message.resume()
        continue
      }
      const pauseSeconds = retryAfter(message)
      if (pauseSeconds === undefined || attempt >= MAX_TRIES) return message
      message.resume()
      await pause(host.clock, pauseSeconds * 1000, request.signal)
    }
  }

  return {
    async request(request): Promise<ApiResponse> {
      const message = await open(request, 'request')
      const body = await readBody(message, request, urlOf(base, request))
      return { status: message.statusCode ?? 0, headers: flatHeaders(message), body: parseBody(message, body) }
    },
    async stream(request): Promise<ApiStream> {
      const message = await open(request, 'stream')
      return { status: message.statusCode ?? 0, headers: flatHeaders(message), chunks: chunksOf(message) }
    },
    async close() {
      agents.close()
    },
  }
}

function parseServer(server: string): URL {
  const port = /^\w+:\/\/[^/[\]]*?(:[^/]*)$/.exec(server)?.[1]
  if (port !== undefined && !/^:\d*$/.test(port)) {
    const text = `parse ${JSON.stringify(server)}: invalid port ${JSON.stringify(port)} after host`
    throw new KubeClientError('KUBECONFIG', text, { server })
  }
  try {
    return new URL(server)
  } catch (error) {
    throw new KubeClientError('KUBECONFIG', `host must be a URL or a host:port pair: "${server}"`, { server }, error)
  }
}

/** Short requests and long streams have sockets of their own, so that watches cannot block requests. */
type SocketUse = 'request' | 'stream'

/** One agent per use and client certificate: exec plugins may change it. */
class AgentPool {
  private readonly base: URL
  private readonly tls: TlsOptions
  private readonly proxy: URL | undefined
  private readonly agents = new Map<string, http.Agent>()
  constructor(base: URL, tls: TlsOptions, proxy: URL | undefined) {
    this.base = base
    this.tls = tls
    this.proxy = proxy
  }

  agentFor(use: SocketUse, certificate: Credential['certificate']): http.Agent {
    const key = `${use} ${certificate?.cert ?? ''}`
    let agent = this.agents.get(key)
    if (agent === undefined) {
      agent = this.create(use, certificate)
      this.agents.set(key, agent)
    }
    if (use === 'request' && isLoopback(this.base.hostname) && waiting(agent) >= WORTH_ANOTHER_SOCKET) {
      agent.maxSockets = MAX_LOOPBACK_SOCKETS
    }
    return agent
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy()
    this.agents.clear()
  }

  private create(use: SocketUse, certificate: Credential['certificate']): http.Agent {
    const forRequests = isLoopback(this.base.hostname) ? 1 : MAX_SOCKETS
    const maxSockets = use === 'stream' ? MAX_STREAM_SOCKETS : forRequests
    const common = { keepAlive: true, maxSockets, scheduling: 'lifo' as const }
    if (this.base.protocol !== 'https:') {
      const plain = new http.Agent(common)
      if (this.proxy?.protocol.startsWith('socks') === true) connectThrough(plain, this.proxy, this.base)
      return plain
    }
    const { ca, servername, ...tls } = this.tls
    const options = {
      ...tls,
      ...(ca === undefined ? {} : { ca: [...ca] }),
      ...(servername === undefined ? {} : { servername }),
      ...(certificate === undefined ? {} : certificate),
    }
    const agent = new https.Agent({ ...common, ...options })
    if (this.proxy !== undefined) connectThrough(agent, this.proxy, this.base, options)
    return agent
  }
}

/** Requests for which an agent has no socket yet. */
function waiting(agent: http.Agent): number {
  return Object.values(agent.requests).reduce((count, queue) => count + (queue?.length ?? 0), 0)
}

/**
 * Replaces how an agent connects by a tunnel, with TLS inside unless `tls` is absent; Node's agents accept a socket that
 * arrives later by callback.
 */
function connectThrough(agent: http.Agent, proxy: URL, base: URL, tls?: object): void {
  const port = Number(base.port === '' ? (tls === undefined ? 80 : 443) : base.port)
  const host = base.hostname.replace(/^\[|\]$/g, '')
  const target = agent as unknown as {
    createConnection: (options: object, done: (error: Error | null, socket?: unknown) => void) => undefined
  }
  target.createConnection = (_options, done) => {
    openTunnel(proxy, host, port).then(
      (socket) => {
        if (tls === undefined) done(null, socket)
        else done(null, tlsConnect({ ...(isIP(host) === 0 ? { servername: host } : { host }), ...tls, socket }))
      },
      (error: Error) => done(error),
    )
    return undefined
  }
}

function urlOf(base: URL, request: ApiRequest): string {
  const prefix = base.pathname === '/' ? '' : base.pathname
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value === undefined) continue
    if (typeof value === 'string') query.append(key, value)
    else for (const item of value) query.append(key, item)
  }
  const text = query.toString()
  const separator = request.path.includes('?') ? '&' : '?'
  return `${base.protocol}//${base.host}${prefix}${request.path}${text === '' ? '' : `${separator}${text}`}`
}

function encodeBody(body: unknown): string | Uint8Array | undefined {
  if (body === undefined) return undefined
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  return JSON.stringify(body)
}

function exchange(
  connection: Connection,
  base: URL,
  agent: http.Agent,
  request: ApiRequest,
  credential: Credential,
): Promise<http.IncomingMessage> {
  const url = urlOf(base, request)
  const body = encodeBody(request.body)
  const headers: Record<string, string | string[]> = {
    accept: 'application/json',
    'user-agent': connection.userAgent,
    ...(isLoopback(base.hostname) ? {} : { 'accept-encoding': 'gzip' }),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...request.headers,
  }
  for (const [name, value] of Object.entries(credential.headers)) {
    headers[name] = value.includes(HEADER_LIST_SEPARATOR) ? value.split(HEADER_LIST_SEPARATOR) : value
  }
  if (!['http:', 'https:'].includes(base.protocol)) {
    const why = `unsupported protocol scheme ${JSON.stringify(base.protocol.slice(0, -1))}`
    return Promise.reject(new KubeClientError('UNREACHABLE', `${requestWords(request, url)}: ${why}`))
  }
  const { signal } = request
  // One signal may cancel many requests at once.
  if (signal !== undefined) setMaxListeners(0, signal)
  const options = {
    method: request.method,
    headers,
    agent,
    ...(signal === undefined ? {} : { signal }),
  }
  const send = (canRepeat: boolean): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const module = base.protocol === 'https:' ? https : http
      const outgoing = module.request(url, options, resolve)
      outgoing.once('error', (error) => {
        if (signal?.aborted === true) reject(signal.reason)
        else if (canRepeat && outgoing.reusedSocket && wasCut(error)) send(false).then(resolve, reject)
        else reject(connectionFailure(request, url, error))
      })
      outgoing.end(body)
    })
  signal?.throwIfAborted()
  return send(true)
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}

function decoded(message: http.IncomingMessage): Readable {
  if (message.headers['content-encoding'] !== 'gzip') return message
  const unpacked = createGunzip()
  // A pipe does not pass on that its source failed.
  message.on('error', (error) => unpacked.destroy(error))
  return message.pipe(unpacked)
}

async function readBody(message: http.IncomingMessage, request: ApiRequest, url: string): Promise<string> {
  try {
    return await textOf(decoded(message), announcedBytes(message), () => {
      const text = `the answer to ${request.method} ${request.path} is larger than 512 MiB`
      return new KubeClientError('BAD_ANSWER', text)
    })
  } catch (error) {
    if (request.signal?.aborted === true) throw request.signal.reason
    throw error instanceof KubeClientError ? error : connectionFailure(request, url, error)
  }
}

/** Bytes that an answer says it will have; 0 when it does not say. */
function announcedBytes({ headers }: http.IncomingMessage): number {
  const length = Number(headers['content-encoding'] === 'gzip' ? 0 : headers['content-length'])
  return Number.isSafeInteger(length) ? Math.min(length, ANSWER_LIMIT_BYTES) : 0
}

/** Reads a stream to its end, each piece put in its place when it comes: large answers are copied while more of them is on its way. */
function textOf(stream: Readable, announced: number, tooLarge: () => Error): Promise<string> {
  return new Promise((resolve, reject) => {
    let buffer: Buffer = Buffer.allocUnsafe(announced)
    let size = 0
    stream.on('data', (chunk: Buffer) => {
      const end = size + chunk.length
      if (end > ANSWER_LIMIT_BYTES) {
        reject(tooLarge())
        stream.destroy()
        return
      }
      if (size === 0 && buffer.length <= chunk.length) buffer = chunk
      else {
        if (end > buffer.length) buffer = grown(buffer, size, Math.max(end, buffer.length * 2))
        chunk.copy(buffer, size)
      }
      size = end
    })
    stream.on('end', () => resolve(buffer.toString('utf8', 0, size)))
    stream.on('error', reject)
    stream.on('close', () => reject(new Error('aborted')))
  })
}

function grown(buffer: Buffer, used: number, length: number): Buffer {
  const larger = Buffer.allocUnsafe(length)
  buffer.copy(larger, 0, 0, used)
  return larger
}

function parseBody(message: http.IncomingMessage, body: string): unknown {
  const type = message.headers['content-type'] ?? ''
  if (!type.includes('json') || body === '') return body
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

async function* chunksOf(message: http.IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of decoded(message)) yield chunk
  } finally {
    message.destroy()
  }
}

function flatHeaders(message: http.IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return headers
}
