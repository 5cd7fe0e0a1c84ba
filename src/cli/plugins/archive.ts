import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, extract } from 'tar'
import { commandFailed } from '../errors.ts'
import { loadPlugin, type Plugin } from './plugin.ts'

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

/** The plugin that an archive holds, by its plugin.yaml. */
export function pluginInArchive(data: Uint8Array): Plugin {
  const folder = mkdtempSync(join(tmpdir(), 'helm-plugin-'))
  try {
    extractArchive(data, folder)
    const [name = ''] = readdirSync(folder)
    return loadPlugin(join(folder, name))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Packs a plugin's folder below a folder with its name. */
export function packPlugin(folder: string, name: string): Uint8Array {
  const temporary = mkdtempSync(join(tmpdir(), 'helm-plugin-'))
  try {
    const file = join(temporary, 'plugin.tgz')
    create({ gzip: true, file, cwd: folder, prefix: name, sync: true, portable: true }, readdirSync(folder).sort())
    return readFileSync(file)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}
