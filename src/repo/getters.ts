import type { Log } from '../base/index.ts'
import { type HttpRequest, type HttpResponse, sendHttp } from '../net/index.ts'
import { fetchFailed, repoError } from './errors.ts'
import { parseUrl, sameOrigin } from './url.ts'

/** What downloads need from outside. */
export interface RepoHost {
  readonly log: Log
  /** Proxy variables are read from here. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Hears how downloads come along. */
  readonly transfers?: Transfers | undefined
  readonly signal?: AbortSignal | undefined
}

/** Shows downloads while they last. */
export interface Transfers {
  /** A download of something called `name` begins. */
  begin(name: string): Transfer
}

/** One download. */
export interface Transfer {
  /** So many bytes have come; `total` is undefined when the server does not tell. */
  update(received: number, total: number | undefined): void
  /** It is over, well or not. */
  end(): void
}

/** What `run` gives; a transfer called `name` lasts as long as it runs. */
export async function transferring<T>(
  transfers: Transfers | undefined,
  name: string,
  run: (onProgress: Transfer['update'] | undefined) => Promise<T>,
): Promise<T> {
  if (transfers === undefined) return run(undefined)
  const transfer = transfers.begin(name)
  try {
    return await run((received, total) => transfer.update(received, total))
  } finally {
    transfer.end()
  }
}

/** How to reach a repository. Credentials go only to the origin of `originUrl`, unless `passCredentialsAll`. */
export interface FetchOptions {
  readonly originUrl?: string
  readonly username?: string
  readonly password?: string
  readonly passCredentialsAll?: boolean
  readonly certFile?: string
  readonly keyFile?: string
  readonly caFile?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly plainHttp?: boolean
  readonly accept?: string
  readonly timeoutMs?: number
}

/** Downloads what a URL of one scheme names. */
export type Getter = (url: string, options: FetchOptions) => Promise<Uint8Array>

/** The getter for each scheme. */
export type Getters = ReadonlyMap<string, Getter>

/** The getters for HTTP and HTTPS. */
export function httpGetters(host: RepoHost): Getters {
  const getter: Getter = (url, options) => fetchHttp(url, options, host)
  return new Map([
    ['http', getter],
    ['https', getter],
  ])
}

/** The getter for the scheme of a URL; throws with Helm's text when there is none. */
export function getterFor(getters: Getters, scheme: string): Getter {
  const getter = getters.get(scheme)
  if (getter === undefined) throw repoError('UNSUPPORTED_SCHEME', `scheme "${scheme}" not supported`)
  return getter
}

async function fetchHttp(url: string, options: FetchOptions, host: RepoHost): Promise<Uint8Array> {
  const { username = '', password = '' } = options
  const mayAuthenticate = options.passCredentialsAll === true || sameOrigin(options.originUrl ?? '', url)
  host.log({ level: 'DEBUG', message: 'fetching', attributes: [['url', url]] })
  const request: HttpRequest = {
    url,
    headers: options.accept === undefined ? {} : { Accept: options.accept },
    basicAuth: mayAuthenticate && username !== '' && password !== '' ? { username, password } : undefined,
    tls: {
      caFile: options.caFile ?? '',
      certFile: options.certFile ?? '',
      keyFile: options.keyFile ?? '',
      insecureSkipVerify: options.insecureSkipTlsVerify ?? false,
    },
    env: host.env,
    timeoutMs: options.timeoutMs ?? 120_000,
    retries: 2,
    signal: host.signal,
  }
  const response: HttpResponse = await transferring(host.transfers, nameOf(url), (onProgress) =>
    sendHttp({ ...request, onProgress }),
  )
  const length = response.headers['content-length'] ?? '-1'
  const status = `${response.status} ${response.statusText}`
  host.log({
    level: 'DEBUG',
    message: 'fetch complete',
    attributes: [
      ['url', url],
      ['status', status],
      ['content-length', length],
    ],
  })
  if (response.status !== 200) throw fetchFailed(url, response.status, response.statusText)
  return response.body
}

/** What a download is called: an archive by its file, an index by its repository. */
function nameOf(url: string): string {
  const { host = '', path = '' } = parseUrl(url) ?? {}
  const file = path.slice(path.lastIndexOf('/') + 1)
  return file === 'index.yaml' ? `${host}${path}` : file || host
}
