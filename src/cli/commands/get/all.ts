import { defineCommand, exactArgs } from '../../command.ts'
import { stringFlag } from '../../flags/define.ts'
import { releaseText } from '../release/release-view.ts'
import { completeRelease, readRelease, revisionFlag } from './content.ts'

/** `get all` */
export const getAllCommand = defineCommand({
  path: 'get all',
  usage: 'RELEASE_NAME',
  description: 'Shows everything a record holds: chart, values, hooks, manifest and notes.',
  examples: "$0 get all web\n$0 get all web --template '{{.Release.Name}}'",
  args: exactArgs(1),
  flags: { revision: revisionFlag, template: stringFlag('Go template for the output, such as {{.Release.Name}}') },
  complete: completeRelease,
  async run(ctx, [name = ''], flags) {
    const release = await readRelease(ctx, name, flags.revision)
    if (flags.template !== '') {
      const { renderReleaseTemplate } = await import('./release-template.ts')
      return ctx.print(renderReleaseTemplate(flags.template, release))
    }
    ctx.print(releaseText(ctx, release, { debug: true, metadata: true }))
  },
})
