import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, extract } from 'tar'
import { errorText } from '../../base/index.ts'
import { commandFailed } from '../errors.ts'
import { type Plugin, readPluginText } from './plugin.ts'

/** Largest plugin that is unpacked. */
const maxBytes = 100 * 1024 * 1024

/** Unpacks an archive; links, devices and paths that leave the folder are refused. */
export function extractArchive(data: Uint8Array, folder: string): void {
  const file = join(folder, '.archive.tgz')
  writeFileSync(file, data)
  let total = 0
  extract({
    file,
    cwd: folder,
    sync: true,
    strict: true,
    filter: (path, entry) => {
      const type = 'type' in entry ? entry.type : 'File'
      total += entry.size ?? 0
      if (total > maxBytes) throw commandFailed(`plugin archive is larger than ${maxBytes} bytes`)
      if (path.startsWith('/') || path.split('/').includes('..'))
        throw commandFailed(`illegal path in plugin archive: ${path}`)
      return type === 'File' || type === 'Directory' || type === 'OldFile'
    },
  })
  rmSync(file)
}

/** The plugin that an archive holds, by its plugin.yaml. Throws in Helm's words when it holds none. */
export function pluginInArchive(data: Uint8Array): Plugin {
  const failed = (reason: string, cause?: unknown): Error =>
    commandFailed(`failed to extract plugin metadata from tarball: ${reason}`, cause)
  if (data.length < 10) throw failed(data.length === 0 ? 'EOF' : 'unexpected EOF')
  if (data[0] !== 0x1f || data[1] !== 0x8b) throw failed('gzip: invalid header')
  const folder = mkdtempSync(join(tmpdir(), 'helm-plugin-'))
  try {
    extractArchive(data, folder)
    const place = [folder, ...readdirSync(folder).map((name) => join(folder, name))].find((path) =>
      existsSync(join(path, 'plugin.yaml')),
    )
    if (place === undefined) throw failed('plugin.yaml not found in tarball')
    return readPluginText(readFileSync(join(place, 'plugin.yaml'), 'utf8'))
  } catch (error) {
    const text = errorText(error)
    if (text.startsWith('failed to extract plugin metadata')) throw error
    throw failed(/TAR_|truncated|zlib/i.test(text) ? 'unexpected EOF' : text, error)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Packs a plugin's folder below a folder with its name, which is the first entry; others follow in the order of their paths. */
export function packPlugin(folder: string, name: string): Uint8Array {
  const temporary = mkdtempSync(join(tmpdir(), 'helm-plugin-'))
  try {
    const file = join(temporary, 'plugin.tgz')
    const options = {
      gzip: true,
      file,
      cwd: folder,
      prefix: name,
      sync: true,
      portable: true,
      noDirRecurse: true,
    } as const
    create(options, ['.', ...pathsBelow(folder, '')])
    return readFileSync(file)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function pathsBelow(folder: string, above: string): string[] {
  const entries = readdirSync(join(folder, above), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = above === '' ? entry.name : `${above}/${entry.name}`
    return entry.isDirectory() ? [path, ...pathsBelow(folder, path)] : [path]
  })
}
