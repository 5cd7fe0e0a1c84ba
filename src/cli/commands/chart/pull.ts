import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'
import { errorText } from '../../../base/index.ts'
import { expandChartArchive } from '../../../chart/index.ts'
import { downloadTo, findChartInRepoUrl, makeFolder, type VerifyMode } from '../../../repo/index.ts'
import { defineCommand, minArgs } from '../../command.ts'
import { chartCandidates } from '../../completion/candidates.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import { type ChartPathFlags, chartPathFlags, develFlag } from '../../flags/chart.ts'
import { boolFlag, stringFlag } from '../../flags/define.ts'
import { chartReference, logDevelopment, repoEnvironment } from '../../repositories.ts'
import { verificationLines } from './verify.ts'

interface PullFlags extends ChartPathFlags {
  readonly destination: string
  readonly devel: boolean
  readonly prov: boolean
  readonly untar: boolean
  readonly untardir: string
}

/** `pull` */
export const pullCommand = defineCommand({
  path: 'pull',
  usage: '[chart URL | repo/chartname] [...]',
  description: `Downloads charts as archives, by name from a repository or by URL.

--untar unpacks them, --verify checks their signature first, --prov only fetches the signature.`,
  examples: '$0 pull podinfo/podinfo --untar\n$0 pull oci://ghcr.io/stefanprodan/charts/podinfo --version 6.7.0',
  args: minArgs(1),
  flags: {
    ...chartPathFlags,
    destination: stringFlag('folder to write to; --untardir is taken relative to it', '.', { short: 'd' }),
    devel: develFlag,
    prov: boolFlag('fetch the provenance file without checking it'),
    untar: boolFlag('unpack the chart'),
    untardir: stringFlag('with --untar, the folder to unpack into', '.'),
  },
  complete: (ctx, args, prefix) =>
    args.length > 0 ? { candidates: [] } : chartCandidates(ctx, prefix, { files: false }),
  async run(ctx, names, flags) {
    logDevelopment(ctx, flags)
    for (const name of names) await pull(ctx, name, flags)
  },
})

async function pull(ctx: CliContext, name: string, flags: PullFlags): Promise<void> {
  const env = repoEnvironment(ctx, flags)
  const reference = chartReference(name, flags)
  const verify: VerifyMode = flags.verify ? 'always' : flags.prov ? 'later' : 'never'
  const folder = flags.untar ? mkdtempSync(join(tmpdir(), 'helm-')) : flags.destination
  const output: string[] = []
  try {
    const { fetch, keyring, version, repoUrl } = reference
    const source = repoUrl === '' ? name : await findChartInRepoUrl(repoUrl, name, env, { ...fetch, version })
    const saved = await downloadTo(source, version, folder, env, {
      fetch,
      verify,
      keyring,
      warn: (line) => output.push(line),
    })
    if (flags.verify && saved.verification !== undefined) output.push(...verificationLines(saved.verification))
    if (flags.untar) unpack(name, saved.path, flags)
    for (const line of output) ctx.printLine(line)
  } finally {
    if (flags.untar) rmSync(folder, { recursive: true, force: true })
  }
}

function unpack(name: string, archive: string, flags: PullFlags): void {
  const target = isAbsolute(flags.untardir) ? flags.untardir : join(flags.destination, flags.untardir)
  const chartFolder = target === '.' ? basename(name) : join(target, basename(name))
  if (existsSync(chartFolder)) {
    throw commandFailed(`failed to untar: a file or directory with the name ${chartFolder} already exists`)
  }
  try {
    makeFolder(chartFolder)
  } catch (error) {
    throw commandFailed(`failed to untar (mkdir): ${errorText(error)}`, error)
  }
  expandChartArchive(readFileSync(archive), target)
}
