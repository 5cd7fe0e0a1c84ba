import type { Readable } from 'node:stream'
import type { AxiosRequestConfig, AxiosResponse } from 'axios'
import { readBody } from './body.ts'
import { describeSocketFailure, NetError, plainAnswer, requestFailed } from './errors.ts'
import { mayUseProxy, proxyAgents } from './proxy-agent.ts'
import { answersInPlainHttp } from './plain-answer.ts'
import { loadTls, systemAuthorities, type TlsOptions } from './tls.ts'

/** One HTTP exchange. */
export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly basicAuth?: { readonly username: string; readonly password: string } | undefined
  readonly tls?: TlsOptions | undefined
  /** Proxy variables are read from here; without it no proxy is used. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** For the whole exchange; 120 s when absent, without end when not above zero. */
  readonly timeoutMs?: number
  /** Longest body to accept; 512 MiB when absent. */
  readonly maxBytes?: number
  readonly followRedirects?: boolean
  /** How often to try again after the answers `retryOn` names (Retry-After is honoured, up to 30 s); none when absent. */
  readonly retries?: number
  /** 408, 429, 502, 503 and 504 when absent. */
  readonly retryOn?: (status: number) => boolean
  readonly signal?: AbortSignal | undefined
  /** Hears how much of the body has come; `total` is undefined when the server does not tell. */
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined
}

/** An answer, whatever its status. Header names are in lower case. */
export interface HttpResponse {
  readonly status: number
  /** The words after the status number, as the server sent them. */
  readonly statusText: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** The URL that answered, after redirects. */
  readonly url: string
}

/** The name that servers see. */
export const userAgent = 'Helm/4.2.4'

const isBusy = (status: number): boolean => [408, 429, 502, 503, 504].includes(status)

/** Sends a request and reads the whole answer. Rejects with a NetError only when there is no answer. */
export async function sendHttp(request: HttpRequest): Promise<HttpResponse> {
  const { retries = 0, retryOn: isRetryable = isBusy } = request
  for (let attempt = 0; ; attempt++) {
    const response = await exchange(request)
    if (attempt >= retries || !isRetryable(response.status)) return response
    await pause(retryDelayMs(response, attempt), request.signal)
  }
}

async function exchange(request: HttpRequest, freshTries = 3): Promise<HttpResponse> {
  const { method = 'GET', url } = request
  const target = parseTarget(url, method)
  const { default: axios } = await import('axios')
  const deadline = deadlineFor(request)
  const sent: Sent = { method, url, redirects: 0, login: loginOf(request) }
  try {
    const response: AxiosResponse<Readable> = await axios.request({
      ...connectionOptions(request),
      ...(await agentsFor(request, target)),
      url,
      method,
      ...(request.body === undefined ? {} : { data: Buffer.from(request.body) }),
      // Without `false`, axios names types of its own.
      headers: { Accept: false, 'User-Agent': userAgent, 'Accept-Encoding': 'identity', ...request.headers },
      signal: deadline.signal,
      beforeRedirect: (options, answer) => followRedirect(options, answer.headers.location ?? '', sent, target),
    })
    return {
      status: response.status,
      statusText: response.statusText,
      headers: plainHeaders(response.headers as Record<string, unknown>),
      body: await readBody(response.data, request, sent),
      url: sent.url,
    }
  } catch (error) {
    if (freshTries > 0 && method !== 'POST' && method !== 'PATCH' && closedWhileIdle(error)) {
      return exchange(request, freshTries - 1)
    }
    const failure = translate(error, sent, request, deadline.isOver())
    throw await withRecordSeen(failure, sent, request)
  } finally {
    deadline.clear()
  }
}

/** What was sent so far: redirects change the URL. */
interface Sent {
  readonly method: string
  url: string
  redirects: number
  /** The Authorization header, as long as redirects stay where it may be told. */
  login: string | undefined
}

function loginOf({ headers = {}, basicAuth }: HttpRequest): string | undefined {
  const given = Object.entries(headers).find(([name]) => /^authorization$/i.test(name))?.[1]
  if (given !== undefined || basicAuth === undefined) return given
  return `Basic ${Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString('base64')}`
}

/** Aborts when the caller does, or when the time for the whole exchange is over. */
function deadlineFor(request: HttpRequest): { signal: AbortSignal; isOver(): boolean; clear(): void } {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  let isOver = false
  const { timeoutMs = 120_000 } = request
  const end = (): void => {
    isOver = true
    abort()
  }
  const timer = timeoutMs > 0 ? setTimeout(end, timeoutMs) : undefined
  if (request.signal?.aborted === true) abort()
  request.signal?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    isOver: () => isOver,
    clear: () => {
      clearTimeout(timer)
      request.signal?.removeEventListener('abort', abort)
    },
  }
}

/** As Go's client: ten requests at most; a login goes along to the same host (whatever its port) and to hosts below it. */
function followRedirect(options: Record<string, unknown>, location: string, sent: Sent, first: URL): void {
  sent.redirects += 1
  if (sent.redirects >= 10) throw requestFailed('REDIRECTS', sent.method, location, 'stopped after 10 redirects')
  sent.url = String(options.href ?? sent.url)
  const { protocol } = new URL(sent.url)
  if (!/^https?:$/.test(protocol)) throw unsupportedScheme(sent.method, sent.url, protocol)
  const host = new URL(sent.url).hostname
  const headers = options.headers as Record<string, unknown>
  if (host === first.hostname || host.endsWith(`.${first.hostname}`)) {
    // follow-redirects drops it where only the port differs.
    if (sent.login !== undefined) headers.Authorization = sent.login
    return
  }
  sent.login = undefined
  delete options.auth
  for (const name of Object.keys(headers)) if (/^(authorization|cookie)$/i.test(name)) delete headers[name]
}

/** Whether a connection kept from an earlier exchange turned out to be closed by the server. */
function closedWhileIdle(error: unknown): boolean {
  const { code, request } = error as { code?: string; request?: ReusableRequest }
  if (code !== 'ECONNRESET' && code !== 'EPIPE') return false
  return (request?._currentRequest ?? request)?.reusedSocket === true
}

/** follow-redirects keeps Node's own request in `_currentRequest`. */
interface ReusableRequest {
  readonly reusedSocket?: boolean
  readonly _currentRequest?: ReusableRequest
}

function connectionOptions(request: HttpRequest): AxiosRequestConfig {
  return {
    responseType: 'stream',
    validateStatus: () => true,
    decompress: false,
    maxBodyLength: Number.POSITIVE_INFINITY,
    maxRedirects: request.followRedirects === false ? 0 : 20,
    proxy: false,
    transformRequest: [(data: unknown) => data],
    ...(request.basicAuth === undefined ? {} : { auth: { ...request.basicAuth } }),
  }
}

/** Agents of our own where Node's would not do: proxies, certificates, the system's authorities. */
async function agentsFor(
  request: HttpRequest,
  target: URL,
): Promise<Pick<AxiosRequestConfig, 'httpAgent' | 'httpsAgent'>> {
  const { env = {} } = request
  const material = loadTls(request.tls)
  const ca = target.protocol === 'https:' && material?.ca === undefined ? systemAuthorities(env) : undefined
  const tls = ca === undefined ? material : { ...material, ca }
  if (mayUseProxy(env)) return { ...proxyAgents(env, tls ?? {}) }
  if (tls === undefined) return {}
  const { Agent } = await import('node:https')
  return { httpsAgent: new Agent(tls) }
}

function unsupportedScheme(method: string, url: string, protocol: string): Error {
  return requestFailed('BAD_URL', method, url, `unsupported protocol scheme "${protocol.slice(0, -1)}"`)
}

function parseTarget(url: string, method: string): URL {
  let target: URL
  try {
    target = new URL(url)
  } catch (error) {
    const [, host, port] = /^https?:\/\/([^/?#]*?)(?::([0-9]*))?(?:[/?#]|$)/i.exec(url) ?? []
    if (host === '') throw requestFailed('BAD_URL', method, url, 'http: no Host in request URL', error)
    if (Number(port ?? 0) > 65_535)
      throw requestFailed('BAD_URL', method, url, `dial tcp: address ${port}: invalid port`, error)
    throw new NetError('BAD_URL', `parse "${url}": invalid URL`, { url }, error)
  }
  if (/^https?:\/{0,1}(\/\/\/|$)/i.test(url) || /^https?:\/\/\//i.test(url))
    throw requestFailed('BAD_URL', method, url, 'http: no Host in request URL')
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw unsupportedScheme(method, url, target.protocol)
  }
  return target
}

function translate(error: unknown, sent: Sent, request: HttpRequest, isLate: boolean): NetError {
  const { method, url } = sent
  for (let inner = error; inner instanceof Error; inner = inner.cause) if (inner instanceof NetError) return inner
  if (request.signal?.aborted === true) return requestFailed('ABORTED', method, url, 'context canceled', error)
  if (isLate) {
    const reason = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    return requestFailed('TIMEOUT', method, url, reason, error)
  }
  const { code, reason } = describeSocketFailure(error, url)
  return requestFailed(code, method, url, reason, error)
}

/** Where the peer's first record was none of TLS: whether it was HTTP, which Go says. */
async function withRecordSeen(failure: NetError, { method, url }: Sent, { env = {} }: HttpRequest): Promise<NetError> {
  if (!failure.message.endsWith(plainAnswer) || mayUseProxy(env) || (await answersInPlainHttp(url))) return failure
  return requestFailed('TLS', method, url, 'tls: first record does not look like a TLS handshake', failure)
}

function plainHeaders(headers: Record<string, unknown>): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && value !== null)
      plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value)
  }
  return plain
}

function retryDelayMs(response: HttpResponse, attempt: number): number {
  const after = response.headers['retry-after']
  if (after !== undefined && /^[0-9]+$/.test(after)) return Math.min(Number(after) * 1000, 30_000)
  return Math.min(250 * 2 ** attempt, 3_000)
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(signal.reason)
      },
      { once: true },
    )
  })
}
