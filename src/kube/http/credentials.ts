import { readFile } from 'node:fs/promises'
import type { Clock } from '../../base/index.ts'
import type { Connection, UserEntry } from '../config/model.ts'
import { KubeClientError } from '../errors.ts'
import { type ExecRunner, runExecPlugin } from './exec-plugin.ts'

/** What credentials add to a request and to the TLS handshake. */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined
}

/** Gives the credentials for the next request; may read files or run a plugin. */
export interface CredentialSource {
  get(): Promise<Credential>
  /** Called after a 401; true when asking again may give other credentials. */
  refresh(): boolean
}

/** How long a token file's content is trusted, as client-go: a minute. */
const TOKEN_FILE_TTL_MS = 60_000

/** Chooses the source for a user entry: exec plugin, token file, token, basic, certificate, nothing. */
export function credentialSource(connection: Connection, clock: Clock, runner: ExecRunner): CredentialSource {
  const { user } = connection
  const constant = impersonationHeaders(user)
  const withImpersonation = (source: CredentialSource): CredentialSource => ({
    async get() {
      const credential = await source.get()
      return { ...credential, headers: { ...credential.headers, ...constant } }
    },
    refresh: () => source.refresh(),
  })
  return withImpersonation(plainSource(connection, clock, runner))
}

function plainSource(connection: Connection, clock: Clock, runner: ExecRunner): CredentialSource {
  const { user } = connection
  if (user.exec !== undefined) return execSource(connection, clock, runner)
  const provider = user['auth-provider']
  if (provider !== undefined && provider.name !== 'oidc') {
    throw new KubeClientError('CREDENTIALS', `no Auth Provider found for name "${provider.name}"`)
  }
  if (user.tokenFile !== undefined && user.tokenFile !== '') return tokenFileSource(user.tokenFile, clock)
  const token = user.token ?? provider?.config?.['id-token'] ?? ''
  if (token !== '') return fixed({ authorization: `Bearer ${token}` })
  if (user.username !== undefined && user.username !== '') {
    const pair = Buffer.from(`${user.username}:${user.password ?? ''}`, 'utf8').toString('base64')
    return fixed({ authorization: `Basic ${pair}` })
  }
  return fixed({})
}

function fixed(headers: Record<string, string>): CredentialSource {
  return { get: async () => ({ headers }), refresh: () => false }
}

function tokenFileSource(path: string, clock: Clock): CredentialSource {
  let cached: { readonly token: string; readonly readMs: number } | undefined
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

function execSource(connection: Connection, clock: Clock, runner: ExecRunner): CredentialSource {
  let pending: Promise<{ readonly credential: Credential; readonly expiresMs: number }> | undefined
  let refreshed = false
  const load = () =>
    runExecPlugin(connection, runner).then(({ token, certificate, expiresMs }) => ({
      credential: {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        certificate,
      } as Credential,
      expiresMs,
    }))
  return {
    async get() {
      pending ??= load()
      let current: Awaited<typeof pending>
      try {
        current = await pending
      } catch (error) {
        pending = undefined
        throw error
      }
      if (current.expiresMs <= clock.nowMs()) {
        pending = load()
        current = await pending
      }
      return current.credential
    },
    refresh() {
      if (refreshed) return false
      refreshed = true
      pending = undefined
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
