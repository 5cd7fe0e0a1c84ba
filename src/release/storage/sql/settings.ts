import { isIP } from 'node:net'
import { releaseError, type ReleaseError } from '../../errors.ts'
import { connectionParameters } from './connection-string.ts'
import { serviceParameters } from './service-file.ts'

/** What a connection string is completed from. */
export interface SqlSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's home folder; empty when there is none. */
  readonly home: string
  /** The name of the user who runs the program. */
  readonly user: string
}

/** A server to try. */
export interface SqlHost {
  /** A name, an address, or the folder of a socket. */
  readonly host: string
  /** Connected to instead of `host` when set; certificates are still checked for `host`. */
  readonly address: string
  readonly port: number
}

/** How to reach the database: lib/pq's configuration, as far as it concerns a client that stores records. */
export interface SqlSettings {
  readonly hosts: readonly SqlHost[]
  readonly user: string
  readonly password: string
  readonly database: string
  /** Sent at the start of a connection: `-c name=value …`. */
  readonly options: string
  readonly applicationName: string
  readonly passfile: string
  readonly sslMode: string
  readonly sslDirect: boolean
  readonly sslCert: string
  readonly sslKey: string
  readonly sslRootCert: string
  readonly sslInline: boolean
  readonly sslMinVersion: string
  readonly sslMaxVersion: string
  readonly connectTimeoutMs: number
  readonly sessionAttributes: string
}

/** Parameters with a meaning for the client, and the variable that stands in for each; others go to the server. */
const VARIABLES: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  options: 'PGOPTIONS',
  application_name: 'PGAPPNAME',
  fallback_application_name: '',
  sslmode: 'PGSSLMODE',
  sslnegotiation: 'PGSSLNEGOTIATION',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslrootcert: 'PGSSLROOTCERT',
  sslsni: 'PGSSLSNI',
  sslinline: '',
  ssl_min_protocol_version: 'SSLPGMINPROTOCOLVERSION',
  ssl_max_protocol_version: 'SSLPGMAXPROTOCOLVERSION',
  krbsrvname: 'PGKRBSRVNAME',
  krbspn: '',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  binary_parameters: '',
  disable_prepared_binary_result: '',
  client_encoding: 'PGCLIENTENCODING',
  datestyle: 'PGDATESTYLE',
  min_protocol_version: 'PGMINPROTOCOLVERSION',
  max_protocol_version: 'PGMAXPROTOCOLVERSION',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  load_balance_hosts: 'PGLOADBALANCEHOSTS',
  service: 'PGSERVICE',
}

const TLS_VERSIONS = ['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']
const PROTOCOLS = ['3.0', '3.2', 'latest']

/** Parameters with few values, in the order in which messages list them. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  sslmode: ['disable', 'allow', 'prefer', 'require', 'verify-full', 'verify-ca'],
  sslnegotiation: ['postgres', 'direct'],
  target_session_attrs: ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'],
  load_balance_hosts: ['disable', 'random'],
  min_protocol_version: PROTOCOLS,
  max_protocol_version: PROTOCOLS,
  ssl_min_protocol_version: TLS_VERSIONS,
  ssl_max_protocol_version: TLS_VERSIONS,
}

const TRUTH = ['1', 't', 'T', 'true', 'TRUE', 'True', 'yes', 'on']
const FALSEHOOD = ['0', 'f', 'F', 'false', 'FALSE', 'False', 'no', 'off']
const BOOLEANS = ['sslsni', 'sslinline', 'binary_parameters', 'disable_prepared_binary_result']

/** Variables of libpq that lib/pq refuses rather than overlooks. */
const REFUSED_VARIABLES = [
  'PGREQUIRESSL',
  'PGSSLCOMPRESSION',
  'PGREALM',
  'PGGSSENCMODE',
  'PGGSSDELEGATION',
  'PGGSSLIB',
  'PGREQUIREAUTH',
  'PGCHANNELBINDING',
  'PGSSLCERTMODE',
  'PGSSLCRL',
  'PGSSLCRLDIR',
  'PGREQUIREPEER',
]

/**
 * The settings that a service file, a connection string and the environment give; the earlier of these wins. As lib/pq
 * 1.12's NewConfig, in its words, but that servers are tried in the order given.
 */
export function sqlSettings(connection: string, around: SqlSurroundings): SqlSettings {
  const asked = { ...fromEnvironment(around.env), ...fromString(connection) }
  const given = { ...asked, ...fromService(asked.service ?? '', around) }
  const text = (name: string): string => given[name] ?? ''
  if (text('client_encoding') !== '' && !/^(utf8|unicode)$/i.test(text('client_encoding').replace(/[^a-z0-9]/gi, ''))) {
    const what = JSON.stringify(text('client_encoding'))
    throw failure(`pq: unsupported client_encoding ${what}: must be absent or "UTF8"`)
  }
  const hosts = hostsOf(text('host'), text('hostaddr'), text('port'))
  const sslMode = checkedSslMode(given, hosts)
  const runtime = Object.entries(given).filter(([name]) => VARIABLES[name] === undefined && name !== 'database')
  return {
    hosts,
    user: given.user ?? around.user,
    password: text('password'),
    database: given.database ?? text('dbname'),
    options: [text('options'), ...runtime.map(([name, value]) => `-c ${escaped(`${name}=${value}`)}`)].join(' ').trim(),
    applicationName: given.application_name ?? text('fallback_application_name'),
    passfile: text('passfile') === '' && around.home !== '' ? `${around.home}/.pgpass` : text('passfile'),
    sslMode,
    sslDirect: text('sslnegotiation') === 'direct',
    sslCert: text('sslcert'),
    sslKey: text('sslkey'),
    sslRootCert: text('sslrootcert'),
    sslInline: TRUTH.includes(text('sslinline')),
    sslMinVersion: text('ssl_min_protocol_version'),
    sslMaxVersion: text('ssl_max_protocol_version'),
    connectTimeoutMs: Math.max(0, Number(text('connect_timeout')) * 1000),
    sessionAttributes: text('target_session_attrs'),
  }
}

function fromEnvironment(env: SqlSurroundings['env']): Record<string, string> {
  const refused = REFUSED_VARIABLES.find((name) => env[name] !== undefined)
  if (refused !== undefined) throw failure(`pq: environment variable $${refused} is not supported`)
  if (env.PGKRBSRVNAME !== undefined) {
    throw failure('pq: environment variable $PGKRBSRVNAME is not supported as Kerberos is not enabled')
  }
  const given: Record<string, string> = {}
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = env[variable]
    if (value === undefined) continue
    checkValue(name, value, `$${variable}`)
    given[name] = value
  }
  return given
}

function fromString(connection: string): Record<string, string> {
  const given = connectionParameters(connection)
  checkValues(given)
  return given
}

/** What the user's service file says of a service; it may say nothing that is for the server alone. */
function fromService(service: string, { env, home }: SqlSurroundings): Record<string, string> {
  if (service === '') return {}
  const given = serviceParameters(env.PGSERVICEFILE ?? (home === '' ? '' : `${home}/.pg_service.conf`), service)
  checkValues(given)
  const unknown = Object.keys(given).find((name) => VARIABLES[name] === undefined)
  if (unknown === undefined) return given
  const where = `in service file for service ${JSON.stringify(given.service ?? service)}`
  throw failure(`pq: unknown setting ${JSON.stringify(unknown)} ${where}`)
}

function checkValues(given: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(VARIABLES)) {
    const value = given[name]
    if (value !== undefined) checkValue(name, value, JSON.stringify(name))
  }
}

function checkValue(name: string, value: string, where: string): void {
  const wrong = (why: string): ReleaseError => failure(`pq: wrong value for ${where}: ${why}`)
  const choices = CHOICES[name]
  if (choices !== undefined && !choices.includes(value)) {
    const list = `${choices.slice(0, -1).join(', ')}, or ${choices.at(-1) ?? ''}`
    throw wrong(`${JSON.stringify(value)} is not supported; supported values are ${list}`)
  }
  if (BOOLEANS.includes(name) && !TRUTH.includes(value) && !FALSEHOOD.includes(value)) {
    throw wrong(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`)
  }
  if (name === 'connect_timeout') checkNumber(value, { function: 'ParseInt', most: Number.MAX_SAFE_INTEGER }, wrong)
  if (name === 'port') {
    const [first = '', ...others] = value.split(',')
    for (const port of [...others.filter((one) => one !== ''), first]) {
      checkNumber(port, { function: 'ParseUint', most: 65_535 }, wrong)
    }
  }
  if (name === 'hostaddr') {
    const bad = value.split(',').find((address, index) => isIP(address) === 0 && (index === 0 || address !== ''))
    if (bad !== undefined) throw wrong(`ParseAddr(${JSON.stringify(bad)}): unable to parse IP`)
  }
}

function checkNumber(
  value: string,
  rule: { readonly function: 'ParseInt' | 'ParseUint'; readonly most: number },
  wrong: (why: string) => ReleaseError,
): void {
  const pattern = rule.function === 'ParseInt' ? /^[+-]?\d+$/ : /^\d+$/
  const why = pattern.test(value) ? (Number(value) > rule.most ? 'value out of range' : '') : 'invalid syntax'
  if (why !== '') throw wrong(`strconv.${rule.function}: parsing ${JSON.stringify(value)}: ${why}`)
}

/** The servers in order: names and addresses are paired; one port is that of all. */
function hostsOf(hosts: string, addresses: string, ports: string): SqlHost[] {
  const names = hosts === '' ? [] : hosts.split(',')
  const numbers = addresses === '' ? [] : addresses.split(',')
  if (names.length > 0 && numbers.length > 0 && names.length !== numbers.length) {
    throw failure(`pq: could not match ${names.length} host names to ${numbers.length} hostaddr values`)
  }
  const count = Math.max(names.length, numbers.length, 1)
  const portList = ports.split(',').map((port) => (port === '' ? 5432 : Number(port)))
  if (count > 1 && portList.length > 1 && portList.length !== count) {
    throw failure(`pq: could not match ${portList.length} port numbers to ${count} hosts`)
  }
  return Array.from({ length: count }, (_, index) => ({
    host: names[index] === undefined || names[index] === '' ? 'localhost' : names[index],
    address: numbers[index] ?? '',
    port: portList[index] ?? portList[0] ?? 5432,
  }))
}

/** Whether a host is the folder of a socket rather than a server. */
export function isSocketFolder({ host, address }: SqlHost): boolean {
  return address === '' && (host.startsWith('/') || host.startsWith('@'))
}

/** Sockets need no TLS; the system's roots vouch for names only. */
function checkedSslMode(given: Readonly<Record<string, string>>, hosts: readonly SqlHost[]): string {
  const [first] = hosts
  if (first !== undefined && isSocketFolder(first)) return 'disable'
  const mode = given.sslmode ?? (given.sslrootcert === 'system' ? 'verify-full' : 'require')
  if (given.sslnegotiation === 'direct' && ['disable', 'allow', 'prefer'].includes(mode)) {
    const allowed = '"require", "verify-ca", or "verify-full"'
    throw failure(`pq: weak sslmode "${mode}" may not be used with sslnegotiation=direct (use ${allowed})`)
  }
  if (given.sslrootcert === 'system' && mode !== 'verify-full') {
    throw failure(`pq: weak sslmode "${mode}" may not be used with sslrootcert=system (use "verify-full")`)
  }
  return mode
}

/** A value inside `options`: spaces and backslashes would end it. */
function escaped(text: string): string {
  return text.replace(/[\\ ]/g, (char) => `\\${char}`)
}

function failure(message: string): ReleaseError {
  return releaseError('STORAGE', message)
}
