import type { Release } from '../../../release/index.ts'
import { releaseContent } from '../../../release/index.ts'
import type { Completion } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { type FlagSpec, intFlag } from '../../flags/define.ts'
import { oneRelease, revisionValues } from '../release/candidates.ts'
import { withSession } from '../release/session.ts'

/** `--revision` */
export const revisionFlag: FlagSpec<number> = intFlag('revision to read; the newest by default', 0, {
  complete: revisionValues,
})

/** Completes the name of a release. */
export const completeRelease = (ctx: CliContext, args: readonly string[]): Completion | Promise<Completion> =>
  oneRelease(ctx, args)

/** Reads the revision that a `get` command names. */
export function readRelease(ctx: CliContext, name: string, revision: number): Promise<Release> {
  return withSession(ctx, ({ ports }) => releaseContent(ports, { name, revision }, ctx.signal))
}
