import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileSystemError } from '../../../chart/index.ts'
import type { RenderedChart } from '../../../render/index.ts'
import type { CliContext } from '../../context.ts'

/** Where `--output-dir` puts files. */
export interface OutputFolder {
  readonly folder: string
  /** Name of a folder below it for manifests and hooks (CRDs stay outside); empty for none. */
  readonly subFolder: string
  readonly includeCrds: boolean
}

/** Writes each manifest to the file of its template; documents of one template go into one file. Says what it wrote. */
export function writeOutputFolder(ctx: CliContext, rendered: RenderedChart, options: OutputFolder): void {
  const written = new Set<string>()
  const write = (folder: string, name: string, content: string): void => {
    const path = `${folder}/${name}`
    const text = `---\n# Source: ${name}\n${content}\n`
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
      if (written.has(path)) appendFileSync(path, text)
      else writeFileSync(path, text)
    } catch (error) {
      throw fileSystemError(error, 'open', path)
    }
    written.add(path)
    ctx.printLine(`wrote ${path}`)
  }
  if (options.includeCrds) {
    for (const { filename, file } of rendered.chart.crds)
      write(options.folder, filename, Buffer.from(file.data).toString('utf8'))
  }
  const folder = options.subFolder === '' ? options.folder : join(options.folder, options.subFolder)
  for (const manifest of rendered.manifests) write(folder, manifest.path, manifest.content)
  // As Helm: a hook's file that is there already (also from an earlier run) is appended to.
  for (const hook of rendered.hooks) {
    if (existsSync(`${folder}/${hook.path}`)) written.add(`${folder}/${hook.path}`)
    write(folder, hook.path, hook.manifest)
  }
}
