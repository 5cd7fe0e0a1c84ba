import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { errorText } from '../../base/index.ts'
import { getterFor, isOci, verifyProvenance, type Verification } from '../../repo/index.ts'
import type { CliContext } from '../context.ts'
import { commandFailed } from '../errors.ts'
import type { ConnectionFlags } from '../flags/chart.ts'
import { repoEnvironment } from '../repositories.ts'
import { extractArchive, pluginInArchive } from './archive.ts'

/** How to install. */
export interface InstallOptions {
  readonly source: string
  readonly version: string
  readonly verify: boolean
  readonly keyring: string
  /** How to reach a registry. */
  readonly connection: ConnectionFlags
}

/** What was installed. */
export interface InstalledPlugin {
  readonly folder: string
  readonly verification: Verification | undefined
}

/** A place plugins come from. */
export type SourceKind = 'folder' | 'archive' | 'http' | 'oci' | 'repository'

/** What kind of source a text names: a folder or archive here, an archive on the web, or a Git repository. */
export function sourceKind(source: string): SourceKind {
  if (isOci(source)) return 'oci'
  if (existsSync(source)) return isArchiveName(source) ? 'archive' : 'folder'
  if (/^https?:\/\//.test(source) && isArchiveName(new URL(source).pathname)) return 'http'
  return 'repository'
}

/** Installs a plugin: a link for a folder, unpacked for an archive, a clone for a repository. As Helm 4 `plugin/installer`. */
export async function installPlugin(ctx: CliContext, options: InstallOptions): Promise<InstalledPlugin> {
  const kind = sourceKind(options.source)
  const folder = join(ctx.settings.pluginsDirectory, targetName(options.source, kind))
  mkdirSync(dirname(folder), { recursive: true })
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) {
    ctx.log.warn('plugin already exists', { path: folder, error: '<nil>' })
    throw commandFailed('plugin already exists')
  }
  if (kind === 'folder') return linkFolder(resolve(options.source), folder)
  if (kind === 'repository') return cloneRepository(options, folder)
  const archive = await readArchive(ctx, options, kind)
  const verification = options.verify ? verifyArchive(archive, options) : undefined
  unpack(ctx, archive, folder)
  return { folder, verification }
}

interface PluginArchive {
  readonly name: string
  readonly data: Uint8Array
  readonly provenance: Uint8Array | undefined
}

function isArchiveName(name: string): boolean {
  return name.endsWith('.tgz') || name.endsWith('.tar.gz')
}

function targetName(source: string, kind: SourceKind): string {
  const base = basename(source.replace(/\/+$/, '')).replace(/\.git$/, '')
  if (kind === 'folder') return basename(resolve(source))
  if (kind === 'oci') return ociPluginName(source)
  return kind === 'repository' ? base : stripVersion(base)
}

/** `my-plugin-1.2.0.tgz` is `my-plugin`. */
function stripVersion(file: string): string {
  return file.replace(/\.(tgz|tar\.gz)$/, '').replace(/-v?[0-9]+\.[0-9]+\.[0-9]+.*$/, '')
}

function linkFolder(source: string, folder: string): InstalledPlugin {
  if (!statSync(source).isDirectory())
    throw commandFailed("expected plugin to be a directory (containing a file 'plugin.yaml')")
  if (!existsSync(join(source, 'plugin.yaml'))) throw commandFailed('plugin metadata (plugin.yaml) missing')
  symlinkSync(source, folder)
  return { folder, verification: undefined }
}

function cloneRepository(options: InstallOptions, folder: string): InstalledPlugin {
  const { source, version } = options
  const branch = version === '' ? [] : ['--branch', version]
  const result = spawnSync('git', ['clone', '--quiet', ...branch, '--', source, folder], { encoding: 'utf8' })
  if (result.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    const reason = result.error === undefined ? result.stderr.trim() : errorText(result.error)
    const hint = "if it's a local directory, does it exist?"
    throw commandFailed(`cannot get information about plugin source "${source}" (${hint}), last error was: ${reason}`)
  }
  if (!existsSync(join(folder, 'plugin.yaml'))) {
    rmSync(folder, { recursive: true, force: true })
    throw commandFailed('plugin metadata (plugin.yaml) missing')
  }
  return { folder, verification: undefined }
}

async function readArchive(ctx: CliContext, options: InstallOptions, kind: SourceKind): Promise<PluginArchive> {
  const { source, verify } = options
  if (kind === 'archive') {
    const provenance = existsSync(`${source}.prov`) ? readFileSync(`${source}.prov`) : undefined
    return { name: basename(source), data: readFileSync(source), provenance }
  }
  const failing = verify ? 'failed to get verification data: ' : ''
  if (kind === 'oci') {
    try {
      const registry = await repoEnvironment(ctx, options.connection).registry()
      return await registry.fetchPlugin(source, ociPluginName(source))
    } catch (error) {
      throw commandFailed(`${failing}failed to pull plugin from ${source}: ${errorText(error)}`, error)
    }
  }
  const getter = getterFor(repoEnvironment(ctx).getters, new URL(source).protocol.slice(0, -1))
  try {
    const data = await getter(source, {})
    const provenance = await getter(`${source}.prov`, {}).catch(() => undefined)
    return { name: basename(new URL(source).pathname), data, provenance }
  } catch (error) {
    const downloading = verify ? 'failed to download plugin: ' : ''
    throw commandFailed(`${failing}${downloading}${errorText(error)}`, error)
  }
}

/** The last word of the repository: `plug` of `oci://host/team/plug:1.0.0`. */
function ociPluginName(source: string): string {
  const path = source.replace(/^oci:\/\//, '').replace(/@.*$/, '')
  return basename(path).replace(/:.*$/, '')
}

function verifyArchive(archive: PluginArchive, options: InstallOptions): Verification {
  if (archive.provenance === undefined) {
    throw commandFailed('plugin verification failed: no provenance file (.prov) found')
  }
  try {
    const { data, provenance, name } = archive
    return verifyProvenance({ archive: data, provenance, fileName: name, keyring: readFileSync(options.keyring) })
  } catch (error) {
    throw commandFailed(`plugin verification failed: ${errorText(error)}`, error)
  }
}

/** Keeps the archive (and its provenance) beside the plugins and unpacks the folder in it. */
function unpack(ctx: CliContext, archive: PluginArchive, folder: string): void {
  const { name, version } = pluginInArchive(archive.data)
  const kept = join(ctx.settings.pluginsDirectory, `${name}-${version}.tgz`)
  writeFileSync(kept, archive.data, { mode: 0o644 })
  if (archive.provenance !== undefined) writeFileSync(`${kept}.prov`, archive.provenance, { mode: 0o644 })
  const temporary = mkdtempSync(join(tmpdir(), 'helm-plugin-extract-'))
  try {
    extractArchive(archive.data, temporary)
    const inside = join(temporary, basename(folder))
    if (!existsSync(join(inside, 'plugin.yaml'))) {
      const missing = join(inside, 'plugin.yaml')
      throw commandFailed(
        `plugin.yaml not found in expected directory ${inside}: stat ${missing}: no such file or directory`,
      )
    }
    cpSync(inside, folder, { recursive: true })
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}
