import type { Agent as HttpsAgent } from 'node:https'
import type { AxiosRequestConfig, AxiosResponse } from 'axios'
import { describeSocketFailure, NetError, requestFailed } from './errors.ts'
import { proxyFor } from './proxy.ts'
import { loadTls, type TlsOptions } from './tls.ts'

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
  /** For the whole exchange; 120 s when absent. */
  readonly timeoutMs?: number
  /** Longest body to accept; 512 MiB when absent. */
  readonly maxBytes?: number
  readonly followRedirects?: boolean
  /** How often to try again after 408, 429, 502, 503 and 504 (Retry-After is honoured, up to 30 s); none when absent. */
  readonly retries?: number
  readonly signal?: AbortSignal | undefined
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

const retryable = new Set([408, 429, 502, 503, 504])

/** Sends a request and reads the whole answer. Rejects with a NetError only when there is no answer. */
export async function sendHttp(request: HttpRequest): Promise<HttpResponse> {
  const retries = request.retries ?? 0
  for (let attempt = 0; ; attempt++) {
    const response = await exchange(request)
    if (attempt >= retries || !retryable.has(response.status)) return response
    await pause(retryDelayMs(response, attempt), request.signal)
  }
}

async function exchange(request: HttpRequest, freshTries = 3): Promise<HttpResponse> {
  const { method = 'GET', url } = request
  const target = parseTarget(url, method)
  const { default: axios } = await import('axios')
  let finalUrl = url
  try {
    const response: AxiosResponse<Buffer> = await axios.request({
      ...(await connectionOptions(request, target)),
      url,
      method,
      ...(request.body === undefined ? {} : { data: Buffer.from(request.body) }),
      headers: { 'User-Agent': userAgent, 'Accept-Encoding': 'identity', ...request.headers },
      beforeRedirect: (options: { href?: string }) => {
        finalUrl = options.href ?? finalUrl
      },
    })
    return {
      status: response.status,
      statusText: response.statusText,
      headers: plainHeaders(response.headers as Record<string, unknown>),
      body: response.data,
      url: finalUrl,
    }
  } catch (error) {
    if (freshTries > 0 && method !== 'POST' && method !== 'PATCH' && closedWhileIdle(error)) {
      return exchange(request, freshTries - 1)
    }
    throw translate(error, { method, url: finalUrl }, request)
  }
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

async function connectionOptions(request: HttpRequest, target: URL): Promise<AxiosRequestConfig> {
  const maxBytes = request.maxBytes ?? 512 * 1024 * 1024
  const proxy = request.env === undefined ? undefined : proxyFor(target, request.env)
  const agent = await httpsAgentFor(request.tls)
  return {
    responseType: 'arraybuffer',
    validateStatus: () => true,
    decompress: false,
    timeout: request.timeoutMs ?? 120_000,
    maxContentLength: maxBytes,
    maxBodyLength: Number.POSITIVE_INFINITY,
    maxRedirects: request.followRedirects === false ? 0 : 10,
    proxy: proxy === undefined ? false : { ...proxy },
    transformRequest: [(data: unknown) => data],
    transitional: { clarifyTimeoutError: true },
    ...(request.basicAuth === undefined ? {} : { auth: { ...request.basicAuth } }),
    ...(agent === undefined ? {} : { httpsAgent: agent }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  }
}

async function httpsAgentFor(tls: TlsOptions | undefined): Promise<HttpsAgent | undefined> {
  const material = loadTls(tls)
  if (material === undefined) return undefined
  const { Agent } = await import('node:https')
  return new Agent(material)
}

function parseTarget(url: string, method: string): URL {
  let target: URL
  try {
    target = new URL(url)
  } catch (error) {
    throw new NetError('BAD_URL', `parse "${url}": invalid URL`, { url }, error)
  }
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw requestFailed('BAD_URL', method, url, `unsupported protocol scheme "${target.protocol.slice(0, -1)}"`)
  }
  return target
}

function translate(
  error: unknown,
  sent: { readonly method: string; readonly url: string },
  request: HttpRequest,
): NetError {
  const { method, url } = sent
  const failure = error as { code?: string; message?: string }
  if (request.signal?.aborted === true) return requestFailed('ABORTED', method, url, 'context canceled', error)
  if (failure.code === 'ERR_FR_TOO_MANY_REDIRECTS')
    return requestFailed('REDIRECTS', method, url, 'stopped after 10 redirects', error)
  if (
    failure.code === 'ERR_FR_MAX_CONTENT_LENGTH_EXCEEDED' ||
    failure.message?.startsWith('maxContentLength') === true
  ) {
    return requestFailed('TOO_LARGE', method, url, `the answer is larger than ${request.maxBytes} bytes`, error)
  }
  if (failure.code === 'ETIMEDOUT' && failure.message?.startsWith('timeout of') === true) {
    const reason = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    return requestFailed('TIMEOUT', method, url, reason, error)
  }
  const { code, reason } = describeSocketFailure(error, url)
  return requestFailed(code, method, url, reason, error)
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
