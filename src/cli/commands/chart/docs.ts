import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Chart, fileSystemError, loadChart } from '../../../chart/index.ts'
import { completeFiles, defineCommand, exactArgs } from '../../command.ts'
import { renderReadme, templateName } from '../../docs/readme.ts'
import { commandFailed } from '../../errors.ts'
import { boolFlag, stringFlag } from '../../flags/define.ts'

/** `docs` */
export const docsCommand = defineCommand({
  path: 'docs',
  usage: 'CHART',
  description: `Writes the README of a chart from Chart.yaml, the comments of values.yaml and values.schema.json.

A comment right above a key of values.yaml describes it. These forms, which helm-docs knows too, say more:
  # -- (type) text         describes a key, maps with members included
  # some.key -- text       describes another key
  # @default -- text       shows this instead of the default
  # @section -- title      lists the key under a heading
  # @ignored               leaves the key out

The text comes from README.md.hbs in the chart, a Handlebars template, or from a built-in template whose parts a template
can use: {{> header}}, {{> maintainers}}, {{> sources}}, {{> dependencies}}, {{> values}}.`,
  examples: '$0 docs ./mychart\n$0 docs ./mychart --dry-run\n$0 docs ./mychart --check',
  args: exactArgs(1),
  exclusive: [['check', 'dryRun']],
  flags: {
    check: boolFlag('write nothing; fail when the file is not what would be written'),
    dryRun: boolFlag('print the text instead of writing it'),
    output: stringFlag("file to write, '-' for standard output; README.md in the chart when not given", '', {
      short: 'o',
    }),
  },
  complete: completeFiles(1),
  run(ctx, [path = ''], { check, dryRun, output }) {
    const chart = loadChart(path, { log: ctx.log.asLog() })
    const text = renderReadme(chart, templateOf(chart))
    if (dryRun || (output === '-' && !check)) return ctx.print(text)
    const target = output === '' || output === '-' ? join(path, 'README.md') : output
    if (!check) return write(target, text)
    const present = readIfAny(target)
    if (present === text) return
    throw commandFailed(
      present === undefined
        ? `${target} is missing: run '${ctx.program} docs ${path}'`
        : `${target} is out of date at line ${firstDifference(present, text)}: run '${ctx.program} docs ${path}'`,
    )
  },
})

function templateOf(chart: Chart): string | undefined {
  const file = chart.raw.find(({ name }) => name === templateName)
  return file === undefined ? undefined : Buffer.from(file.data).toString('utf8')
}

function readIfAny(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw fileSystemError(error, 'open', path)
  }
}

function write(path: string, text: string): void {
  const temporary = `${path}.${process.pid}`
  try {
    writeFileSync(temporary, text, { flag: 'wx' })
    chmodSync(temporary, 0o644)
    renameSync(temporary, path)
  } catch (error) {
    throw fileSystemError(error, 'open', path)
  }
}

function firstDifference(a: string, b: string): number {
  const left = a.split('\n')
  const right = b.split('\n')
  const at = left.findIndex((line, index) => line !== right[index])
  return (at < 0 ? left.length : at) + 1
}
