import { parseUrl, printUrl } from '../../../repo/index.ts'
import { closedCompletion, defineCommand, minArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { connectionFlags } from '../../flags/chart.ts'
import { repoEnvironment } from '../../repositories.ts'

/** `push` */
export const pushCommand = defineCommand({
  path: 'push',
  usage: '[chart] [remote]',
  description: `Uploads a chart archive to an OCI registry. A provenance file beside the archive goes along.`,
  examples: '$0 push mychart-0.1.0.tgz oci://registry.example.com/charts',
  args: minArgs(2),
  flags: connectionFlags,
  complete: (_ctx, args) => {
    if (args.length === 0) return { candidates: [], files: true }
    return args.length === 1 ? { candidates: ['oci://'], noSpace: true } : closedCompletion
  },
  async run(ctx, [path = '', remote = ''], flags) {
    const url = parseUrl(remote)
    if (url === undefined) throw commandFailed(`invalid chart URL format: ${remote}`)
    if (url.scheme === '') throw commandFailed('scheme prefix missing from remote (e.g. "oci://")')
    if (url.scheme !== 'oci') throw commandFailed(`scheme "${url.scheme}" not supported`)
    const registry = await repoEnvironment(ctx, flags).registry()
    await registry.push(path, printUrl(url))
  },
})
