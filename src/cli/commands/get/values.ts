import { emitJson, emitYaml } from '../../../encoding/index.ts'
import { getValues } from '../../../release/index.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { boolFlag } from '../../flags/define.ts'
import { outputFlag } from '../../flags/output.ts'
import { withSession } from '../release/session.ts'
import { completeRelease, revisionFlag } from './content.ts'

/** `get values` */
export const getValuesCommand = defineCommand({
  path: 'get values',
  usage: 'RELEASE_NAME',
  description: "Prints the values that were set for a release; with --all, the chart's defaults too.",
  examples: '$0 get values web\n$0 get values web --all -o yaml',
  args: exactArgs(1),
  flags: {
    all: boolFlag('print all values, computed from defaults and yours', false, { short: 'a' }),
    output: outputFlag,
    revision: revisionFlag,
  },
  complete: completeRelease,
  async run(ctx, [name = ''], flags) {
    const request = { name, revision: flags.revision, all: flags.all }
    const values = (await withSession(ctx, ({ ports }) => getValues(ports, request, ctx.signal))) ?? null
    if (flags.output === 'json') return ctx.printLine(emitJson(values))
    if (flags.output === 'table') ctx.printLine(flags.all ? 'COMPUTED VALUES:' : 'USER-SUPPLIED VALUES:')
    ctx.print(emitYaml(values))
  },
})
