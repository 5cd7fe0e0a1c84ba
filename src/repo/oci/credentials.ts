import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../base/index.ts'
import { errorText } from '../../base/index.ts'
import { repoError } from '../errors.ts'
import { makeParent, writeFileAtomically } from '../files.ts'

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

type Config = Record<string, unknown> & { auths?: Record<string, Record<string, unknown>> }

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
    makeParent(options.path)
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
        runHelper(helper, 'erase', registry, options.env)
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
  const entry = config.auths?.[key] ?? config.auths?.[`https://${registry}`] ?? config.auths?.[`http://${registry}`]
  if (entry === undefined) return undefined
  const { auth, identitytoken, username, password } = entry
  const token = typeof identitytoken === 'string' && identitytoken !== '' ? { refreshToken: identitytoken } : {}
  if (typeof auth === 'string' && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8')
    const colon = text.indexOf(':')
    if (colon < 0) throw repoError('CREDENTIALS', 'invalid config format: auth')
    return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, ''), ...token }
  }
  return { username: String(username ?? ''), password: String(password ?? ''), ...token }
}

function readConfig(path: string): Config {
  if (!existsSync(path)) return {}
  try {
    const config: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof config === 'object' && config !== null ? (config as Config) : {}
  } catch (error) {
    throw repoError(
      'CREDENTIALS',
      `failed to decode config file ${path}: ${errorText(error)}: invalid config format`,
      error,
    )
  }
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
  if (result.error !== undefined)
    throw repoError('CREDENTIALS', `docker-credential-${helper}: ${result.error.message}`, result.error)
  if (result.status === 0) return result.stdout
  const output = result.stdout.trim() || result.stderr.trim()
  if (action === 'get' && output === 'credentials not found in native keychain') return undefined
  throw repoError('CREDENTIALS', output === '' ? `docker-credential-${helper} failed` : output)
}
