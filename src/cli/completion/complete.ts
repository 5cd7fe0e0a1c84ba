import type { CatalogNode } from '../catalog-entry.ts'
import type { Command, Completion } from '../command.ts'
import type { UnparsedCompletion } from './completion.ts'
import type { CliContext } from '../context.ts'
import { CliError, commandFailed } from '../errors.ts'
import type { FlagSurroundings } from '../flags/define.ts'
import { beyondFlags, crdsFlag } from '../flags/beyond.ts'
import { chartPathFlags } from '../flags/chart.ts'
import { globalFlags } from '../flags/global.ts'
import { findCommand } from '../parse/find.ts'
import { createFlagSet, type FlagSet, type NamedFlag, type ParsedFlags, parseFlags } from '../parse/flag-set.ts'
import { splitGlobalFlags } from '../parse/plugin-arguments.ts'
import { contextCandidates, versionCandidates } from './flag-values.ts'

/** What the shell is told: candidates, and cobra's directive bits. */
export interface CompletionAnswer {
  readonly candidates: readonly string[]
  readonly directive: number
  /** For people who look at stderr. */
  readonly problem?: string
}

/** cobra's directive bits. */
export const directives = { none: 0, error: 1, noSpace: 2, noFiles: 4 } as const

/** The line shells show when no argument can follow. */
const noMoreArguments = '_activeHelp_ This command does not take any more arguments (but may accept flags).'

/** Completes the last of `words`, which stand after the program's name. As cobra's `__complete`. */
export async function completeLine(
  ctx: CliContext,
  root: CatalogNode,
  words: readonly string[],
  around: FlagSurroundings,
): Promise<CompletionAnswer> {
  const before = words.slice(0, -1)
  const prefix = words.at(-1) ?? ''
  const globals = createFlagSet(globalFlags)
  let node: CatalogNode
  let argv: readonly string[]
  try {
    ;({ node, argv } = findCommand(root, before, globals, ctx.program))
  } catch {
    return {
      candidates: [],
      directive: directives.none,
      problem: `unable to find a command for arguments: [${before.join(' ')}]`,
    }
  }
  const command = await node.entry.load?.(root)
  const flags = command === undefined ? globals : createFlagSet(globalFlags, command.flags)
  return completeCommand(ctx, { node, command, flags, argv, prefix, around })
}

interface Situation {
  readonly node: CatalogNode
  readonly command: Command | undefined
  readonly flags: FlagSet
  readonly argv: readonly string[]
  readonly prefix: string
  readonly around: FlagSurroundings
}

async function completeCommand(ctx: CliContext, situation: Situation): Promise<CompletionAnswer> {
  const { node, command, prefix } = situation
  if (command?.rawArguments === true) return completeUnparsed(ctx, situation, command.unparsed)
  let target: ReturnType<typeof flagBeingCompleted>
  let parsed: ReturnType<typeof parseFlags>
  try {
    target = flagBeingCompleted(situation)
    parsed = parseFlags(situation.flags, target.argv, situation.around, { warn: () => {} })
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return { candidates: [], directive: directives.none, problem: flagProblem(situation) ?? error.message }
  }
  if (parsed.help) return { candidates: [], directive: directives.noFiles }
  const afterDashes = situation.argv.includes('--')
  if (target.flag !== undefined) return flagValues(ctx, situation, target.flag, parsed)
  if (prefix.startsWith('-') && !prefix.includes('=') && !afterDashes) return flagNames(ctx, situation, parsed.given)
  const children = parsed.args.length === 0 ? childNames(ctx, node, prefix) : []
  if (command?.complete === undefined) {
    const isGroup = node.children.length > 0
    return {
      candidates: children,
      directive: isGroup && parsed.args.length === 0 ? directives.noFiles : directives.none,
    }
  }
  return answerOf(await command.complete(ctx, parsed.args, prefix, parsed.values))
}

/** As cobra with DisableFlagParsing: global flags and those the command tells, and whatever it finds itself. */
async function completeUnparsed(
  ctx: CliContext,
  situation: Situation,
  own: UnparsedCompletion | undefined,
): Promise<CompletionAnswer> {
  const { node, argv, prefix } = situation
  const given = givenGlobals(situation)
  const isFirst = argv.length === 0
  let candidates: string[]
  let directive: number = directives.none
  if (prefix.startsWith('-') && !prefix.includes('=')) {
    const shared = flagNames(ctx, situation, new Set([...(given ?? []), 'help'])).candidates
    candidates = [...shared, ...(own?.flagNames ?? []).filter((name) => name.startsWith(prefix))]
    directive = directives.noFiles
  } else {
    const validArgs = own?.validArgs ?? []
    candidates = isFirst ? childNames(ctx, node, prefix) : []
    if (isFirst && (node.children.length > 0 || validArgs.length > 0)) directive = directives.noFiles
    if (isFirst) candidates.push(...validArgs.filter((name) => name.startsWith(prefix)))
    if (validArgs.length > 0) return { candidates, directive }
  }
  if (own?.ask === undefined) return { candidates, directive }
  // Flags are those of the parent, which parses none itself where it belongs to the plugin, too.
  if (given === undefined && !node.entry.path.includes(' ')) return { candidates, directive: directives.error }
  const found = await own.ask(ctx, argv, prefix)
  return { candidates: [...candidates, ...found.candidates], directive: found.directive }
}

/** The global flags among unparsed arguments; undefined when they do not parse. */
function givenGlobals({ flags, argv, around }: Situation): ReadonlySet<string> | undefined {
  try {
    return parseFlags(flags, splitGlobalFlags(argv).known, around, { warn: () => {} }).given
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return undefined
  }
}

/** The flag whose value is typed, if any, and the arguments without it. */
function flagBeingCompleted(situation: Situation): { flag?: NamedFlag; argv: readonly string[]; prefix: string } {
  const { argv, prefix, flags } = situation
  if (prefix.startsWith('-')) {
    const equals = prefix.indexOf('=')
    if (equals < 0) return { argv, prefix }
    const name = prefix.startsWith('--') ? prefix.slice(2, equals) : prefix.slice(equals - 1, equals)
    return { flag: knownFlag(flags, name, situation), argv, prefix: prefix.slice(equals + 1) }
  }
  const last = argv.at(-1) ?? ''
  const isFlag =
    (last.startsWith('--') && last.length > 2) || (last.startsWith('-') && !last.startsWith('--') && last.length > 1)
  if (!isFlag || last.includes('=') || argv.slice(0, -1).includes('--')) return { argv, prefix }
  const flag = knownFlag(flags, last.startsWith('--') ? last.slice(2) : last.slice(-1), situation)
  return flag.spec.alone === undefined ? { flag, argv: argv.slice(0, -1), prefix } : { argv, prefix }
}

function knownFlag(flags: FlagSet, name: string, situation: Situation): NamedFlag {
  const flag = flags.byName.get(name) ?? flags.byShort.get(name)
  if (flag === undefined) throw commandFailed(`Subcommand '${situation.node.name}' does not support flag '${name}'`)
  return flag
}

/** What cobra says when the arguments before the last word do not parse. */
function flagProblem({ flags, argv, around }: Situation): string | undefined {
  try {
    parseFlags(flags, argv, around, { warn: () => {} })
    return undefined
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return `Error while parsing flags from args [${argv.join(' ')}]: ${error.message}`
  }
}

/** Values are not narrowed to what was typed: shells do that, some of them loosely. */
async function flagValues(
  ctx: CliContext,
  situation: Situation,
  flag: NamedFlag,
  parsed: ParsedFlags,
): Promise<CompletionAnswer> {
  const { complete } = flag.spec
  if (flag.spec === globalFlags.kubeContext) {
    return { candidates: contextCandidates(ctx), directive: directives.noFiles }
  }
  if (flag.spec === chartPathFlags.version) {
    const isNamed =
      parsed.values.generateName === true || !['', undefined].includes(parsed.values.nameTemplate as string)
    const candidates = versionCandidates(ctx, situation.node.entry.path, parsed.args, isNamed)
    return { candidates, directive: directives.noFiles }
  }
  if (complete === undefined) return { candidates: [], directive: directives.none }
  return answerOf(await complete(ctx, parsed.args))
}

function flagNames(ctx: CliContext, situation: Situation, given: ReadonlySet<string>): CompletionAnswer {
  const sorted = (flags: Iterable<NamedFlag>): NamedFlag[] => [...flags].sort((a, b) => (a.name < b.name ? -1 : 1))
  const all = [...situation.flags.byName.values()]
  const isGlobal = (flag: NamedFlag): boolean => Object.hasOwn(globalFlags, flag.key)
  const isRoot = situation.command === undefined && situation.node.entry.path === ''
  const order = isRoot
    ? sorted(all)
    : [...sorted(all.filter(isGlobal)), ...sorted(all.filter((flag) => !isGlobal(flag)))]
  const candidates: string[] = []
  for (const flag of order) {
    const { spec } = flag
    if (spec.hidden === true || spec.deprecated !== undefined) continue
    if (ctx.program === 'helm' && notOfHelm.has(spec)) continue
    if (given.has(flag.key) && !/Array|Slice|stringTo|strings/.test(spec.type)) continue
    const usage = flag.key === 'help' ? `help for ${situation.node.name || 'the program'}` : spec.usage
    if (`--${flag.name}`.startsWith(situation.prefix)) candidates.push(`--${flag.name}\t${usage}`)
    if (spec.short !== undefined && `-${spec.short}`.startsWith(situation.prefix))
      candidates.push(`-${spec.short}\t${usage}`)
  }
  return { candidates, directive: directives.noFiles }
}

function childNames(ctx: CliContext, node: CatalogNode, prefix: string): string[] {
  return node.children
    .filter((child) => child.entry.hidden !== true && child.name.startsWith(prefix))
    .filter((child) => child.entry.beyondHelm !== true || ctx.program !== 'helm')
    .map((child) => `${child.name}\t${child.entry.summary}`)
}

/** Flags that are left out where the program goes by Helm's name, as commands are. */
const notOfHelm: ReadonlySet<unknown> = new Set([...Object.values(beyondFlags), crdsFlag])

function answerOf(completion: Completion): CompletionAnswer {
  if (completion.failed === true) return { candidates: [], directive: directives.error }
  if (completion.closed === true) return { candidates: [noMoreArguments], directive: directives.noFiles }
  const files = completion.files === true ? directives.none : directives.noFiles
  return {
    candidates: completion.candidates,
    directive: files | (completion.noSpace === true ? directives.noSpace : 0),
  }
}
