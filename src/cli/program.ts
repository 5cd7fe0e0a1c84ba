import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'
import { ChartctlError, errorText, type Host, systemClock, systemRandom } from '../base/index.ts'
import { catalog, rootEntry } from './catalog.ts'
import { buildTree, type CatalogNode } from './catalog-entry.ts'
import { checkArguments, type Command } from './command.ts'
import type { CliContext } from './context.ts'
import { driverProblem } from './driver-name.ts'
import { type EnvVars, helmFolders } from './environment.ts'
import { CliError, ExitError, exclusiveFlags } from './errors.ts'
import { flagName, type FlagSurroundings } from './flags/define.ts'
import { globalFlags } from './flags/global.ts'
import type { CliIo } from './io.ts'
import { createLogger, type Logger } from './logger.ts'
import { currentNamespace } from './namespace.ts'
import { findCommand } from './parse/find.ts'
import { createFlagSet, type FlagSet, type ParsedFlags, parseFlags } from './parse/flag-set.ts'
import { earlySettings, settingsWithFlags } from './parse/global-settings.ts'
import { type Settings, settingsFromEnvironment } from './settings.ts'
import { commandPathOf, useLineOf } from './usage.ts'

/** What one run of the command line gets from outside. */
export interface CliSurroundings {
  readonly io: CliIo
  readonly env: EnvVars
  /** The path the program was called by; its base name decides between `chartctl` and `helm`. */
  readonly programPath?: string
  readonly host?: Host
  /** Asked for when a command first wants to know about interrupts. */
  readonly signal?: () => AbortSignal
  /** Called when what a command needs is loaded, but for little, and long work begins. */
  readonly beforeWork?: () => void
  /** Runs the whole command again with a larger stack and gives its exit code; absent when it cannot grow any more. */
  readonly restartWithLargerStack?: () => number
}

/** The tree of all commands. */
const commandTree: CatalogNode = buildTree(rootEntry, catalog)

/** Runs one command line (without the program's name) and gives the exit code. Never throws, never exits. */
export async function runCli(argv: readonly string[], surroundings: CliSurroundings): Promise<number> {
  const run = createRun(surroundings)
  try {
    run.settings = earlySettings(argv, run.around, run.globals)
    if (!['never', 'auto', 'always'].includes(run.settings.color)) {
      const text = `invalid color mode "${run.settings.color}": must be one of: never, auto, always`
      run.log.warn('command failed', { error: text })
      return 1
    }
    const problem = await loginsProblem(run.settings.registryConfig)
    if (problem !== undefined) {
      run.log.warn('command failed', { error: problem })
      return 1
    }
    return await dispatch(run, argv)
  } catch (error) {
    const { restartWithLargerStack } = surroundings
    if (restartWithLargerStack !== undefined && needsLargerStack(error)) return restartWithLargerStack()
    return report(run, error)
  }
}

/** As Helm, every command refuses to run with a damaged file of logins. */
async function loginsProblem(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined
  const { credentialsFileProblem } = await import('../repo/index.ts')
  return credentialsFileProblem(path)
}

/** Templates may nest deeper than the stack that Node starts with. */
function needsLargerStack(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof ChartctlError && current.code === 'TEMPLATE_STACK') return true
  }
  return false
}

interface Run {
  readonly surroundings: CliSurroundings
  readonly around: FlagSurroundings
  readonly globals: FlagSet
  readonly program: string
  readonly log: Logger
  settings: Settings
}

function createRun(surroundings: CliSurroundings): Run {
  const { env, io } = surroundings
  const folders = helmFolders(env)
  const settings = settingsFromEnvironment(env, folders)
  const run: Run = {
    surroundings,
    around: { env, folders, settings },
    globals: createFlagSet(globalFlags),
    program: programName(surroundings.programPath ?? 'chartctl', env),
    log: createLogger(io.stderr, () => run.settings.debug),
    settings,
  }
  return run
}

/** `helm` when called by that name (a link) or told so by CHARTCTL_NAME, else `chartctl`. */
function programName(programPath: string, env: EnvVars): string {
  if (env.CHARTCTL_NAME !== undefined && env.CHARTCTL_NAME !== '') return env.CHARTCTL_NAME
  const base = (programPath.split(/[\\/]/).pop() ?? '').replace(/\.(exe|cmd|js|mjs)$/, '')
  return base === 'helm' ? 'helm' : 'chartctl'
}

async function dispatch(run: Run, argv: readonly string[]): Promise<number> {
  const { io } = run.surroundings
  const tree = await treeOf(run, argv)
  const found = findCommand(tree, argv, run.globals, run.program)
  const { node } = found
  const load = node.entry.load
  if (load === undefined) {
    parseFlags(run.globals, found.argv, run.around, { warn: (message) => run.log.warn(message) })
    const { printHelp } = await import('./help.ts')
    printHelp(io.stdout, { program: run.program, node, root: tree, around: run.around })
    return 0
  }
  const command = await load(tree)
  if (command.rawArguments === true) {
    if (isDriverUnusable(run)) return 1
    await command.run(createContext(run, undefined), found.argv, {})
    return 0
  }
  const parsed = parseFlags(createFlagSet(globalFlags, command.flags), found.argv, run.around, {
    warn: (message) => run.log.warn(message),
  })
  for (const notice of parsed.notices) io.stderr.write(`${notice}\n`)
  run.settings = settingsWithFlags(run.around.settings, parsed)
  if (parsed.help) {
    const { printHelp } = await import('./help.ts')
    printHelp(io.stdout, { program: run.program, node, root: tree, around: run.around, command })
    return 0
  }
  if (isDriverUnusable(run)) return 1
  checkArguments(command, parsed.args, {
    commandPath: commandPathOf(run.program, node.entry.path),
    useLine: useLineOf(run.program, node, command),
  })
  checkExclusive(command, parsed)
  await command.run(createContext(run, parsed), parsed.args, parsed.values)
  return 0
}

/** Says, as Helm's fatal log, why there is no storage. */
function isDriverUnusable(run: Run): boolean {
  const problem = driverProblem(run.surroundings.env)
  if (problem !== undefined) run.log.info(problem)
  return problem !== undefined
}

/** The commands, with those of plugins where there are any. */
async function treeOf(run: Run, argv: readonly string[]): Promise<CatalogNode> {
  const { env } = run.surroundings
  const folders = run.settings.pluginsDirectory.split(delimiter)
  if (env.HELM_NO_PLUGINS === '1' || !folders.some((folder) => folder !== '' && existsSync(folder))) return commandTree
  const { pluginEntries } = await import('./plugins/commands.ts')
  const forShell = argv.some((word) => word === '__complete' || word === '__completeNoDesc')
  const taken = new Set(commandTree.children.map((child) => child.name))
  return buildTree(rootEntry, [...catalog, ...pluginEntries(createContext(run, undefined), taken, forShell)])
}

function checkExclusive(command: Command, parsed: ParsedFlags): void {
  for (const group of command.exclusive ?? []) {
    const set = group.filter((key) => parsed.given.has(key))
    if (set.length > 1) throw exclusiveFlags(group.map(flagName), set.map(flagName))
  }
}

function createContext(run: Run, parsed: ParsedFlags | undefined): CliContext {
  const { io, env, host, programPath, signal, beforeWork = () => {} } = run.surroundings
  return {
    io,
    env,
    program: run.program,
    programPath: programPath ?? run.program,
    beforeWork,
    folders: run.around.folders,
    settings: run.settings,
    host: host ?? { clock: systemClock(), random: systemRandom, env },
    log: run.log,
    get signal() {
      return signal?.() ?? new AbortController().signal
    },
    print: (text) => io.stdout.write(text),
    printLine: (line) => io.stdout.write(`${line}\n`),
    notice: (line) => io.stderr.write(`${line}\n`),
    warn: (message) => run.log.warn(message),
    isGiven: (flag) => parsed?.given.has(flag) ?? false,
    namespace: () => currentNamespace(run.settings, env, run.around.folders.home),
  }
}

function report(run: Run, error: unknown): number {
  const { stderr } = run.surroundings.io
  if (error instanceof ExitError && error.message === '') return error.exitCode
  const text = errorText(error)
  stderr.write(`Error: ${text}\n`)
  const explanation = explanationOf(error)
  if (explanation !== undefined) stderr.write(explanation)
  if (error instanceof CliError && error.code === 'UNKNOWN_COMMAND')
    stderr.write(`Run '${run.program} --help' for usage.\n`)
  // Errors raised on purpose say all there is to say; anything else is a bug of ours.
  const isBug = error instanceof Error && !(error instanceof ChartctlError)
  if (run.settings.debug && isBug && error.stack !== undefined) run.log.debug(error.stack)
  return error instanceof ExitError ? error.exitCode : 1
}

/** What a command knows about its failure beyond the message, for people (`details.explanation`). */
function explanationOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof CliError && typeof at.details.explanation === 'string') return at.details.explanation
  }
  return undefined
}
