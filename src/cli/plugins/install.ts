import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
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
import { cacheKey } from './cache-key.ts'
import { installFromRepository } from './git-source.ts'

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
  if (kind === 'folder') return linkFolder(ctx, resolve(options.source), folder)
  if (kind === 'repository') {
    installFromRepository(ctx, options.source, options.version, folder)
    return { folder, verification: undefined }
  }
  const archive = await readArchive(ctx, options, kind)
  const verification = options.verify ? verifyArchive(archive, options) : undefined
  unpack(ctx, options, kind, archive, folder)
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
  const base = basename(source)
  if (kind === 'folder') return basename(resolve(source))
  if (kind === 'oci') return ociPluginName(source)
  return kind === 'repository' ? base : stripVersion(base)
}

/** `my-plugin-1.2.0.tgz` is `my-plugin`. */
function stripVersion(file: string): string {
  return file.replace(/\.(tgz|tar\.gz)$/, '').replace(/^(.*)-[0-9]+\..*$/, '$1')
}

function linkFolder(ctx: CliContext, source: string, folder: string): InstalledPlugin {
  if (!statSync(source).isDirectory())
    throw commandFailed("expected plugin to be a directory (containing a file 'plugin.yaml')")
  if (!existsSync(join(source, 'plugin.yaml'))) throw commandFailed('plugin metadata (plugin.yaml) missing')
  ctx.log.debug('symlinking', { source, path: folder })
  symlinkSync(source, folder)
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
    if (!verify) pluginInArchive(data)
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

/** Keeps the archive (and its provenance) beside the plugins and copies the plugin's folder in it to `folder`. */
function unpack(
  ctx: CliContext,
  options: InstallOptions,
  kind: SourceKind,
  archive: PluginArchive,
  folder: string,
): void {
  const { name, version } = pluginInArchive(archive.data)
  const kept = join(ctx.settings.pluginsDirectory, `${name}-${version}.tgz`)
  writeFileSync(kept, archive.data, { mode: 0o644 })
  if (archive.provenance !== undefined) writeFileSync(`${kept}.prov`, archive.provenance, { mode: 0o644 })
  if (kind !== 'archive') {
    const cache = join(ctx.folders.cache, 'plugins', cacheKey(options.source))
    rmSync(cache, { recursive: true, force: true })
    mkdirSync(cache, { recursive: true })
    extract(archive, cache, kind === 'http' ? 'extracting files from archive' : 'failed to extract plugin')
    copy(ctx, pluginBelow(cache, kind), folder)
    return
  }
  const temporary = mkdtempSync(join(tmpdir(), 'helm-plugin-extract-'))
  try {
    extract(archive, temporary, 'failed to extract archive')
    const inside = join(temporary, basename(folder))
    const missing = join(inside, 'plugin.yaml')
    if (!existsSync(missing)) {
      throw commandFailed(
        `plugin.yaml not found in expected directory ${inside}: stat ${missing}: no such file or directory`,
      )
    }
    copy(ctx, inside, folder)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function extract(archive: PluginArchive, folder: string, failure: string): void {
  try {
    extractArchive(archive.data, folder)
  } catch (error) {
    throw commandFailed(`${failure}: ${errorText(error)}`, error)
  }
}

function copy(ctx: CliContext, source: string, folder: string): void {
  ctx.log.debug('copying', { source, path: folder })
  cpSync(source, folder, { recursive: true, verbatimSymlinks: true })
}

/** The folder with plugin.yaml: where the archive was unpacked, or one right below. */
function pluginBelow(folder: string, kind: SourceKind): string {
  const below = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
  const found = [folder, ...below].find((path) => existsSync(join(path, 'plugin.yaml')))
  if (found !== undefined) return found
  throw commandFailed(
    kind === 'http'
      ? `plugin.yaml not found in ${folder} or its immediate subdirectories`
      : 'plugin metadata (plugin.yaml) missing',
  )
}
