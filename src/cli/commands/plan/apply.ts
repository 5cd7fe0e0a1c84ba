import { readFileSync } from 'node:fs'
import { fileSystemError } from '../../../chart/index.ts'
import { applyPlan, parsePlan, type SavedPlan } from '../../../release/index.ts'
import { completeFiles, defineCommand, exactArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { beyondFlags } from '../../flags/beyond.ts'
import { boolFlag } from '../../flags/define.ts'
import { outputFlag } from '../../flags/output.ts'
import { announceCancel } from '../release/deploy-request.ts'
import { printRelease } from '../release/release-view.ts'
import { withSession } from '../release/session.ts'

/** `apply` */
export const applyCommand = defineCommand({
  path: 'apply',
  usage: 'FILE',
  description: `Carries out a plan that the command plan saved: exactly the manifest that was shown. It refuses when the release has
another newest revision, or one of the objects says something else, than when the plan was made.`,
  examples: '$0 plan upgrade web ./chart -o web.plan\n$0 apply web.plan',
  args: exactArgs(1),
  flags: { ...beyondFlags, hideNotes: boolFlag('do not print the notes'), output: outputFlag },
  complete: completeFiles(1),
  async run(ctx, [file = ''], flags) {
    const plan = readPlan(file)
    const namespace = await ctx.namespace()
    if (ctx.isGiven('namespace') && namespace !== plan.namespace) {
      throw commandFailed(`the plan is for namespace ${plan.namespace}, not ${namespace}`)
    }
    const there = { ...ctx, signal: ctx.signal, namespace: async () => plan.namespace }
    const release = await withSession(
      there,
      ({ ports }) => applyPlan(ports, plan, announceCancel(ctx, plan.release)),
      flags,
    )
    if (plan.operation.type === 'uninstall') {
      ctx.printLine(`release "${plan.release}" uninstalled`)
      return
    }
    if (flags.output === 'table') ctx.printLine(`The plan for release "${plan.release}" has been carried out.`)
    printRelease(ctx, flags.output, release, { debug: ctx.settings.debug, hideNotes: flags.hideNotes })
  },
})

function readPlan(file: string): SavedPlan {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw fileSystemError(error, 'open', file)
  }
  return parsePlan(text)
}
