import { STATUS_CODES } from 'node:http'
import { errorText } from '../../base/index.ts'
import { type HttpRequest, type HttpResponse, sendHttp, type TlsOptions } from '../../net/index.ts'
import { RepoError, repoError } from '../errors.ts'
import { type Transfers, transferring } from '../getters.ts'
import { decodeAnswer, mistyped } from './content.ts'
import type { Credential } from './credentials.ts'
import { checkRealm } from './realm.ts'

/** How to talk to registries. */
export interface RegistryTransportOptions {
  readonly plainHttp: boolean
  readonly tls: TlsOptions
  readonly env: Readonly<Record<string, string | undefined>>
  readonly transfers?: Transfers | undefined
  readonly signal?: AbortSignal | undefined
  /** The login to a registry, if there is one. */
  readonly credential: (registry: string) => Credential | undefined
}

/** A request below `/v2/`, or to an upload location (`url`). */
export interface RegistryRequest {
  readonly registry: string
  readonly method: NonNullable<HttpRequest['method']>
  /** Path after `/v2/`; ignored when `url` is given. */
  readonly path?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** What is downloaded, where that may take long. */
  readonly transfer?: string
  /** Token scopes such as `repository:charts/web:pull`. */
  readonly scopes: readonly string[]
}

/** Sends requests to registries, logging in by basic or bearer authentication when one asks for it. */
export interface RegistryTransport {
  send(request: RegistryRequest): Promise<HttpResponse>
  /** Where `/v2/` of a registry is. */
  baseUrl(registry: string): string
}

/** As oras: five more tries when a registry is busy or broken. */
const retrying = {
  retries: 5,
  retryOn: (status: number): boolean => status === 408 || status === 429 || (status >= 500 && status !== 501),
}

/** Creates a transport; tokens are kept for its lifetime. */
export function registryTransport(options: RegistryTransportOptions): RegistryTransport {
  const authorization = new Map<string, string>()
  const baseUrl = (registry: string): string => `${options.plainHttp ? 'http' : 'https'}://${registry}/v2/`
  const exchange = (request: RegistryRequest, url: string, header: string | undefined): Promise<HttpResponse> =>
    transferring(request.transfer === undefined ? undefined : options.transfers, request.transfer ?? '', (onProgress) =>
      sendHttp({
        method: request.method,
        url,
        headers: { ...request.headers, ...(header === undefined ? {} : { Authorization: header }) },
        ...(request.body === undefined ? {} : { body: request.body }),
        tls: options.tls,
        env: options.env,
        ...retrying,
        signal: options.signal,
        onProgress,
      }),
    )
  return {
    baseUrl,
    async send(request) {
      const url = request.url ?? baseUrl(request.registry) + (request.path ?? '')
      const key = `${request.registry} ${request.scopes.join(' ')}`
      const known = authorization.get(key) ?? authorization.get(request.registry)
      const first = await exchange(request, url, known)
      if (first.status !== 401) return first
      const challenge = parseChallenge(first.headers['www-authenticate'] ?? '')
      if (challenge === undefined) return first
      const header = await answer(challenge, request, options, url)
      authorization.set(challenge.scheme === 'basic' ? request.registry : key, header)
      return exchange(request, url, header)
    },
  }
}

interface Challenge {
  readonly scheme: 'basic' | 'bearer'
  readonly parameters: ReadonlyMap<string, string>
}

function parseChallenge(header: string): Challenge | undefined {
  const scheme = /^\s*(basic|bearer)\b/i.exec(header)?.[1]?.toLowerCase()
  if (scheme !== 'basic' && scheme !== 'bearer') return undefined
  const parameters = new Map<string, string>()
  for (const match of header.matchAll(/([a-zA-Z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
    parameters.set((match[1] ?? '').toLowerCase(), match[2] ?? match[3] ?? '')
  }
  return { scheme, parameters }
}

async function answer(
  challenge: Challenge,
  request: RegistryRequest,
  options: RegistryTransportOptions,
  url: string,
): Promise<string> {
  const what = (): string => `${request.method} "${url}"`
  const credential = credentialFor(request.registry, options, what)
  if (challenge.scheme === 'basic') {
    if (credential === undefined) throw repoError('CREDENTIALS', `${what()}: basic credential not found`)
    if (credential.username === '' || credential.password === '') {
      throw repoError('CREDENTIALS', `${what()}: missing username or password for basic auth`)
    }
    return basic(credential)
  }
  try {
    checkRealm(challenge.parameters.get('realm') ?? '', url)
    return `Bearer ${await fetchToken(challenge, request.scopes, credential, options)}`
  } catch (error) {
    throw repoError('CREDENTIALS', `${what()}: ${errorText(error)}`, error)
  }
}

function credentialFor(
  registry: string,
  options: RegistryTransportOptions,
  what: () => string,
): Credential | undefined {
  try {
    const found = options.credential(registry)
    const isEmpty = found?.username === '' && found.password === '' && found.refreshToken === undefined
    return isEmpty ? undefined : found
  } catch (error) {
    throw repoError('CREDENTIALS', `${what()}: failed to resolve credential: ${errorText(error)}`, error)
  }
}

async function fetchToken(
  challenge: Challenge,
  scopes: readonly string[],
  credential: Credential | undefined,
  options: RegistryTransportOptions,
): Promise<string> {
  const realm = challenge.parameters.get('realm') ?? ''
  const service = challenge.parameters.get('service') ?? ''
  const hinted = (challenge.parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '')
  const wanted = [...new Set([...scopes, ...hinted])]
  let asked = realm
  const { refreshToken } = credential ?? {}
  const common = { tls: options.tls, env: options.env, ...retrying, signal: options.signal }
  let response: HttpResponse
  if (refreshToken !== undefined) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      service,
      client_id: 'oras-go',
      refresh_token: refreshToken,
    })
    if (wanted.length > 0) form.set('scope', wanted.join(' '))
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    response = await sendHttp({ ...common, method: 'POST', url: realm, headers, body: form.toString() })
  } else {
    asked = tokenUrl(realm, wanted, service)
    const headers = credential === undefined || credential.username === '' ? {} : { Authorization: basic(credential) }
    response = await sendHttp({ ...common, url: asked, headers })
  }
  if (response.status !== 200) throw statusError(response, refreshToken === undefined ? 'GET' : 'POST', asked)
  const what = `${refreshToken === undefined ? 'GET' : 'POST'} "${asked}"`
  let token: string
  try {
    token = tokenOf(decodeAnswer(response.body))
  } catch (error) {
    throw repoError('CREDENTIALS', `${what}: failed to decode response: ${errorText(error)}`, error)
  }
  if (token === '') throw repoError('CREDENTIALS', `${what}: empty token returned`)
  return token
}

function tokenUrl(realm: string, scopes: readonly string[], service: string): string {
  const url = new URL(realm === '' ? 'http://none' : realm)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  if (service !== '') url.searchParams.set('service', service)
  if (realm === '') throw repoError('CREDENTIALS', `Get "${url.search}": unsupported protocol scheme ""`)
  return url.toString()
}

function tokenOf(answer: unknown): string {
  if (typeof answer !== 'object' || Array.isArray(answer)) {
    const type = 'struct { AccessToken string "json:\\"access_token\\""; Token string "json:\\"token\\"" }'
    throw mistyped(answer, '', type, '')
  }
  const fields = (answer ?? {}) as Readonly<Record<string, unknown>>
  const [access, plain] = ['access_token', 'token'].map((name) => {
    const value = fields[name] ?? ''
    if (typeof value !== 'string') throw mistyped(value, name, 'string', '')
    return value
  })
  return access || plain || ''
}

function basic(credential: Credential): string {
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`
}

/** An unexpected status as oras words it: method, URL, status, and the errors that the registry lists. */
export function statusError(response: HttpResponse, method: string, url: string): RepoError {
  const text = listedErrors(response.body) ?? goStatusText(response.status)
  const message = `${method} "${url}": response status code ${response.status}: ${text}`
  return new RepoError('REGISTRY', message, { status: response.status })
}

/** Where Go's net/http names a status in other words than Node. */
const goStatusWords: Readonly<Record<number, string>> = {
  413: 'Request Entity Too Large',
  414: 'Request URI Too Long',
  416: 'Requested Range Not Satisfiable',
  418: "I'm a teapot",
  509: '',
}

function goStatusText(status: number): string {
  return goStatusWords[status] ?? STATUS_CODES[status] ?? ''
}

/** Most bytes that are read of an answer that tells errors. */
const MAX_ERROR_BYTES = 8 * 1024

/** The errors that an answer lists; undefined when it lists none. */
function listedErrors(body: Uint8Array): string | undefined {
  let listed: unknown
  try {
    listed = (JSON.parse(Buffer.from(body).toString('utf8', 0, MAX_ERROR_BYTES)) as { errors?: unknown }).errors
  } catch {
    return undefined
  }
  if (!Array.isArray(listed) || listed.length === 0) return undefined
  const lines = listed.map((item: unknown) => (item === null ? '' : errorLine(item)))
  return lines.includes(undefined) ? undefined : lines.join('; ')
}

/** One error; undefined when it has not the form of one. */
function errorLine(item: unknown): string | undefined {
  if (typeof item !== 'object' || Array.isArray(item)) return undefined
  const { code, message, detail } = item as Readonly<Record<string, unknown>>
  const [name, text] = [code ?? '', message ?? '']
  if (typeof name !== 'string' || typeof text !== 'string') return undefined
  const words = name.toLowerCase().replaceAll('_', ' ')
  if (text === '') return words
  return `${words}: ${text}${detail === undefined || detail === null ? '' : `: ${goPrinted(detail)}`}`
}

/** A JSON value as Go's `%v` prints it. */
function goPrinted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goPrinted).join(' ')}]`
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `map[${pairs.map(([key, item]) => `${key}:${goPrinted(item)}`).join(' ')}]`
  }
  return value === null ? '<nil>' : String(value)
}
