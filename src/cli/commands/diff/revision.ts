import { diffReleases, releaseContent } from '../../../release/index.ts'
import { defineCommand, exactArgs, minArgs } from '../../command.ts'
import { releaseCandidates } from '../release/candidates.ts'
import { completeRevision, parseRevision } from '../release/rollback.ts'
import { withSession } from '../release/session.ts'
import { diffFlags, showChanges } from './view.ts'

/** `diff revision` */
export const diffRevisionCommand = defineCommand({
  path: 'diff revision',
  usage: '<RELEASE> <REVISION> [REVISION]',
  description: `Shows what differs between the manifests of two revisions of a release; without a second one, between the revision and
the newest.`,
  examples: '$0 diff revision web 2\n$0 diff revision web 2 5 --detailed-exitcode',
  args: minArgs(2),
  flags: diffFlags,
  complete: completeRevision,
  async run(ctx, [name = '', first = '', second], flags) {
    const from = parseRevision(first)
    const to = second === undefined ? 0 : parseRevision(second)
    const changes = await withSession(ctx, async ({ ports }) => {
      const before = await releaseContent(ports, { name, revision: from }, ctx.signal)
      return diffReleases(before, await releaseContent(ports, { name, revision: to }, ctx.signal))
    })
    showChanges(ctx, changes, flags)
  },
})

/** `diff release` */
export const diffReleaseCommand = defineCommand({
  path: 'diff release',
  usage: '<RELEASE> <OTHER_RELEASE>',
  description: 'Shows what differs between the manifests of two releases of a namespace, by their newest revisions.',
  examples: '$0 diff release web web-next',
  args: exactArgs(2),
  flags: diffFlags,
  complete: (ctx, args) => releaseCandidates(ctx, args),
  async run(ctx, [first = '', second = ''], flags) {
    const changes = await withSession(ctx, async ({ ports }) => {
      const before = await releaseContent(ports, { name: first, revision: 0 }, ctx.signal)
      return diffReleases(before, await releaseContent(ports, { name: second, revision: 0 }, ctx.signal))
    })
    showChanges(ctx, changes, flags)
  },
})
