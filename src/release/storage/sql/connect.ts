import { Client, DatabaseError } from 'pg'
import { errorText } from '../../../base/index.ts'
import { dialFailure } from '../../../kube/index.ts'
import { ReleaseError, releaseError } from '../../errors.ts'
import { filedPassword } from './password-file.ts'
import { isSocketFolder, type SqlHost, type SqlSettings, type SqlSurroundings } from './settings.ts'
import { tlsOptions } from './tls.ts'

/** A row as the server gives it. */
export type SqlRow = Readonly<Record<string, unknown>>

/** A connection to the database that comes back by itself when it was lost between two statements. */
export interface SqlConnection {
  /** Runs one statement; several without parameters too. Rejects with SqlFailure when the server refuses it. */
  query(text: string, values?: readonly unknown[]): Promise<readonly SqlRow[]>
  close(): Promise<void>
}

/** What the server refuses, worded as by lib/pq; `code` of the cause is the SQLSTATE. */
export function hasSqlState(error: unknown, state: string): boolean {
  return error instanceof Error && error.cause instanceof DatabaseError && error.cause.code === state
}

/** Connects, so that bad settings show at once. */
export async function connectSql(settings: SqlSettings, around: SqlSurroundings): Promise<SqlConnection> {
  let client: Client | undefined = await connectAny(settings, around)
  let before: Promise<unknown> = Promise.resolve()
  const forget = (lost: Client): void => {
    if (client === lost) client = undefined
  }
  watchLoss(client, forget)
  const live = async (): Promise<Client> => {
    if (client === undefined) {
      client = await connectAny(settings, around)
      watchLoss(client, forget)
    }
    return client
  }
  const run = async (text: string, values: readonly unknown[]): Promise<readonly SqlRow[]> => {
    const on = await live()
    try {
      const { rows } = values.length === 0 ? await on.query<SqlRow>(text) : await on.query<SqlRow>(text, [...values])
      return rows
    } catch (error) {
      // An error that ends the connection is a lost connection, as lib/pq takes it.
      if (error instanceof DatabaseError && error.severity !== 'FATAL') throw sqlFailure(error, text)
      // Every statement may be repeated: writes name their keys.
      forget(on)
      const { rows } = await (await live()).query<SqlRow>(text, [...values]).catch((again: unknown) => {
        throw sqlFailure(again, text)
      })
      return rows
    }
  }
  return {
    query(text, values = []) {
      const answer = before.then(() => run(text, values))
      before = answer.catch(() => undefined)
      return answer
    },
    async close() {
      await before
      await client?.end().catch(() => undefined)
    },
  }
}

function watchLoss(client: Client, forget: (lost: Client) => void): void {
  client.on('error', () => forget(client))
  client.on('end', () => forget(client))
}

/** Tries the servers in order. A standby that is only preferred may be missing. */
async function connectAny(settings: SqlSettings, around: SqlSurroundings): Promise<Client> {
  const failures: [SqlHost, unknown][] = []
  for (const host of settings.hosts) {
    try {
      return await connectHost(settings, host, around)
    } catch (error) {
      failures.push([host, error])
    }
  }
  if (settings.sessionAttributes === 'prefer-standby') {
    return connectAny({ ...settings, sessionAttributes: 'any' }, around)
  }
  const [first] = failures
  if (failures.length === 1 && first !== undefined) throw first[1]
  const lines = failures.map(([{ host, port }, error]) => `connecting to ${host}:${port}: ${errorText(error)}`)
  throw releaseError('STORAGE', `pq: could not connect to any of the hosts:\n${lines.join('\n')}`, first?.[1])
}

/** `prefer` goes on without encryption, `allow` with it, where the first attempt fails. */
async function connectHost(settings: SqlSettings, host: SqlHost, around: SqlSurroundings): Promise<Client> {
  const { sslMode } = settings
  const attempt = (mode: string) => connectOnce(settings, host, { mode, around })
  if (sslMode === 'prefer') return attempt('prefer').catch(() => attempt('disable'))
  if (sslMode === 'allow') return attempt('allow').catch(() => attempt('require'))
  return attempt(sslMode)
}

async function connectOnce(
  settings: SqlSettings,
  host: SqlHost,
  how: { readonly mode: string; readonly around: SqlSurroundings },
): Promise<Client> {
  const ssl = tlsOptions(settings, host, { mode: how.mode, home: how.around.home })
  const password = settings.password === '' ? filedPassword(settings, host) : settings.password
  const client = new Client({
    host: host.address === '' ? host.host : host.address,
    port: host.port,
    user: settings.user,
    database: settings.database === '' ? settings.user : settings.database,
    // As a function, so that the package does not look for passwords itself.
    password: () => password,
    options: settings.options,
    application_name: settings.applicationName,
    ssl,
    sslnegotiation: settings.sslDirect && ssl !== false ? 'direct' : 'postgres',
    connectionTimeoutMillis: settings.connectTimeoutMs,
    keepAlive: true,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await checkSession(client, settings.sessionAttributes)
    return client
  } catch (error) {
    void client.end().catch(() => undefined)
    throw connectFailure(error, host, how.mode)
  }
}

/** Whether the server is of the kind that `target_session_attrs` asks for. */
async function checkSession(client: Client, wanted: string): Promise<void> {
  if (wanted === '' || wanted === 'any') return
  const { rows } = await client.query<{ readonly ro: string; readonly standby: boolean }>(
    "SELECT current_setting('transaction_read_only') AS ro, pg_catalog.pg_is_in_recovery() AS standby",
  )
  const isReadOnly = rows[0]?.ro === 'on'
  const isStandby = rows[0]?.standby === true
  const why = {
    'read-only': isReadOnly ? '' : 'session is not read-only',
    'read-write': isReadOnly ? 'session is read-only' : isStandby ? 'server is in hot standby mode' : '',
    primary: isStandby ? 'server is in hot standby mode' : '',
    standby: isStandby ? '' : 'server is not in hot standby mode',
    'prefer-standby': isStandby ? '' : 'server is not in hot standby mode',
  }[wanted]
  if (why !== undefined && why !== '') throw releaseError('STORAGE', why)
}

/** What lib/pq says when a server answers a request for encryption with no. */
const NO_TLS = 'pq: SSL is not enabled on the server'

function connectFailure(error: unknown, host: SqlHost, mode: string): Error {
  if (error instanceof DatabaseError) return sqlFailure(error, '')
  const { code, message, syscall } = error as { code?: string; message?: string; syscall?: string }
  // The package gives this error neither a class nor a code.
  if (code === undefined && message === 'The server does not support SSL connections') {
    return releaseError('STORAGE', NO_TLS, error)
  }
  if (isSocketFolder(host) && syscall === 'connect') {
    const words = { ENOENT: 'no such file or directory', ECONNREFUSED: 'connection refused' }[code ?? '']
    const path = `${host.host}/.s.PGSQL.${host.port}`
    return releaseError('STORAGE', `dial unix ${path}: connect: ${words ?? 'permission denied'}`, error)
  }
  const shown = host.host.includes(':') ? `[${host.host}]` : host.host
  const known = code !== undefined || error instanceof AggregateError
  const text = known ? dialFailure(error, `https://${shown}:${host.port}`) : errorText(error)
  // Where only the authority is checked, lib/pq does it itself, after the handshake.
  const words = mode === 'verify-full' ? text : text.replace(/^tls: failed to verify certificate: /, '')
  return releaseError('STORAGE', words, error)
}

/** `pq: MESSAGE at column N (STATE)`. */
function sqlFailure(error: unknown, text: string): Error {
  if (!(error instanceof DatabaseError)) return releaseError('STORAGE', `pq: ${errorText(error)}`, error)
  const { message, code, position } = error
  const where = position === undefined || text === '' ? '' : ` at column ${position}`
  const words = `pq: ${message}${where}${code === undefined ? '' : ` (${code})`}`
  return new ReleaseError('STORAGE', words, { refused: true }, error)
}
