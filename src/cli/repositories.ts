import { errorText } from '../base/index.ts'
import { loadTls } from '../net/index.ts'
import type { ChartReference, FetchOptions, RepoEnvironment } from '../repo/index.ts'
import { createRepoEnvironment } from '../repo/index.ts'
import type { CliContext } from './context.ts'
import { pluginGetters } from './plugins/getters.ts'
import { commandFailed } from './errors.ts'
import { transferView } from './output/transfers.ts'
import type { ChartPathFlags, ConnectionFlags } from './flags/chart.ts'

/** What the login and certificate flags say about registries. */
export type RegistryFlags = Partial<ConnectionFlags>

/** The repositories and registries of this run, by its settings and flags. */
export function repoEnvironment(ctx: CliContext, registry: RegistryFlags = {}): RepoEnvironment {
  return environmentWith(ctx, registryAccess(fetchOptions(registry)))
}

/** The same where Helm looks for getter plugins at once, needed or not, and complains of broken ones. */
export function repoEnvironmentAtOnce(ctx: CliContext, registry: RegistryFlags = {}): RepoEnvironment {
  const env = repoEnvironment(ctx, registry)
  return { ...env, getters: env.getters }
}

/** The registries of `registry login`, which takes its flags as they are. */
export function loginEnvironment(ctx: CliContext, registry: RegistryFlags): RepoEnvironment {
  return environmentWith(ctx, fetchOptions(registry))
}

function environmentWith(ctx: CliContext, login: FetchOptions): RepoEnvironment {
  const { settings } = ctx
  return createRepoEnvironment({
    log: ctx.log.asLog(),
    env: ctx.env,
    clock: ctx.host.clock,
    random: ctx.host.random,
    repositoryConfig: settings.repositoryConfig,
    repositoryCache: settings.repositoryCache,
    contentCache: settings.contentCache,
    registryConfig: settings.registryConfig,
    home: ctx.folders.home,
    debug: settings.debug,
    login,
    print: (line) => ctx.printLine(line),
    notice: (line) => ctx.notice(line),
    getters: () => pluginGetters(ctx),
    transfers: transferView(ctx),
  })
}

/**
 * As Helm, which makes its registry client before anything else, whether it is needed or not: files of certificates must be
 * readable, and with them (or without checks of certificates) plain HTTP is not used.
 */
function registryAccess(access: FetchOptions): FetchOptions {
  const { caFile = '', certFile = '', keyFile = '', insecureSkipTlsVerify = false } = access
  try {
    if (loadTls({ caFile, certFile, keyFile, insecureSkipVerify: insecureSkipTlsVerify }) === undefined) return access
  } catch (error) {
    throw commandFailed(`missing registry client: ${errorText(error)}`, error)
  }
  return { ...access, plainHttp: false }
}

/** How to fetch, by the connection flags. */
export function fetchOptions(flags: Partial<ConnectionFlags> & { readonly passCredentials?: boolean }): FetchOptions {
  return {
    username: flags.username ?? '',
    password: flags.password ?? '',
    certFile: flags.certFile ?? '',
    keyFile: flags.keyFile ?? '',
    caFile: flags.caFile ?? '',
    insecureSkipTlsVerify: flags.insecureSkipTlsVerify ?? false,
    plainHttp: flags.plainHttp ?? false,
    passCredentialsAll: flags.passCredentials ?? false,
  }
}

/** Says with `--debug` that development versions are looked for. */
export function logDevelopment(ctx: CliContext, flags: { readonly version: string; readonly devel: boolean }): void {
  if (flags.version === '' && flags.devel) ctx.log.debug('setting version to >0.0.0-0')
}

/** A chart as the chart path flags describe it; `--devel` asks for development versions unless a version is given. */
export function chartReference(name: string, flags: ChartPathFlags & { readonly devel?: boolean }): ChartReference {
  return {
    name,
    version: flags.version === '' && flags.devel === true ? '>0.0.0-0' : flags.version,
    repoUrl: flags.repo,
    fetch: fetchOptions(flags),
    verify: flags.verify,
    keyring: flags.keyring,
  }
}
