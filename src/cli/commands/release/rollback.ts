import { rollback, type RollbackRequest } from '../../../release/index.ts'
import { type Completion, closedCompletion, defineCommand, minArgs } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import { beyondFlags } from '../../flags/beyond.ts'
import { boolFlag, type FlagValues } from '../../flags/define.ts'
import { dryRunFlag, timeoutFlag, waitFlag, waitForJobsFlag } from '../../flags/deploy.ts'
import { releaseCandidates, revisionCandidates } from './candidates.ts'
import { deployExclusive } from './deploy-request.ts'
import { dryRunStrategy } from './dry-run.ts'
import { withSession } from './session.ts'
import { historyMaxFlag, serverSideFlag } from './upgrade.ts'

/** Flags of `rollback` that Helm has too. */
export const rollbackFlags = {
  cleanupOnFail: boolFlag('when the rollback fails, delete what it created'),
  dryRun: dryRunFlag,
  force: boolFlag('deprecated', false, { deprecated: 'use --force-replace instead' }),
  forceConflicts: boolFlag('with server-side apply, take over fields that others own'),
  forceReplace: boolFlag('replace resources instead of patching them'),
  historyMax: historyMaxFlag,
  noHooks: boolFlag('do not run hooks'),
  serverSide: serverSideFlag,
  timeout: timeoutFlag,
  wait: waitFlag,
  waitForJobs: waitForJobsFlag,
} as const

/** `rollback` */
export const rollbackCommand = defineCommand({
  path: 'rollback',
  usage: '<RELEASE> [REVISION]',
  description: `Brings an earlier revision of a release back, as a new revision. Without REVISION (or with 0) it is the one before the
newest; the command history lists them.`,
  examples: '$0 rollback web\n$0 rollback web 3 --wait',
  args: minArgs(1),
  flags: { ...rollbackFlags, ...beyondFlags },
  exclusive: deployExclusive,
  complete: completeRevision,
  async run(ctx, [name = '', revision], flags) {
    const request = rollbackRequest(ctx, name, revision, flags)
    await withSession(ctx, ({ ports }) => rollback(ports, request, ctx.signal), flags)
    ctx.printLine('Rollback was a success! Happy Helming!')
  },
})

/** The request of a rollback, as the command line says it. */
export function rollbackRequest(
  ctx: CliContext,
  name: string,
  revision: string | undefined,
  flags: FlagValues<typeof rollbackFlags>,
): RollbackRequest {
  return {
    name,
    revision: revision === undefined ? 0 : parseRevision(revision),
    dryRun: dryRunStrategy(ctx, flags.dryRun),
    waitStrategy: flags.wait,
    waitForJobs: flags.waitForJobs,
    disableHooks: flags.noHooks,
    forceReplace: flags.forceReplace || flags.force,
    forceConflicts: flags.forceConflicts,
    serverSide: flags.serverSide,
    timeoutMs: flags.timeout,
    cleanupOnFail: flags.cleanupOnFail,
    maxHistory: flags.historyMax,
  }
}

/** Completes a release, then one of its revisions. */
export function completeRevision(ctx: CliContext, args: readonly string[]): Completion | Promise<Completion> {
  const [name] = args
  if (name === undefined) return releaseCandidates(ctx)
  return args.length === 1 ? revisionCandidates(ctx, name) : closedCompletion
}

/** A revision on the command line. As Go's strconv.Atoi. */
export function parseRevision(text: string): number {
  const refuse = (why: string): Error =>
    commandFailed(`could not convert revision to a number: strconv.Atoi: parsing ${JSON.stringify(text)}: ${why}`)
  if (!/^[+-]?\d+$/.test(text)) throw refuse('invalid syntax')
  const value = BigInt(text)
  if (value !== BigInt.asIntN(64, value)) throw refuse('value out of range')
  return Number(value)
}
