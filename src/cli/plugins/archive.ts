import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { create, extract, list } from 'tar'
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
  try {
    extract({
      file,
      cwd: folder,
      sync: true,
      strict: true,
      filter: (path, entry) => {
        const type = 'type' in entry ? entry.type : 'File'
        total += entry.size ?? 0
        if (total > maxBytes) throw commandFailed(`plugin archive is larger than ${maxBytes} bytes`)
        checkPath(path)
        return type === 'File' || type === 'Directory' || type === 'OldFile'
      },
    })
  } finally {
    rmSync(file)
  }
}

/** As Helm 4's `cleanJoin`. */
function checkPath(path: string): void {
  if (path.includes(':')) throw commandFailed("path contains ':', which is illegal")
  const plain = path.replaceAll('\\', '/')
  if (plain.split('/').includes('..')) throw commandFailed("path contains '..', which is illegal")
  if (plain.startsWith('/')) throw commandFailed('path is absolute, which is illegal')
}

/** The plugin that an archive holds, by its plugin.yaml. Throws in Helm's words when it holds none. */
export function pluginInArchive(data: Uint8Array): Plugin {
  const failed = (reason: string, cause?: unknown): Error =>
    commandFailed(`failed to extract plugin metadata from tarball: ${reason}`, cause)
  if (data.length < 10) throw failed(data.length === 0 ? 'EOF' : 'unexpected EOF')
  if (data[0] !== 0x1f || data[1] !== 0x8b) throw failed('gzip: invalid header')
  let text: string | undefined
  try {
    const parser = list({
      sync: true,
      strict: true,
      onReadEntry: (entry) => {
        if (text !== undefined || basename(entry.path) !== 'plugin.yaml' || entry.size > maxBytes) return
        const parts: Buffer[] = []
        entry.on('data', (part: Buffer) => parts.push(part))
        entry.on('end', () => {
          text ??= Buffer.concat(parts).toString('utf8')
        })
      },
    })
    parser.end(Buffer.from(data))
  } catch (error) {
    const reason = errorText(error)
    throw failed(/TAR_|truncated|zlib/i.test(reason) ? 'unexpected EOF' : reason, error)
  }
  if (text === undefined) throw failed('plugin.yaml not found in tarball')
  try {
    return readPluginText(text)
  } catch (error) {
    throw failed(errorText(error), error)
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
