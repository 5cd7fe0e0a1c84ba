import type { CatalogNode } from '../../catalog-entry.ts'
import { anyArgs, type Command, defineCommand } from '../../command.ts'
import { completeLine } from '../../completion/complete.ts'
import { commandFailed } from '../../errors.ts'
import { settingsFromEnvironment } from '../../settings.ts'

/** The hidden `__complete` command that completion scripts call: candidates, then `:` and directive bits. */
export function createCompleteCommand(root: CatalogNode, withDescriptions: boolean): Command {
  return defineCommand({
    path: withDescriptions ? '__complete' : '__completeNoDesc',
    usage: '[command-line]',
    args: anyArgs,
    flags: {},
    rawArguments: true,
    async run(ctx, words) {
      if (words.length === 0) throw commandFailed('requires at least 1 arg(s), only received 0')
      const around = { env: ctx.env, folders: ctx.folders, settings: settingsFromEnvironment(ctx.env, ctx.folders) }
      const answer = await completeLine(ctx, root, words, around)
      if (answer.problem !== undefined) ctx.notice(`[Debug] [Error] ${answer.problem}`)
      const activeHelp = ctx.env.HELM_ACTIVE_HELP !== '0' && ctx.env.COBRA_ACTIVE_HELP !== '0'
      for (const candidate of answer.candidates) {
        if (!activeHelp && candidate.startsWith('_activeHelp_')) continue
        const shown = withDescriptions ? candidate : candidate.split('\t')[0]
        ctx.printLine(shown?.split('\n')[0]?.trim() ?? '')
      }
      ctx.printLine(`:${answer.directive}`)
      ctx.notice(`Completion ended with directive: ${directiveText(answer.directive)}`)
    },
  })
}

function directiveText(directive: number): string {
  const names: string[] = []
  if ((directive & 1) !== 0) names.push('ShellCompDirectiveError')
  if ((directive & 2) !== 0) names.push('ShellCompDirectiveNoSpace')
  if ((directive & 4) !== 0) names.push('ShellCompDirectiveNoFileComp')
  return names.length === 0 ? 'ShellCompDirectiveDefault' : names.join(', ')
}
