import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { errorText } from '../../base/index.ts'
import type { CliContext } from '../context.ts'
import { environmentVariables } from '../commands/self/env.ts'
import { commandFailed, ExitError } from '../errors.ts'
import type { PlatformCommand, Plugin } from './plugin.ts'

type Variables = Record<string, string>

/** A program with its arguments. */
export interface PreparedCommand {
  readonly program: string
  readonly args: readonly string[]
}

/** Node's names of platforms as Go names them. */
const goNames: Readonly<Record<string, string>> = { win32: 'windows', x64: 'amd64', ia32: '386' }

/**
 * Chooses the command for this platform (system and architecture, else system, else any) and fills in variables. As Helm 4
 * `plugin.PrepareCommands`.
 */
export function prepareCommand(
  commands: readonly PlatformCommand[],
  options: { readonly expand: boolean; readonly extra: readonly string[]; readonly variables: Variables },
): PreparedCommand {
  const os = goNames[process.platform] ?? process.platform
  const arch = goNames[process.arch] ?? process.arch
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
  const chosen =
    commands.find((item) => same(item.os, os) && same(item.arch, arch)) ??
    commands.find((item) => same(item.os, os) && item.arch === '') ??
    commands.find((item) => item.os === '' && item.arch === '')
  const [program = '', ...words] = chosen?.command.split(' ') ?? []
  if (chosen === undefined || program === '') throw commandFailed('no plugin command is applicable')
  const fill = (text: string): string => expandVariables(text, options.variables)
  const args = [...words, ...chosen.args].map((text) => (options.expand ? fill(text) : text))
  return { program: fill(program), args: [...args, ...options.extra] }
}

/** `$NAME` and `${NAME}` by the variables; unknown ones are empty. As Go's os.Expand. */
export function expandVariables(text: string, variables: Variables): string {
  return text.replace(
    /\$(?:\{([^}]*)\}|([A-Za-z0-9_]+))/g,
    (_all, braced?: string, plain?: string) => variables[braced ?? plain ?? ''] ?? '',
  )
}

/** The environment a plugin gets: this process's, Helm's settings, and the plugin's name and folder. */
export async function pluginVariables(ctx: CliContext, plugin: Plugin): Promise<Variables> {
  const own = Object.entries(ctx.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    ...Object.fromEntries(own),
    ...(await environmentVariables(ctx)),
    HELM_PLUGIN_NAME: plugin.name,
    HELM_PLUGIN_DIR: plugin.folder,
  }
}

function preparedFor(plugin: Plugin, extra: readonly string[], variables: Variables): PreparedCommand {
  try {
    return prepareCommand(plugin.commands, { expand: true, extra, variables })
  } catch (error) {
    throw commandFailed(`failed to prepare plugin command: ${errorText(error)}`, error)
  }
}

/** Says with `--debug` what is run: the program with its path, as Go's exec.Cmd prints it. */
export function logCommand(
  ctx: CliContext,
  plugin: Plugin,
  command: PreparedCommand,
  message = 'executing plugin command',
): void {
  if (!ctx.settings.debug) return
  const { program, args } = command
  const path = program.includes('/') ? program : (inSearchPath(ctx.env.PATH ?? '', program) ?? program)
  ctx.log.debug(message, { pluginName: plugin.name, command: [path, ...args].join(' ') })
}

/** Says with `--debug` how a plugin's program ended. */
export function logFailure(ctx: CliContext, plugin: Plugin, exitCode: number): void {
  const error = `exit status ${exitCode}`
  ctx.log.debug('plugin execution failed', { pluginName: plugin.name, error, exitCode, stderr: '' })
}

function inSearchPath(searchPath: string, program: string): string | undefined {
  return searchPath
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path))
}

/** Runs a command plugin with the terminal of this process; its exit code becomes ours. */
export async function runCommandPlugin(ctx: CliContext, plugin: Plugin, extra: readonly string[]): Promise<void> {
  const variables = await pluginVariables(ctx, plugin)
  const { program, args } = preparedFor(plugin, extra, variables)
  logCommand(ctx, plugin, { program, args })
  const exitCode = await new Promise<number>((resolve, reject) => {
    const child = spawn(program, args, { env: variables, stdio: 'inherit' })
    child.on('error', (error) => reject(commandFailed(startFailure(program, error), error)))
    child.on('exit', (code) => resolve(code ?? -1))
  })
  if (exitCode !== 0) logFailure(ctx, plugin, exitCode)
  if (exitCode !== 0) throw new ExitError(exitCode, `plugin "${plugin.name}" exited with error`)
}

/** Runs a plugin with input and gives its output; what it writes to stderr is dropped. */
export async function pipePlugin(
  ctx: CliContext,
  plugin: Plugin,
  commands: readonly PlatformCommand[],
  options: { readonly extra: readonly string[]; readonly input: string },
): Promise<Uint8Array> {
  const variables = await pluginVariables(ctx, plugin)
  const { program, args } = prepareCommand(commands, { expand: true, extra: options.extra, variables })
  logCommand(ctx, plugin, { program, args })
  const result = spawnSync(program, args, { env: variables, input: options.input, maxBuffer: 1024 * 1024 * 1024 })
  // A program that ends before it has read all its input breaks the pipe; its exit code tells what is wrong.
  const isBrokenPipe = (result.error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE' && result.status !== null
  if (result.error !== undefined && !isBrokenPipe)
    throw commandFailed(startFailure(program, result.error), result.error)
  if (result.status !== 0) {
    logFailure(ctx, plugin, result.status ?? -1)
    throw commandFailed(`plugin "${plugin.name}" exited with error`)
  }
  return result.stdout
}

/** Runs what a plugin wants done after `install`, `update` or `delete`. */
export async function runPluginHook(
  ctx: CliContext,
  plugin: Plugin,
  event: 'install' | 'update' | 'delete',
): Promise<void> {
  const commands = plugin.hooks.get(event)
  if (commands === undefined || commands.length === 0) return
  const variables = await pluginVariables(ctx, plugin)
  const { program, args } = prepareCommand(commands, { expand: plugin.expandHookArguments, extra: [], variables })
  logCommand(ctx, plugin, { program, args }, 'executing plugin hook command')
  const result = spawnSync(program, args, { env: variables, stdio: ['ignore', 'inherit', 'inherit'] })
  if (result.error !== undefined) throw commandFailed(startFailure(program, result.error), result.error)
  if (result.status !== 0) throw commandFailed(`plugin ${event} hook for "${plugin.name}" exited with error`)
}

/** Why a program did not start, in Go's words. */
export function startFailure(program: string, error: Error): string {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error.message
  return program.includes('/')
    ? `fork/exec ${program}: no such file or directory`
    : `exec: "${program}": executable file not found in $PATH`
}
