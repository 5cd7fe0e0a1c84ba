import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Random } from '../../base/index.ts'
import { errorText } from '../../base/index.ts'
import { repoError } from '../errors.ts'
import { makeFolder, writeFileAtomically } from '../files.ts'
import { type Config, decodeConfig } from './credentials-file.ts'

/** A login to a registry. */
export interface Credential {
  readonly username: string
  readonly password: string
  /** An identity token that stands for the login at token servers. */
  readonly refreshToken?: string
}

/** The logins of one user. */
export interface CredentialStore {
  find(registry: string): Credential | undefined
  save(registry: string, credential: Credential): void
  remove(registry: string): void
}

/**
 * Logins in Docker's config format: those of `path` (Helm's registry/config.json), then those of Docker itself
 * (DOCKER_CONFIG or ~/.docker). Credential helpers (`credHelpers`, `credsStore`) are asked where a file names them.
 */
export function credentialStore(options: {
  readonly path: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly random: Random
}): CredentialStore {
  const docker = join(options.env.DOCKER_CONFIG || join(options.home, '.docker'), 'config.json')
  const write = (config: Config): void => {
    makePrivateParent(options.path)
    writeFileAtomically(options.path, JSON.stringify(config, undefined, '\t'), { mode: 0o600, random: options.random })
  }
  return {
    find: (registry) => findIn(options.path, registry, options.env) ?? findIn(docker, registry, options.env),
    save(registry, credential) {
      const config = readConfig(options.path)
      const helper = helperFor(config, registry)
      if (helper !== undefined) {
        const { username, password } = credential
        runHelper(
          helper,
          'store',
          JSON.stringify({ ServerURL: registry, Username: username, Secret: password }),
          options.env,
        )
        return
      }
      const auth = Buffer.from(`${credential.username}:${credential.password}`).toString('base64')
      const auths = Object.entries({ ...config.auths, [registry]: { auth } }).sort(([a], [b]) => (a < b ? -1 : 1))
      write({ ...config, auths: Object.fromEntries(auths) })
    },
    remove(registry) {
      const config = readConfig(options.path)
      const helper = helperFor(config, registry)
      if (helper !== undefined) {
        try {
          runHelper(helper, 'erase', registry, options.env)
        } catch (error) {
          const reason = errorText(error)
          throw repoError('CREDENTIALS', `failed to delete the credential for ${registry}: ${reason}`, error)
        }
        return
      }
      if (config.auths?.[registry] === undefined) return
      const { [registry]: _gone, ...auths } = config.auths
      write({ ...config, auths })
    },
  }
}

function findIn(
  path: string,
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): Credential | undefined {
  const config = readConfig(path)
  const helper = helperFor(config, registry)
  if (helper !== undefined) return askHelper(helper, registry, env)
  const key = registry === 'docker.io' || registry === 'registry-1.docker.io' ? 'https://index.docker.io/v1/' : registry
  const auths = config.auths ?? {}
  const entry = auths[key] ?? Object.entries(auths).find(([address]) => hostOf(address) === key)?.[1]
  if (entry === undefined) return undefined
  const { auth, identitytoken, username, password } = entry
  const token = typeof identitytoken === 'string' && identitytoken !== '' ? { refreshToken: identitytoken } : {}
  if (typeof auth === 'string' && auth !== '') {
    return { ...decodeAuth(auth), ...token }
  }
  return { username: String(username ?? ''), password: String(password ?? ''), ...token }
}

/** User and password in the `auth` field. */
function decodeAuth(auth: string): Credential {
  const fail = (reason: string): Error =>
    repoError('CREDENTIALS', `failed to decode auth field: invalid config format: ${reason}`)
  const clean = auth.replace(/[\r\n]/g, '')
  const bad = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(clean)?.[0].length ?? 0
  if (bad < clean.length) throw fail(`illegal base64 data at input byte ${firstIllegal(clean, bad)}`)
  const text = Buffer.from(clean, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) throw fail(`auth '${text}' does not conform the base64(username:password) format`)
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Where Go's decoder stops: at the first foreign character of the last block, or at its beginning. */
function firstIllegal(text: string, block: number): number {
  const at = text.slice(block).search(/[^A-Za-z0-9+/]/)
  return at < 0 ? text.length : block + at
}

/** `https://registry.example.com/v1/` is `registry.example.com`: older files keep whole addresses. */
function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '').split('/')[0] ?? ''
}

function makePrivateParent(path: string): void {
  const folder = dirname(path)
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
}

function readConfig(path: string): Config {
  if (!existsSync(path)) return {}
  const { value, problem } = decodeConfig(readFileSync(path, 'utf8'), path)
  if (problem !== undefined) throw repoError('CREDENTIALS', problem)
  return value
}

function helperFor(config: Config, registry: string): string | undefined {
  const helpers = config.credHelpers
  const own =
    typeof helpers === 'object' && helpers !== null ? (helpers as Record<string, unknown>)[registry] : undefined
  const name = own ?? config.credsStore
  return typeof name === 'string' && name !== '' ? name : undefined
}

function askHelper(
  helper: string,
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): Credential | undefined {
  const text = runHelper(helper, 'get', registry, env)
  if (text === undefined) return undefined
  const answer = JSON.parse(text) as { Username?: string; Secret?: string }
  const { Username = '', Secret = '' } = answer
  return Username === '<token>'
    ? { username: '', password: '', refreshToken: Secret }
    : { username: Username, password: Secret }
}

/** Runs `docker-credential-NAME`; undefined when it has no login for the registry. */
function runHelper(
  helper: string,
  action: 'get' | 'store' | 'erase',
  input: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const result = spawnSync(`docker-credential-${helper}`, [action], {
    input,
    env: env as NodeJS.ProcessEnv,
    encoding: 'utf8',
  })
  if (result.error !== undefined) {
    const isMissing = (result.error as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = isMissing ? 'executable file not found in $PATH' : result.error.message
    throw repoError('CREDENTIALS', `exec: "docker-credential-${helper}": ${reason}`, result.error)
  }
  if (result.status === 0) return result.stdout
  const output = result.stdout.trim() || result.stderr.trim()
  if (action === 'get' && output === 'credentials not found in native keychain') return undefined
  throw repoError('CREDENTIALS', output === '' ? `docker-credential-${helper} failed` : output)
}
