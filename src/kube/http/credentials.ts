import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Clock } from '../../base/index.ts'
import type { Connection, UserEntry } from '../config/model.ts'
import { goFileError, KubeClientError } from '../errors.ts'
import { checkExecVersion, type ExecHost, runExecPlugin } from './exec-plugin.ts'
import { type OidcConfig, oidcTokens } from './oidc.ts'

/** What credentials add to a request and to the TLS handshake. */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined
}

/** Gives the credentials for the next request; may read files or run a plugin. */
export interface CredentialSource {
  get(): Promise<Credential>
  /** Called after a 401 to a request with `used`; true when asking again may give other credentials. */
  refresh(used: Credential): boolean
}

/** How long a token file's content is trusted, as client-go: a minute. */
const TOKEN_FILE_TTL_MS = 60_000

/** What credentials take from outside. */
export interface CredentialHost extends ExecHost {
  readonly clock: Clock
  readonly env: Readonly<Record<string, string | undefined>>
  /** Keeps refreshed tokens of an auth provider in the kubeconfig of the user entry; absent: they are used only. */
  readonly persistUser?: ((user: UserEntry, provider: OidcConfig) => Promise<void>) | undefined
}

/**
 * Chooses the source for a user entry: exec plugin, auth provider, token file, token, basic, certificate, nothing. Throws
 * at once what client-go says before it sends a request; `get` rejects with what it says about one.
 */
export function credentialSource(connection: Connection, host: CredentialHost): CredentialSource {
  const { user } = connection
  const constant = impersonationHeaders(user)
  const source = plainSource(connection, host)
  const plain = new WeakMap<Credential, Credential>()
  return {
    async get() {
      const credential = await source.get()
      const whole = { ...credential, headers: { ...credential.headers, ...constant } }
      plain.set(whole, credential)
      return whole
    },
    refresh: (used) => source.refresh(plain.get(used) ?? used),
  }
}

function plainSource(connection: Connection, host: CredentialHost): CredentialSource {
  const { user } = connection
  if (user.exec !== undefined) {
    checkExecVersion(user.exec)
    return execSource(connection, host)
  }
  if (user.tokenFile !== undefined && user.tokenFile !== '') return tokenFileSource(user.tokenFile, host.clock)
  const { token = '' } = user
  if (token !== '') return fixed({ authorization: `Bearer ${token}` })
  const provider = user['auth-provider']
  if (provider !== undefined) return providerSource(user, provider, host)
  if (user.username !== undefined && user.username !== '') {
    const pair = Buffer.from(`${user.username}:${user.password ?? ''}`, 'utf8').toString('base64')
    return fixed({ authorization: `Basic ${pair}` })
  }
  return fixed({})
}

/** What client-go says about providers that it had once. */
const REMOVED_PROVIDERS: Readonly<Record<string, string>> = {
  gcp: `The gcp auth plugin has been removed.
Please use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.
See https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further details`,
  azure: `The azure auth plugin has been removed.
Please use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.
See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins for further details`,
}

function providerSource(
  user: UserEntry,
  provider: NonNullable<UserEntry['auth-provider']>,
  host: CredentialHost,
): CredentialSource {
  if (provider.name !== 'oidc') {
    const text = REMOVED_PROVIDERS[provider.name] ?? `no Auth Provider found for name "${provider.name}"`
    throw new KubeClientError('CREDENTIALS', text)
  }
  const { persistUser } = host
  const persist = async (config: OidcConfig): Promise<void> => persistUser?.(user, config)
  const idToken = oidcTokens(provider.config ?? {}, { clock: host.clock, env: host.env, persist })
  return { get: async () => ({ headers: { authorization: `Bearer ${await idToken()}` } }), refresh: () => false }
}

function fixed(headers: Record<string, string>): CredentialSource {
  return { get: async () => ({ headers }), refresh: () => false }
}

function tokenFileSource(path: string, clock: Clock): CredentialSource {
  let cached: { readonly token: string; readonly readMs: number } | undefined
  try {
    cached = { token: readFileSync(path, 'utf8').trim(), readMs: clock.nowMs() }
  } catch (error) {
    const why = goFileError((error as NodeJS.ErrnoException).code ?? '')
    throw new KubeClientError('CREDENTIALS', `open ${path}: ${why}`, { path }, error)
  }
  return {
    async get() {
      const now = clock.nowMs()
      if (cached === undefined || now - cached.readMs > TOKEN_FILE_TTL_MS) {
        try {
          cached = { token: (await readFile(path, 'utf8')).trim(), readMs: now }
        } catch (error) {
          if (cached === undefined) {
            throw new KubeClientError('CREDENTIALS', `failed to read token file "${path}"`, { path }, error)
          }
        }
      }
      return { headers: { authorization: `Bearer ${cached.token}` } }
    },
    refresh() {
      const had = cached !== undefined
      cached = undefined
      return had
    },
  }
}

/** Runs the plugin when its answer has expired or was refused; requests that were refused together share one run. */
function execSource(connection: Connection, host: CredentialHost): CredentialSource {
  interface Answer {
    readonly credential: Credential
    readonly expiresMs: number
  }
  let current: Answer | undefined
  let pending: Promise<Answer> | undefined
  const load = async (): Promise<Answer> => {
    try {
      const { token, certificate, expiresMs } = await runExecPlugin(connection, host)
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      current = { credential: { headers, certificate }, expiresMs }
      return current
    } finally {
      pending = undefined
    }
  }
  return {
    async get() {
      if (current !== undefined && current.expiresMs > host.clock.nowMs()) return current.credential
      pending ??= load()
      return (await pending).credential
    },
    refresh(used) {
      if (current?.credential === used) current = undefined
      return true
    },
  }
}

/** Headers that ask the server to act as somebody else. */
function impersonationHeaders(user: UserEntry): Record<string, string> {
  const headers: Record<string, string> = {}
  if (user.as !== undefined && user.as !== '') headers['impersonate-user'] = user.as
  if (user['as-uid'] !== undefined && user['as-uid'] !== '') headers['impersonate-uid'] = user['as-uid']
  const groups = user['as-groups'] ?? []
  // Several values of one header: Node sends a list as repeated headers, see the transport.
  if (groups.length > 0) headers['impersonate-group'] = groups.join(HEADER_LIST_SEPARATOR)
  for (const [key, values] of Object.entries(user['as-user-extra'] ?? {})) {
    headers[`impersonate-extra-${encodeURIComponent(key)}`] = values.join(HEADER_LIST_SEPARATOR)
  }
  return headers
}

/** Joins several values of one header inside `Credential.headers`. */
export const HEADER_LIST_SEPARATOR = '\u0000'
