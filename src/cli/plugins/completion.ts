// What a plugin tells about itself for shells: completion.yaml lists its commands, flags and arguments, and the program
// plugin.complete is asked where there are no commands below.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorText } from '../../base/index.ts'
import { parseYamlToJson } from '../../encoding/index.ts'
import type { CatalogEntry } from '../catalog-entry.ts'
import { anyArgs, type Command, defineCommand } from '../command.ts'
import type { UnparsedCompletion } from '../completion/completion.ts'
import type { CliContext } from '../context.ts'
import { splitGlobalFlags } from '../parse/plugin-arguments.ts'
import type { Plugin } from './plugin.ts'
import { pluginVariables, startFailure } from './run.ts'

/** One level of completion.yaml. */
interface Level {
  readonly name: string
  readonly validArgs: readonly string[]
  readonly flags: readonly string[]
  /** Undefined when the file does not list any, which is when the plugin's program is asked. */
  readonly commands: readonly Level[] | undefined
}

/** What completes the plugin's own command, and entries for those that completion.yaml puts below it at `path`. */
export interface PluginCompletion {
  readonly own: UnparsedCompletion
  readonly below: readonly CatalogEntry[]
}

/** Reads what a plugin tells for completion; a file that cannot be read tells nothing. As Helm's loadCompletionForPlugin. */
export function pluginCompletion(ctx: CliContext, plugin: Plugin, path: string): PluginCompletion {
  const level = readLevels(ctx, plugin, path)
  const below: CatalogEntry[] = []
  const complete = (words: readonly string[], at: Level): UnparsedCompletion => ({
    flagNames: flagNames(at.flags),
    validArgs: at.validArgs,
    ...(at.commands === undefined
      ? { ask: (context, argv, prefix) => askPlugin(context, plugin, words, splitGlobalFlags(argv).others, prefix) }
      : {}),
  })
  const add = (words: readonly string[], parent: Level): void => {
    for (const child of parent.commands ?? []) {
      const [name = ''] = child.name.split(' ')
      const here = [...words, name]
      if (name === '') ctx.log.debug('sub-command name field missing', { commandPath: `${ctx.program} ${path} ` })
      const unparsed = name === '' ? { flagNames: [], validArgs: [] } : complete(here, child)
      const command = levelCommand([path, ...here].join(' '), unparsed)
      below.push({ path: command.path, summary: '', switches: unparsed.flagNames, load: async () => command })
      if (name !== '') add(here, child)
    }
  }
  add([], level)
  return { own: complete([], level), below }
}

function levelCommand(path: string, unparsed: UnparsedCompletion): Command {
  return defineCommand({ path, args: anyArgs, flags: {}, rawArguments: true, unparsed, run: () => undefined })
}

function readLevels(ctx: CliContext, plugin: Plugin, name: string): Level {
  const file = join(plugin.folder, 'completion.yaml')
  try {
    return { ...levelOf(parseYamlToJson(readText(file))), name }
  } catch (error) {
    ctx.log.debug('plugin completion file loading', { error: errorText(error) })
    return { name, validArgs: [], flags: [], commands: undefined }
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CompletionFileError(`file (${file}) not provided by plugin. No plugin auto-completion possible`, {
      cause: error,
    })
  }
}

/** The file is missing or not of its form; nothing is completed from it. */
class CompletionFileError extends Error {}

function levelOf(value: unknown): Level {
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) throw new CompletionFileError('not a map')
  const { name, validArgs, flags, commands } = (value ?? {}) as Readonly<Record<string, unknown>>
  const list = listOf(commands)
  return {
    name: name === undefined || name === null ? '' : textOf(name),
    validArgs: (listOf(validArgs) ?? []).map(textOf),
    flags: (listOf(flags) ?? []).map(textOf),
    commands: list?.map(levelOf),
  }
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw new CompletionFileError('not a list')
  return value
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new CompletionFileError('not a text')
  return value
}

/**
 * Names of one letter are shorthands of the longer ones, in order; those without a longer one are flags of that letter. Sorted
 * by the long name, as pflag lists them.
 */
function flagNames(flags: readonly string[]): string[] {
  const shorts = flags.filter((flag) => Buffer.byteLength(flag) === 1)
  const longs = flags.filter((flag) => Buffer.byteLength(flag) !== 1)
  const pairs = Array.from({ length: Math.max(shorts.length, longs.length) }, (_, at) => ({
    long: longs[at] ?? shorts[at] ?? '',
    short: shorts[at],
  }))
  pairs.sort((a, b) => (a.long < b.long ? -1 : 1))
  return pairs.flatMap(({ long, short }) => (short === undefined ? [`--${long}`] : [`--${long}`, `-${short}`]))
}

/** Candidates that plugin.complete prints, one a line; a last line `:NUMBER` gives cobra's directive bits. */
async function askPlugin(
  ctx: CliContext,
  plugin: Plugin,
  words: readonly string[],
  argv: readonly string[],
  prefix: string,
): Promise<{ readonly candidates: readonly string[]; readonly directive: number }> {
  const nothing = { candidates: [], directive: 0 }
  const say = (text: string): void => {
    if (ctx.settings.debug) ctx.notice(`[Debug] ${text}`)
  }
  if (plugin.runtime !== 'subprocess') {
    say(`Unsupported plugin runtime: "${plugin.runtime}"`)
    return nothing
  }
  const program = join(plugin.folder, 'plugin.complete')
  const args = plugin.ignoreFlags ? words : [...words, ...argv, prefix]
  say(`calling ${program} with args [${args.join(' ')}]`)
  const env = await pluginVariables(ctx, plugin)
  const { error, status, output } = runTogether(program, args, env)
  if (error !== undefined || status !== 0) {
    const why = error === undefined ? `plugin "${plugin.name}" exited with error` : startFailure(program, error)
    say(`Unable to call ${program}: ${why}`)
    return nothing
  }
  const candidates = output.split('\n').filter((line) => line !== '')
  const directive = /^:([+-]?[0-9]+)$/.exec(candidates.at(-1) ?? '')?.[1]
  return directive === undefined
    ? { candidates, directive: 0 }
    : { candidates: candidates.slice(0, -1), directive: Number(directive) }
}

/** Runs a program whose two streams go to one place, so that lines keep their order. */
function runTogether(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): { readonly error: Error | undefined; readonly status: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'chartctl-complete-'))
  try {
    const file = join(folder, 'output')
    const handle = openSync(file, 'a')
    const { error, status } = spawnSync(program, args, { env: { ...env }, stdio: ['ignore', handle, handle] })
    closeSync(handle)
    return { error, status, output: readFileSync(file, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
