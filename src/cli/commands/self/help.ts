import { anyArgs, type Command, defineCommand } from '../../command.ts'
import { settingsFromEnvironment } from '../../settings.ts'
import { printHelp, usageText } from '../../help.ts'
import { type CatalogNode, findChild } from '../../catalog-entry.ts'

/** `help [command]` */
export function createHelpCommand(root: CatalogNode): Command {
  return defineCommand({
    path: 'help',
    usage: '[command]',
    description: 'Explains any command: its arguments, flags and examples.',
    examples: '$0 help repo add',
    args: anyArgs,
    flags: {},
    complete: (ctx, args, prefix) => ({ candidates: topics(root, args, prefix, ctx.program === 'helm') }),
    async run(ctx, args) {
      const around = { env: ctx.env, folders: ctx.folders, settings: settingsFromEnvironment(ctx.env, ctx.folders) }
      let node = root
      for (const word of args) {
        const child = findChild(node, word)
        if (child === undefined && node === root) {
          ctx.notice(`Unknown help topic [${args.map((arg) => `\`${arg}\``).join(' ')}]`)
          return ctx.io.stderr.write(usageText({ program: ctx.program, node: root, root, around }))
        }
        if (child === undefined) break
        node = child
      }
      const command = await node.entry.load?.(root)
      const topic = { program: ctx.program, node, root, around }
      printHelp(ctx.io.stdout, command === undefined ? topic : { ...topic, command })
    },
  })
}

/** The commands below the one that the words name. */
function topics(root: CatalogNode, words: readonly string[], prefix: string, onlyHelm: boolean): string[] {
  let node: CatalogNode | undefined = root
  for (const word of words) node = node === undefined ? undefined : findChild(node, word)
  return (node?.children ?? [])
    .filter((child) => child.entry.hidden !== true && child.name.startsWith(prefix))
    .filter((child) => !onlyHelm || child.entry.beyondHelm !== true)
    .map((child) => `${child.name}\t${child.entry.summary}`)
}
