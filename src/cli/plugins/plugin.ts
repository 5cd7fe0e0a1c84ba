import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { errorText } from '../../base/index.ts'
import { parseYamlToJson } from '../../encoding/index.ts'
import { parseStrictVersion } from '../../version/index.ts'
import type { CliContext } from '../context.ts'
import { commandFailed, goQuote } from '../errors.ts'
import { checkConfigFields, checkMetadataFields, checkRoot, pluginTypes } from './strict.ts'

/** A command for one operating system and architecture; empty fields match any. */
export interface PlatformCommand {
  readonly os: string
  readonly arch: string
  readonly command: string
  readonly args: readonly string[]
}

/** A plugin in Helm's format (plugin.yaml, version 1 or the older one). */
export interface Plugin {
  readonly folder: string
  readonly name: string
  readonly version: string
  /** `cli/v1`, `getter/v1` or `postrenderer/v1`. */
  readonly type: string
  /** `v1` or `legacy`. */
  readonly apiVersion: string
  readonly runtime: string
  readonly sourceUrl: string
  readonly usage: string
  readonly shortHelp: string
  readonly longHelp: string
  /** Flags are not handed to a command plugin. */
  readonly ignoreFlags: boolean
  readonly commands: readonly PlatformCommand[]
  readonly hooks: ReadonlyMap<string, readonly PlatformCommand[]>
  /** Arguments of hooks may hold variables. */
  readonly expandHookArguments: boolean
  /** Schemes that a getter plugin downloads from, each with its command. */
  readonly protocols: ReadonlyMap<string, readonly PlatformCommand[]>
}

/** Reads a plugin's folder. Throws when its plugin.yaml is missing or wrong. */
export function loadPlugin(folder: string): Plugin {
  const path = join(folder, 'plugin.yaml')
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch (error) {
    throw commandFailed(`failed to read plugin at "${path}": open ${path}: no such file or directory`, error)
  }
  let plugin: Plugin
  try {
    const fields = peek(source)
    if (fieldsOf(fields).apiVersion === 'v1') checkMetadataFields(source)
    plugin = readPlugin(fields, folder)
  } catch (error) {
    throw commandFailed(`failed to load plugin "${folder}": ${errorText(error)}`, error)
  }
  if (plugin.runtime === 'extism/v1') throw extismUnusable(folder)
  return plugin
}

/** Plugins in WebAssembly cannot be run here; one without its program is broken for Helm, too. */
function extismUnusable(folder: string): Error {
  const program = join(folder, 'plugin.wasm')
  if (!existsSync(program)) return commandFailed(`wasm binary missing for extism/v1 plugin: "${program}"`)
  return commandFailed(
    `failed to load plugin "${folder}": plugins for the runtime extism/v1 (WebAssembly) are not supported`,
  )
}

/** What a plugin is, as Helm signs it: by the names of its structs' fields. */
export function pluginRecord(plugin: Plugin): Readonly<Record<string, unknown>> {
  const commands = (list: readonly PlatformCommand[]): unknown =>
    listOrNull(
      list.map(({ os, arch, command, args }) => ({
        OperatingSystem: os,
        Architecture: arch,
        Command: command,
        Args: listOrNull(args),
      })),
    )
  const { usage: Usage, shortHelp: ShortHelp, longHelp: LongHelp, ignoreFlags: IgnoreFlags } = plugin
  const cli = { Usage, ShortHelp, LongHelp, IgnoreFlags }
  const getter = { Protocols: [...plugin.protocols.keys()] }
  const groups = new Map<readonly PlatformCommand[], string[]>()
  for (const [name, list] of plugin.protocols)
    if (list.length > 0) groups.set(list, [...(groups.get(list) ?? []), name])
  const hooks = Array.from(plugin.hooks, ([event, list]) => [event, commands(list)])
  return {
    APIVersion: plugin.apiVersion,
    Name: plugin.name,
    Type: plugin.type,
    Runtime: plugin.runtime,
    Version: plugin.version,
    SourceURL: plugin.sourceUrl,
    Config: plugin.type === 'cli/v1' ? cli : plugin.type === 'getter/v1' ? getter : {},
    RuntimeConfig: {
      PlatformCommand: commands(plugin.commands),
      PlatformHooks: hooks.length === 0 ? null : Object.fromEntries(hooks),
      ProtocolCommands: listOrNull(
        Array.from(groups, ([list, Protocols]) => ({ Protocols, PlatformCommand: commands(list) })),
      ),
    },
  }
}

function listOrNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list
}

/** The plugin that the text of a plugin.yaml describes, for archives. */
export function readPluginText(source: string): Plugin {
  return readPlugin(peek(source), '')
}

function peek(source: string): unknown {
  try {
    const value = parseYamlToJson(source)
    checkRoot(source, value)
    return value
  } catch (error) {
    const reason = errorText(error).replace(/^error converting YAML to JSON: /, '')
    throw commandFailed(`failed to peek plugin.yaml API version: ${reason}`, error)
  }
}

/** All plugins of the plugin folders; those that cannot be read are left out with a warning. Of `type` only, when it is given. */
export function findPlugins(ctx: CliContext, type = ''): Plugin[] {
  const found: Plugin[] = []
  for (const folder of ctx.settings.pluginsDirectory.split(delimiter)) {
    const names = new Map<string, string>()
    for (const name of subfolders(folder)) {
      let plugin: Plugin
      try {
        plugin = loadPlugin(join(folder, name))
      } catch (error) {
        ctx.log.warn('failed to load plugin (ignoring)', {
          plugin_yaml: join(folder, name, 'plugin.yaml'),
          error: errorText(error),
        })
        continue
      }
      const other = names.get(plugin.name)
      if (other !== undefined) {
        throw commandFailed(`two plugins claim the name "${plugin.name}" at "${other}" and "${plugin.folder}"`)
      }
      names.set(plugin.name, plugin.folder)
      if (type === '' || plugin.type === type) found.push(plugin)
    }
  }
  return found
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .filter((name) => hasPlugin(join(folder, name)))
  } catch {
    return []
  }
}

function hasPlugin(folder: string): boolean {
  try {
    return readdirSync(folder).includes('plugin.yaml')
  } catch {
    return false
  }
}

type Fields = Readonly<Record<string, unknown>>

function readPlugin(value: unknown, folder: string): Plugin {
  const fields = fieldsOf(value)
  const apiVersion = textOf(fields.apiVersion)
  if (apiVersion !== '' && apiVersion !== 'v1') throw commandFailed(`invalid plugin apiVersion: "${apiVersion}"`)
  return apiVersion === '' ? readLegacy(fields, folder) : readV1(fields, folder)
}

function readV1(fields: Fields, folder: string): Plugin {
  const name = textOf(fields.name)
  const version = textOf(fields.version)
  const type = textOf(fields.type)
  const runtime = textOf(fields.runtime)
  if (!validName(name)) throw commandFailed('invalid plugin `name`')
  if (version === '') throw commandFailed('plugin `version` is required')
  if (!isStrictVersion(version)) throw commandFailed(`invalid plugin \`version\` "${version}": must be valid semver`)
  if (type === '') throw commandFailed('`type` missing')
  if (runtime === '') throw commandFailed('`runtime` missing')
  const convert = 'failed to convert MetadataV1 to Metadata'
  if (!pluginTypes.includes(type)) throw commandFailed(`${convert}: unknown plugin type ${goQuote(type)}`)
  if (!['subprocess', 'extism/v1'].includes(runtime)) {
    throw commandFailed(`${convert}: unsupported plugin runtime type: ${goQuote(runtime)}`)
  }
  const config = fieldsOf(fields.config)
  try {
    checkConfigFields(type, config)
  } catch (error) {
    throw commandFailed(`${convert}: ${errorText(error)}`, error)
  }
  const served = listOf(config.protocols).map(textOf)
  if (type === 'getter/v1') checkProtocols(served)
  const run = fieldsOf(fields.runtimeConfig)
  const protocols = new Map<string, PlatformCommand[]>()
  const downloads = listOf(run.protocolCommands)
    .map(fieldsOf)
    .map((item) => ({ names: listOf(item.protocols).map(textOf), commands: commandsOf(item.platformCommand) }))
  for (const protocol of served) {
    protocols.set(protocol, downloads.find(({ names }) => names.includes(protocol))?.commands ?? [])
  }
  return {
    folder,
    name,
    version,
    type,
    apiVersion: 'v1',
    runtime,
    sourceUrl: textOf(fields.sourceURL),
    usage: textOf(config.usage),
    shortHelp: textOf(config.shortHelp),
    longHelp: textOf(config.longHelp),
    ignoreFlags: config.ignoreFlags === true,
    commands: commandsOf(run.platformCommand),
    hooks: hooksOf(run.platformHooks),
    expandHookArguments: true,
    protocols,
  }
}

function readLegacy(fields: Fields, folder: string): Plugin {
  const name = textOf(fields.name)
  const version = textOf(fields.version)
  if (!validName(name)) throw commandFailed(`invalid plugin name "${name}": must contain only a-z, A-Z, 0-9, _ and -`)
  if (version !== '' && !isStrictVersion(version)) {
    throw commandFailed(`invalid plugin version "${version}": must be valid semver`)
  }
  const command = textOf(fields.command)
  const platform = commandsOf(fields.platformCommand)
  if (platform.length > 0 && command !== '') throw commandFailed('both platformCommand and command are set')
  checkDownloaders(listOf(fields.downloaders).map(fieldsOf))
  const protocols = new Map<string, PlatformCommand[]>()
  for (const item of listOf(fields.downloaders).map(fieldsOf)) {
    const commands = [anyPlatform(textOf(item.command))]
    for (const protocol of listOf(item.protocols).map(textOf)) protocols.set(protocol, commands)
  }
  const platformHooks = hooksOf(fields.platformHooks)
  const plainHooks = Object.entries(fieldsOf(fields.hooks))
  if (platformHooks.size > 0 && plainHooks.length > 0) throw commandFailed('both platformHooks and hooks are set')
  const usePlain = platformHooks.size === 0 && plainHooks.length > 0
  return {
    folder,
    name,
    version,
    type: protocols.size > 0 ? 'getter/v1' : 'cli/v1',
    apiVersion: 'legacy',
    runtime: 'subprocess',
    sourceUrl: '',
    usage: '',
    shortHelp: textOf(fields.usage),
    longHelp: textOf(fields.description),
    ignoreFlags: fields.ignoreFlags === true,
    commands: platform.length > 0 || command === '' ? platform : [anyPlatform(command)],
    hooks: usePlain
      ? new Map(plainHooks.map(([event, text]) => [event, [anyPlatform('sh', ['-c', textOf(text)])]]))
      : platformHooks,
    expandHookArguments: !usePlain,
    protocols,
  }
}

function checkProtocols(protocols: readonly string[]): void {
  const empty = protocols.indexOf('')
  if (protocols.length === 0) throw commandFailed('config validation failed: getter has no protocols')
  if (empty >= 0) throw commandFailed(`config validation failed: getter has empty protocol at index ${empty}`)
}

function checkDownloaders(downloaders: readonly Fields[]): void {
  for (const [at, { command, protocols }] of downloaders.entries()) {
    const names = listOf(protocols)
    if (textOf(command) === '') throw commandFailed(`downloader ${at} has empty command`)
    if (names.length === 0) throw commandFailed(`downloader ${at} has no protocols`)
    const empty = names.findIndex((name) => textOf(name) === '')
    if (empty >= 0) throw commandFailed(`downloader ${at} has empty protocol at index ${empty}`)
  }
}

/** As `semver.StrictNewVersion`: exactly the form of the specification. */
function isStrictVersion(text: string): boolean {
  try {
    parseStrictVersion(text)
    return true
  } catch {
    return false
  }
}

function validName(name: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(name)
}

function anyPlatform(command: string, args: readonly string[] = []): PlatformCommand {
  return { os: '', arch: '', command, args }
}

function commandsOf(value: unknown): PlatformCommand[] {
  return listOf(value)
    .map(fieldsOf)
    .map((item) => ({
      os: textOf(item.os),
      arch: textOf(item.arch),
      command: textOf(item.command),
      args: listOf(item.args).map(textOf),
    }))
}

function hooksOf(value: unknown): Map<string, PlatformCommand[]> {
  return new Map(Object.entries(fieldsOf(value)).map(([event, commands]) => [event, commandsOf(commands)]))
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : ''
}
