import { type Dirent, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { errorText } from '../../../base/index.ts'
import { expandChartArchive } from '../../../chart/index.ts'
import type { GoMap } from '../../../go/index.ts'
import { formatMessage, isAtLeast, lintChart, type LintMessage, type LintOptions } from '../../../lint/index.ts'
import { type KubeVersion, parseKubeVersion } from '../../../render/index.ts'
import { defineCommand, minArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { boolFlag, stringFlag } from '../../flags/define.ts'
import { valuesFlags } from '../../flags/values.ts'
import { schemaDocuments } from '../../schema-documents.ts'
import { readValues } from '../release/chart-input.ts'

/** `lint` */
export const lintCommand = defineCommand({
  path: 'lint',
  usage: 'PATH',
  description: `Looks for problems in charts: what would make an installation fail is an ERROR, what breaks conventions a WARNING.`,
  examples: '$0 lint ./chart\n$0 lint ./chart --strict --with-subcharts -f values.yaml',
  args: minArgs(1),
  flags: {
    ...valuesFlags,
    kubeVersion: stringFlag('Kubernetes version for capabilities and deprecations'),
    quiet: boolFlag('print only warnings and errors'),
    skipSchemaValidation: boolFlag("do not check values against the chart's JSON schema"),
    strict: boolFlag('fail on warnings too'),
    withSubcharts: boolFlag('check the charts in charts/ too'),
  },
  async run(ctx, args, flags) {
    ctx.beforeWork()
    const kubeVersion = kubeVersionOf(flags.kubeVersion)
    const paths = flags.withSubcharts ? [...args, ...args.flatMap((path) => chartsBelow(join(path, 'charts')))] : args
    let values = await readValues(ctx, flags)
    const options: LintOptions = {
      namespace: await ctx.namespace(),
      skipSchemaValidation: flags.skipSchemaValidation,
      host: ctx.host,
      ...(kubeVersion === undefined ? {} : { kubeVersion }),
    }
    const withSchemas = schemaDocuments(ctx)
    let text = ''
    let failed = 0
    let noted = 0
    for (const path of paths) {
      const given = values
      const result = await withSchemas(ctx.log.asLog(), (schema, log) =>
        lintPath(path, given, { ...options, schema, log }, flags.strict),
      )
      values = result.values
      const hasFindings = result.failed || result.messages.some((message) => isAtLeast(message.severity, 'WARNING'))
      if (hasFindings) noted += 1
      if (result.failed) failed += 1
      if (flags.quiet && !hasFindings) continue
      text += `==> Linting ${path}\n`
      if (result.messages.length === 0) text += result.errors.map((error) => `Error ${error}\n`).join('')
      const shown = result.messages.filter((message) => !flags.quiet || isAtLeast(message.severity, 'WARNING'))
      text += `${shown.map((message) => `${formatMessage(message)}\n`).join('')}\n`
    }
    ctx.print(text)
    const summary = `${paths.length} chart(s) linted, ${failed} chart(s) failed`
    if (failed > 0) throw commandFailed(summary)
    if (!flags.quiet || noted > 0) ctx.printLine(summary)
  },
})

interface PathResult {
  /** The values for the next chart. */
  readonly values: GoMap
  readonly messages: readonly LintMessage[]
  readonly errors: readonly string[]
  readonly failed: boolean
}

function kubeVersionOf(text: string): KubeVersion | undefined {
  if (text === '') return undefined
  try {
    return parseKubeVersion(text)
  } catch (error) {
    throw commandFailed(`invalid kube version '${text}': ${errorText(error)}`, error)
  }
}

/** Checks a folder, or an archive that is unpacked for it. Findings of the limit (errors, with `--strict` warnings) fail it. */
function lintPath(path: string, values: GoMap, options: LintOptions, strict: boolean): PathResult {
  let temporary: string | undefined
  try {
    let folder = path
    if (path.endsWith('.tgz') || path.endsWith('.tar.gz')) {
      temporary = mkdtempSync(join(tmpdir(), 'helm-lint'))
      folder = unpack(path, temporary)
    }
    const chartFile = join(folder, 'Chart.yaml')
    if (!existsSync(chartFile))
      throw commandFailed(`unable to check Chart.yaml file in chart: ${missingText(chartFile)}`)
    const { messages, values: left } = lintChart(folder, values, options)
    const errors = messages.filter((message) => isAtLeast(message.severity, strict ? 'WARNING' : 'ERROR'))
    return { values: left, messages, errors: errors.map((message) => message.text), failed: errors.length > 0 }
  } catch (error) {
    return { values, messages: [], errors: [errorText(error)], failed: true }
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
  }
}

function missingText(path: string): string {
  try {
    statSync(path)
    return ''
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? 'not a directory' : 'no such file or directory'
    return `stat ${path}: ${reason}`
  }
}

function unpack(archive: string, folder: string): string {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(archive)
  } catch (error) {
    throw commandFailed(`unable to open tarball: open ${archive}: no such file or directory`, error)
  }
  try {
    expandChartArchive(bytes, folder)
  } catch (error) {
    throw commandFailed(`unable to extract tarball: ${errorText(error)}`, error)
  }
  const [chart = ''] = readdirSync(folder)
  return join(folder, chart)
}

/** Folders with a Chart.yaml and archives below a folder, in the order of their paths. */
function chartsBelow(folder: string): string[] {
  const found: string[] = []
  const walk = (current: string): void => {
    for (const entry of entriesOf(current)) {
      const path = join(current, entry.name)
      if (entry.name === 'Chart.yaml') found.push(dirname(path))
      else if (entry.name.endsWith('.tgz') || entry.name.endsWith('.tar.gz')) found.push(path)
      if (entry.isDirectory()) walk(path)
    }
  }
  walk(folder)
  return found
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}
