import type { Completion, UnparsedCompletion } from './completion/completion.ts'
import type { CliContext } from './context.ts'
import { wrongArguments } from './errors.ts'
import type { FlagTable, FlagValues } from './flags/define.ts'

/** Checks the number of arguments; the text is the complaint (`requires 1 argument`), undefined when all is well. */
export type ArgumentRule = (args: readonly string[]) => string | undefined

export type { Completion } from './completion/completion.ts'

/** A command: data plus a short body. Its aliases and summary stand in catalog.ts, so that help needs no import. */
export interface CommandDefinition<F extends FlagTable> {
  /** Words after the program's name: `repo add`. */
  readonly path: string
  /** The arguments in the usage line: `[NAME] [URL]`. */
  readonly usage?: string
  /** What help says above the usage line; the summary when absent. */
  readonly description?: string
  /** Example lines for help, with `$0` for the program's name. */
  readonly examples?: string
  readonly args: ArgumentRule
  readonly flags: F
  /** Groups of which only one flag may be given. */
  readonly exclusive?: readonly (readonly (keyof F & string)[])[]
  /** Arguments are handed over unparsed, flags included. */
  readonly rawArguments?: boolean
  /** Completes such arguments. */
  readonly unparsed?: UnparsedCompletion
  /** Completes the argument after `args`. */
  readonly complete?: (
    ctx: CliContext,
    args: readonly string[],
    prefix: string,
    flags: FlagValues<F>,
  ) => Completion | Promise<Completion>
  /** Does the work; an error it throws is printed as `Error: …` and ends with exit code 1. */
  run(ctx: CliContext, args: readonly string[], flags: FlagValues<F>): Promise<void> | void
}

/** For commands that take no more than `count` arguments, which may be files. */
export function completeFiles(count: number): (ctx: CliContext, args: readonly string[]) => Completion {
  return (_ctx, args) => (args.length >= count ? closedCompletion : { candidates: [], files: true })
}

/** Nothing more can follow. */
export const closedCompletion: Completion = { candidates: [], closed: true }

/** A command whose flag types are not known statically. */
// biome-ignore lint/suspicious/noExplicitAny: the values are checked where the command is defined.
export type Command = CommandDefinition<any>

/** Types the body of a command by its flag table. */
export function defineCommand<const F extends FlagTable>(definition: CommandDefinition<F>): CommandDefinition<F> {
  return definition
}

/** No arguments. */
export const noArgs: ArgumentRule = (args) => (args.length > 0 ? 'accepts no arguments' : undefined)

/** Any arguments. */
export const anyArgs: ArgumentRule = () => undefined

/** Exactly `count` arguments. */
export function exactArgs(count: number): ArgumentRule {
  return (args) => (args.length === count ? undefined : `requires ${counted(count)}`)
}

/** `count` arguments or fewer. */
export function maxArgs(count: number): ArgumentRule {
  return (args) => (args.length > count ? `accepts at most ${counted(count)}` : undefined)
}

/** `count` arguments or more. */
export function minArgs(count: number): ArgumentRule {
  return (args) => (args.length < count ? `requires at least ${counted(count)}` : undefined)
}

/** Throws when the arguments break the command's rule. */
export function checkArguments(
  command: Command,
  args: readonly string[],
  names: { commandPath: string; useLine: string },
): void {
  const complaint = command.args(args)
  if (complaint !== undefined) throw wrongArguments(names.commandPath, complaint, names.useLine)
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'argument' : 'arguments'}`
}
