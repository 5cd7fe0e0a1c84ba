import { ALL_STATES, chartWords, history, list } from '../../../release/index.ts'
import { type Completion, closedCompletion } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { withSession } from './session.ts'

/** Names of releases for completion, without those in `except`. */
export async function releaseCandidates(ctx: CliContext, except: readonly string[] = []): Promise<Completion> {
  try {
    return await withSession(ctx, async ({ ports }) => {
      const releases = await list(ports, {
        matchesName: (name) => !except.includes(name),
        matchesLabels: () => true,
        states: ALL_STATES,
        byDate: false,
        reverse: false,
        offset: 0,
        limit: 0,
      })
      return {
        candidates: releases.map((release) => `${release.name}\t${chartWords(release)} -> ${release.info.status}`),
      }
    })
  } catch {
    return { candidates: [], files: true }
  }
}

/** Revisions of a release for completion. */
export async function revisionCandidates(ctx: CliContext, name: string): Promise<Completion> {
  try {
    return await withSession(ctx, async ({ ports }) => {
      const revisions = await history(ports, { name, max: 256 })
      return {
        candidates: revisions.map((release) => {
          const app = release.chart?.metadata.appVersion ?? ''
          return `${release.version}\tApp: ${app}, Chart: ${chartWords(release)}`
        }),
      }
    })
  } catch {
    return { candidates: [], failed: true }
  }
}

/** Completes `--revision` of commands that read one release. */
export const revisionValues = (
  ctx: CliContext,
  [name, ...more]: readonly string[],
): Completion | Promise<Completion> =>
  name === undefined || more.length > 0 ? { candidates: [] } : revisionCandidates(ctx, name)

/** Completes one name of a release, then nothing. */
export const oneRelease = (ctx: CliContext, args: readonly string[]): Completion | Promise<Completion> =>
  args.length > 0 ? closedCompletion : releaseCandidates(ctx)
