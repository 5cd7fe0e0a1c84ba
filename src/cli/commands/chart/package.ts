import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { errorText } from '../../../base/index.ts'
import { fileSystemError, loadChartFolder, saveChart } from '../../../chart/index.ts'
import { type RepoEnvironment, updateDependencies } from '../../../repo/index.ts'
import { parseVersion } from '../../../version/index.ts'
import { anyArgs, defineCommand } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import { type ConnectionFlags, connectionFlags, keyringFlag } from '../../flags/chart.ts'
import { boolFlag, stringFlag } from '../../flags/define.ts'
import { fetchOptions, repoEnvironmentAtOnce } from '../../repositories.ts'
import { missingDependencies } from './dependencies-present.ts'
import { createSigner, type Signer } from './sign.ts'

interface PackageFlags extends ConnectionFlags {
  readonly appVersion: string
  readonly dependencyUpdate: boolean
  readonly destination: string
  readonly key: string
  readonly keyring: string
  readonly passphraseFile: string
  readonly sign: boolean
  readonly version: string
}

/** `package` */
export const packageCommand = defineCommand({
  path: 'package',
  usage: '[CHART_PATH] [...]',
  description: `Packs chart folders into versioned archives, which 'repo index' and 'push' publish.

--sign writes a provenance file beside the archive, signed with a key of a (secret) keyring in the old GnuPG format:
gpg --export-secret-keys > ~/.gnupg/secring.gpg`,
  examples:
    '$0 package ./mychart\n$0 package ./mychart --version 1.2.3 --app-version 4.5.6 -d dist\n$0 package --sign ./mychart --key mykey --keyring ~/.gnupg/secring.gpg',
  args: anyArgs,
  flags: {
    ...connectionFlags,
    appVersion: stringFlag('set appVersion of the chart'),
    dependencyUpdate: boolFlag('first fetch what Chart.yaml lists into charts/', false, { short: 'u' }),
    destination: stringFlag('folder to write to', '.', { short: 'd' }),
    key: stringFlag('with --sign, name of the key to sign with'),
    keyring: keyringFlag,
    passphraseFile: stringFlag("file with the passphrase of the key; '-' reads it from standard input"),
    sign: boolFlag('sign the archive with a PGP key'),
    version: stringFlag('set version of the chart'),
  },
  async run(ctx, paths, flags) {
    if (paths.length === 0) throw commandFailed('need at least one argument, the path to the chart')
    if (flags.sign && flags.key === '') throw commandFailed('--key is required for signing a package')
    if (flags.sign && flags.keyring === '') throw commandFailed('--keyring is required for signing a package')
    const signer = flags.sign ? createSigner(ctx, flags) : undefined
    const env = repoEnvironmentAtOnce(ctx, flags)
    for (const path of paths) {
      const saved = await packageOne(ctx, path, flags, { signer, env })
      ctx.printLine(`Successfully packaged chart and saved it to: ${saved}`)
    }
  },
})

async function packageOne(
  ctx: CliContext,
  given: string,
  flags: PackageFlags,
  { signer, env }: { readonly signer: Signer | undefined; readonly env: RepoEnvironment },
): Promise<string> {
  const path = resolve(given)
  try {
    statSync(given)
  } catch (error) {
    throw fileSystemError(error, 'stat', given)
  }
  if (flags.dependencyUpdate) await fetchDependencies(ctx, path, flags, env)
  const chart = loadChartFolder(path, { log: ctx.log.asLog() })
  if (flags.version !== '') chart.metadata.version = flags.version
  parseVersion(chart.metadata.version)
  if (flags.appVersion !== '') chart.metadata.appVersion = flags.appVersion
  const missing = missingDependencies(chart)
  if (missing.length > 0) {
    throw commandFailed(`found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`)
  }
  let saved: string
  try {
    const folder = flags.destination === '.' ? process.cwd() : flags.destination
    saved = saveChart(chart, folder, { nowMs: ctx.host.clock.nowMs() })
  } catch (error) {
    throw commandFailed(`failed to save: ${errorText(error)}`, error)
  }
  await signer?.sign(saved)
  return saved
}

async function fetchDependencies(
  ctx: CliContext,
  path: string,
  flags: PackageFlags,
  env: RepoEnvironment,
): Promise<void> {
  await updateDependencies(
    {
      chartFolder: path,
      skipRefresh: false,
      verify: 'never',
      keyring: flags.keyring,
      fetch: fetchOptions(flags),
      print: () => {},
      debug: ctx.settings.debug,
    },
    env,
  )
}
