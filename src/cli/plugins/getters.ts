import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { errorText } from '../../base/index.ts'
import { type FetchOptions, type Getters, parseUrl } from '../../repo/index.ts'
import type { CliContext } from '../context.ts'
import { commandFailed } from '../errors.ts'
import { findPlugins, type Plugin } from './plugin.ts'
import { logCommand, logFailure, pluginVariables, prepareCommand, startFailure } from './run.ts'

/** Largest download that a plugin may write. */
const maxBytes = 512 * 1024 * 1024

/** Downloads by the getter plugins that are installed, for each scheme they serve. None where there is no folder of plugins. */
export function pluginGetters(ctx: CliContext): Getters {
  const folders = ctx.settings.pluginsDirectory.split(delimiter)
  if (!folders.some((folder) => folder !== '' && existsSync(folder))) return new Map()
  const getters = new Map<string, (url: string, options: FetchOptions) => Promise<Uint8Array>>()
  for (const plugin of findPlugins(ctx, 'getter/v1')) {
    for (const protocol of plugin.protocols.keys()) {
      if (!getters.has(protocol)) getters.set(protocol, (url, options) => runGetter(ctx, plugin, url, options))
    }
  }
  return getters
}

/** As Helm 4: the program lies in the plugin's folder, gets three files and the URL, and writes what it downloaded. */
async function runGetter(ctx: CliContext, plugin: Plugin, url: string, options: FetchOptions): Promise<Uint8Array> {
  const commands = plugin.protocols.get(parseUrl(url)?.scheme ?? '') ?? []
  const { username = '', password = '', certFile = '', keyFile = '', caFile = '' } = options
  const variables = {
    ...(await pluginVariables(ctx, plugin)),
    HELM_PLUGIN_USERNAME: username,
    HELM_PLUGIN_PASSWORD: password,
    HELM_PLUGIN_PASS_CREDENTIALS_ALL: String(options.passCredentialsAll ?? false),
  }
  try {
    const extra = [certFile, keyFile, caFile, url]
    const { program, args } = prepareCommand(commands, { expand: false, extra, variables })
    const path = join(plugin.folder, program)
    logCommand(ctx, plugin, { program: path, args })
    const result = spawnSync(path, args, { env: variables, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: maxBytes })
    if (result.error !== undefined) throw commandFailed(startFailure(path, result.error), result.error)
    if (result.status !== 0) {
      logFailure(ctx, plugin, result.status ?? -1)
      throw commandFailed(`plugin "${plugin.name}" exited with error`)
    }
    return result.stdout
  } catch (error) {
    throw commandFailed(`plugin "${plugin.name}" failed to invoke: ${errorText(error)}`, error)
  }
}
