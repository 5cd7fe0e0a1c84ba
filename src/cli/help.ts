import type { CatalogNode } from './catalog-entry.ts'
import type { Command } from './command.ts'
import { flagName, type FlagSpec, type FlagSurroundings, type FlagTable, initialValue } from './flags/define.ts'
import { globalFlags } from './flags/global.ts'
import type { OutputStream } from './io.ts'
import { commandPathOf, useLineOf } from './usage.ts'

/** What a help page is made from; `command` is absent for a group and for the program itself. */
export interface HelpTopic {
  readonly program: string
  readonly node: CatalogNode
  readonly root: CatalogNode
  readonly around: FlagSurroundings
  readonly command?: Command
}

/** Prints the help page: description, then usage. */
export function printHelp(out: OutputStream, topic: HelpTopic): void {
  const { entry } = topic.node
  const text = topic.command?.description ?? entry.description ?? entry.summary
  const description = text.replaceAll('$0', topic.program).trimEnd()
  out.write(`${description}\n\n${usageText(topic)}`)
}

/** The part of a help page from `Usage:` on. */
export function usageText(topic: HelpTopic): string {
  const { node, program, command, around } = topic
  const isRoot = node === topic.root
  const sections: string[] = [`Usage:\n  ${useLineOf(program, node, command)}\n`]
  if (node.entry.aliases !== undefined) sections.push(`Aliases:\n  ${[node.name, ...node.entry.aliases].join(', ')}\n`)
  if (command?.examples !== undefined) {
    const lines = command.examples.replaceAll('$0', program).trimEnd().split('\n')
    sections.push(`Examples:\n${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n`)
  }
  if (node.children.length > 0) sections.push(`Available Commands:\n${childLines(node)}`)
  const helpOnly: FlagTable = { help: helpSwitch(isRoot ? program : node.name) }
  const own: FlagTable = isRoot ? { ...globalFlags, ...helpOnly } : { ...command?.flags, ...helpOnly }
  sections.push(`Flags:\n${flagLines(own, around)}`)
  if (!isRoot) sections.push(`Global Flags:\n${flagLines(globalFlags, around)}`)
  if (node.children.length > 0) {
    sections.push(`Use "${commandPathOf(program, node.entry.path)} [command] --help" for more about a command.\n`)
  }
  return sections.join('\n')
}

function helpSwitch(name: string): FlagSpec<boolean> {
  return {
    type: '',
    usage: `help for ${name}`,
    short: 'h',
    alone: 'true',
    initial: false,
    parse: () => true,
    show: () => undefined,
  }
}

function childLines(node: CatalogNode): string {
  const shown = node.children.filter((child) => child.entry.hidden !== true)
  const width = Math.max(11, ...shown.map((child) => child.name.length))
  return shown.map((child) => `  ${child.name.padEnd(width)} ${child.entry.summary}\n`).join('')
}

function flagLines(table: FlagTable, around: FlagSurroundings): string {
  const rows = Object.entries(table)
    .filter(([, spec]) => spec.hidden !== true && spec.deprecated === undefined)
    .map(([key, spec]) => flagRow(flagName(key), spec, around))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const width = Math.max(0, ...rows.map((row) => row.head.length))
  return rows.map((row) => `${row.head.padEnd(width)}   ${row.usage}\n`).join('')
}

function flagRow(
  name: string,
  spec: FlagSpec<unknown>,
  around: FlagSurroundings,
): { name: string; head: string; usage: string } {
  const dashes = spec.short === undefined ? `      --${name}` : `  -${spec.short}, --${name}`
  const type = spec.type === '' ? '' : ` ${spec.type}`
  const alone =
    spec.alone === undefined || spec.type === ''
      ? ''
      : spec.type === 'string'
        ? `[="${spec.alone}"]`
        : `[=${spec.alone}]`
  const value = spec.show(initialValue(spec, around))
  return {
    name,
    head: `${dashes}${type}${alone}`,
    usage: `${spec.usage}${value === undefined ? '' : ` (default ${value})`}`,
  }
}
