import type { CaseResult } from './runner.ts'

/** What a help page must list at least. */
export interface HelpRecord {
  readonly id: string
  readonly command: string
  readonly usage: readonly string[]
  readonly aliases?: readonly string[]
  readonly commands?: readonly string[]
  readonly flags?: readonly HelpFlag[]
}

interface HelpFlag {
  readonly name: string
  readonly short?: string
  readonly type: string
  readonly default?: string
  readonly global?: boolean
}

/** Compares a help page with a record: its words are ours, what it lists is not. */
export function compareHelp(record: HelpRecord, page: string, fill: (text: string) => string): CaseResult {
  const { id } = record
  const problems: string[] = []
  for (const usage of record.usage) if (!page.includes(usage)) problems.push(`no usage line ${JSON.stringify(usage)}`)
  for (const alias of record.aliases ?? []) {
    if (!new RegExp(`^Aliases:\\n.*\\b${alias}\\b`, 'm').test(page)) problems.push(`no alias ${alias}`)
  }
  for (const command of record.commands ?? []) {
    const name = command.split(' ').at(-1) ?? ''
    if (!new RegExp(`^  ${name}\\s`, 'm').test(page)) problems.push(`no command ${name}`)
  }
  const listed = listedFlags(page)
  for (const flag of record.flags ?? []) {
    const found = listed.get(flag.name)
    const wanted = `${flag.short ?? ''} ${flag.type} ${fill(flag.default ?? '')}`
    if (!found) problems.push(`no flag --${flag.name}`)
    else {
      const actual = `${found.short ?? ''} ${found.type} ${found.default ?? ''}`
      if (actual !== wanted) problems.push(`--${flag.name} is [${actual}], want [${wanted}]`)
    }
  }
  return problems.length === 0 ? { id, status: 'passed' } : { id, status: 'failed', detail: problems.join('\n    ') }
}

function listedFlags(page: string): Map<string, HelpFlag> {
  const flags = new Map<string, HelpFlag>()
  const line = /^ +(?:-(\w), )?--([\w-]+)(?: ([\w:/,=-]+(?:\[=[^\]]*\])?))?(?:\s{2,}(.*))?$/gm
  for (const [, short, name = '', type, usage] of page.matchAll(line)) {
    const value = /\(default (.*)\)$/.exec(usage ?? '')?.[1]
    flags.set(name, {
      name,
      type: type ?? 'bool',
      ...(short === undefined ? {} : { short }),
      ...(value === undefined ? {} : { default: value }),
    })
  }
  return flags
}
