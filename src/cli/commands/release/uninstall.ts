import { uninstall, type UninstallRequest } from '../../../release/index.ts'
import { defineCommand, minArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { beyondFlags } from '../../flags/beyond.ts'
import { boolFlag, type FlagValues, stringFlag } from '../../flags/define.ts'
import { timeoutFlag, waitFlag } from '../../flags/deploy.ts'
import { releaseCandidates } from './candidates.ts'
import { withSession } from './session.ts'

const CASCADES = ['background', 'foreground', 'orphan'] as const

/** Flags of `uninstall`. */
export const uninstallFlags = {
  cascade: stringFlag(
    'what becomes of dependents: "background", "orphan" or "foreground" (with --wait, until all are gone)',
    'background',
  ),
  description: stringFlag('description of the uninstall'),
  dryRun: boolFlag('only say what would be removed'),
  ignoreNotFound: boolFlag('a release that does not exist is no error'),
  keepHistory: boolFlag('keep the records, marked as uninstalled'),
  noHooks: boolFlag('do not run hooks'),
  ...beyondFlags,
  timeout: timeoutFlag,
  wait: waitFlag,
} as const

/** What is asked for by the flags. */
export function uninstallRequest(name: string, flags: FlagValues<typeof uninstallFlags>): UninstallRequest {
  const cascade = CASCADES.find((one) => one === flags.cascade)
  if (cascade === undefined) {
    throw commandFailed(`invalid cascade value (${flags.cascade}). Must be "background", "foreground", or "orphan"`)
  }
  return {
    name,
    dryRun: flags.dryRun,
    ignoreNotFound: flags.ignoreNotFound,
    keepHistory: flags.keepHistory,
    disableHooks: flags.noHooks,
    waitStrategy: flags.wait,
    timeoutMs: flags.timeout,
    cascade,
    description: flags.description,
  }
}

/** `uninstall` */
export const uninstallCommand = defineCommand({
  path: 'uninstall',
  usage: 'RELEASE_NAME [...]',
  description: `Removes releases: deletes their resources and their records. Resources with the policy "keep" stay. With
--keep-history the records stay too, marked as uninstalled; --dry-run says which releases would be removed.`,
  examples: '$0 uninstall web\n$0 uninstall web api --wait --cascade foreground',
  args: minArgs(1),
  flags: uninstallFlags,
  complete: (ctx, args) => releaseCandidates(ctx, args),
  async run(ctx, names, flags) {
    const requests = names.map((name) => uninstallRequest(name, flags))
    await withSession(
      ctx,
      async ({ ports, settle }) => {
        for (const request of requests) {
          const result = await uninstall(ports, request, ctx.signal)
          settle()
          if (result !== undefined && result.info !== '') ctx.printLine(result.info)
          ctx.printLine(`release "${request.name}" uninstalled`)
        }
      },
      flags,
    )
  },
})
