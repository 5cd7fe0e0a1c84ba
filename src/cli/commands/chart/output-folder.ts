import { appendFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorText } from '../../../base/index.ts'
import { fileSystemError, writeFileError } from '../../../chart/index.ts'
import type { RenderedChart } from '../../../render/index.ts'
import type { CliContext } from '../../context.ts'

/** Where `--output-dir` puts files. */
export interface OutputFolder {
  readonly folder: string
  /** Name of a folder below it for manifests and hooks (CRDs stay outside); empty for none. */
  readonly subFolder: string
  readonly includeCrds: boolean
}

/** A manifest or CRD could not be written, which Helm counts as a failed rendering; with a hook it does not. */
export class ManifestWriteError extends Error {}

/** As Helm's `ensureDirectoryForFile`: the folder is looked at first, so that a file in its place is told. */
function makeFolder(folder: string): void {
  try {
    statSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileSystemError(error, 'stat', folder)
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 })
  } catch (error) {
    throw fileSystemError(error, 'mkdir', (error as NodeJS.ErrnoException).path ?? folder)
  }
}

/** Writes each manifest to the file of its template; documents of one template go into one file. Says what it wrote. */
export function writeOutputFolder(ctx: CliContext, rendered: RenderedChart, options: OutputFolder): void {
  const written = new Set<string>()
  const write = (folder: string, name: string, content: string): void => {
    const path = `${folder}/${name}`
    const text = `---\n# Source: ${name}\n${content}\n`
    makeFolder(dirname(path))
    try {
      if (written.has(path)) appendFileSync(path, text)
      else writeFileSync(path, text)
    } catch (error) {
      throw writeFileError(error, path)
    }
    written.add(path)
    ctx.printLine(`wrote ${path}`)
  }
  const folder = options.subFolder === '' ? options.folder : join(options.folder, options.subFolder)
  try {
    if (options.includeCrds) {
      for (const { filename, file } of rendered.chart.crds)
        write(options.folder, filename, Buffer.from(file.data).toString('utf8'))
    }
    for (const manifest of rendered.manifests) write(folder, manifest.path, manifest.content)
  } catch (error) {
    throw new ManifestWriteError(errorText(error), { cause: error })
  }
  // As Helm: a hook's file that is there already (also from an earlier run) is appended to.
  for (const hook of rendered.hooks) {
    if (existsSync(`${folder}/${hook.path}`)) written.add(`${folder}/${hook.path}`)
    write(folder, hook.path, hook.manifest)
  }
}
