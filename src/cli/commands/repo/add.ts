import { errorText } from '../../../base/index.ts'
import {
  downloadIndex,
  checkRepositoryUrl,
  findRepository,
  loadRepositoriesIfAny,
  lockFileOf,
  RepoError,
  type RepositoriesFile,
  type RepositoryEntry,
  sameRepository,
  saveRepositories,
  withFileLock,
  withRepository,
} from '../../../repo/index.ts'
import { closedCompletion, defineCommand, exactArgs } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import { boolFlag, durationFlag, stringFlag } from '../../flags/define.ts'
import { repoEnvironment } from '../../repositories.ts'

/** Repositories that are gone for good, and what took their place. */
const goneRepositories: readonly (readonly [old: string, now: string])[] = [
  ['//kubernetes-charts.storage.googleapis.com', 'https://charts.helm.sh/stable'],
  ['//kubernetes-charts-incubator.storage.googleapis.com', 'https://charts.helm.sh/incubator'],
]

/** `repo add` */
export const repoAdd = defineCommand({
  path: 'repo add',
  usage: '[NAME] [URL]',
  description: 'Adds a chart repository under a name of your choice and fetches its index.',
  examples:
    '$0 repo add podinfo https://stefanprodan.github.io/podinfo\n$0 repo add corp https://charts.corp.example --username ci --password-stdin',
  args: exactArgs(2),
  complete: (_ctx, args) => (args.length > 1 ? closedCompletion : { candidates: [] }),
  flags: {
    allowDeprecatedRepos: boolFlag('accept official repositories that have been deleted'),
    caFile: stringFlag('trust servers whose certificates this CA bundle vouches for'),
    certFile: stringFlag('certificate to identify with over HTTPS'),
    forceUpdate: boolFlag('replace the repository when the name is taken'),
    insecureSkipTlsVerify: boolFlag('accept any certificate of the server'),
    keyFile: stringFlag('key of the certificate to identify with over HTTPS'),
    passCredentials: boolFlag('send user and password to every host, not only to that of the repository'),
    password: stringFlag('password for the repository'),
    passwordStdin: boolFlag('read the password from standard input'),
    timeout: durationFlag('how long the download of the index may take', 120_000),
    username: stringFlag('user for the repository'),
  },
  async run(ctx, [name = '', url = ''], flags) {
    const gone = goneRepositories.find(([old]) => url.includes(old))
    if (gone !== undefined && !flags.allowDeprecatedRepos) {
      throw commandFailed(`repo "${url}" is no longer available; try "${gone[1]}" instead`)
    }
    const path = ctx.settings.repositoryConfig
    await withFileLock(lockFileOf(path), () => add(ctx, { name, url, path }, flags))
  },
})

interface AddFlags {
  readonly caFile: string
  readonly certFile: string
  readonly forceUpdate: boolean
  readonly insecureSkipTlsVerify: boolean
  readonly keyFile: string
  readonly passCredentials: boolean
  readonly password: string
  readonly passwordStdin: boolean
  readonly timeout: number
  readonly username: string
}

async function add(
  ctx: CliContext,
  { name, url, path }: { readonly name: string; readonly url: string; readonly path: string },
  flags: AddFlags,
): Promise<void> {
  const file = repositoriesAt(path)
  const entry: RepositoryEntry = {
    name,
    url,
    username: flags.username,
    password: await passwordOf(ctx, flags),
    certFile: flags.certFile,
    keyFile: flags.keyFile,
    caFile: flags.caFile,
    insecureSkipTlsVerify: flags.insecureSkipTlsVerify,
    passCredentialsAll: flags.passCredentials,
  }
  if (name.includes('/')) {
    throw commandFailed(`repository name (${name}) contains '/', please specify a different name without '/'`)
  }
  const existing = findRepository(file, name)
  if (existing !== undefined && !flags.forceUpdate) {
    if (!sameRepository(existing, entry)) {
      throw commandFailed(`repository name (${name}) already exists, please specify a different name`)
    }
    return ctx.printLine(`"${name}" already exists with the same configuration, skipping`)
  }
  const env = repoEnvironment(ctx)
  checkRepositoryUrl(entry, env)
  try {
    await downloadIndex(entry, env, { timeoutMs: flags.timeout })
  } catch (error) {
    throw commandFailed(
      `looks like "${url}" is not a valid chart repository or cannot be reached: ${errorText(error)}`,
      error,
    )
  }
  saveRepositories(withRepository(file, entry), path, ctx.host.random)
  ctx.printLine(`"${name}" has been added to your repositories`)
}

/** What is configured; here Helm names a file that it cannot read without its usual introduction. */
function repositoriesAt(path: string): RepositoriesFile {
  try {
    return loadRepositoriesIfAny(path)
  } catch (error) {
    throw error instanceof Error && error.cause instanceof RepoError ? error.cause : error
  }
}

async function passwordOf(
  ctx: CliContext,
  flags: { readonly username: string; readonly password: string; readonly passwordStdin: boolean },
): Promise<string> {
  if (flags.username === '' || flags.password !== '') return flags.password
  if (flags.passwordStdin)
    return Buffer.from(await ctx.io.stdin.readAll())
      .toString('utf8')
      .replace(/\n$/, '')
      .replace(/\r$/, '')
  ctx.print('Password: ')
  if (!ctx.io.stdin.isTTY) {
    ctx.print('\n')
    throw commandFailed('inappropriate ioctl for device')
  }
  const password = await ctx.io.stdin.readLine({ secret: true })
  ctx.print('\n')
  return password ?? ''
}
