import { readFileSync } from 'node:fs'
import { errorText } from '../../../base/index.ts'
import { type Chart, fileSystemError, loadChart, mergeValueSources } from '../../../chart/index.ts'
import type { GoMap } from '../../../go/index.ts'
import { getterFor, isOci, locateChart, updateDependencies } from '../../../repo/index.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import type { ChartPathFlags } from '../../flags/chart.ts'
import type { ValuesFlags } from '../../flags/values.ts'
import { chartReference, fetchOptions, repoEnvironment } from '../../repositories.ts'

/** Flags that say which chart, and with which values. */
export type ChartInputFlags = ChartPathFlags &
  ValuesFlags & { readonly devel: boolean; readonly dependencyUpdate: boolean }

/** A chart and the user's values, as the command line names them. */
export interface ChartInput {
  readonly chart: Chart
  readonly values: GoMap
}

/** Finds the chart, reads values, loads the chart and checks that its dependencies are there. In Helm's order. */
export async function readChartInput(
  ctx: CliContext,
  name: string,
  flags: ChartInputFlags,
  options: { readonly mustBeInstallable: boolean },
): Promise<ChartInput> {
  const repos = repoEnvironment(ctx, flags)
  const path = await locateChart(chartReference(name, flags), repos, ctx.notice)
  ctx.log.debug('Chart path', { path })
  const values = await readValues(ctx, flags)
  const load = (): Chart => loadChart(path, { log: ctx.log.asLog() })
  let chart = load()
  if (options.mustBeInstallable) checkInstallable(chart)
  const { deprecated } = chart.metadata
  if (options.mustBeInstallable && deprecated) ctx.warn('this chart is deprecated')
  const missing = missingDependencies(chart)
  if (missing.length > 0) {
    if (!flags.dependencyUpdate) throw missingFailure(missing)
    await updateDependencies(
      {
        chartFolder: path,
        skipRefresh: false,
        verify: 'never',
        keyring: flags.keyring,
        fetch: fetchOptions(flags),
        print: ctx.printLine,
        note: ctx.notice,
        debug: ctx.settings.debug,
      },
      repos,
    )
    try {
      chart = load()
    } catch (error) {
      throw commandFailed(`failed reloading chart after repo update: ${errorText(error)}`, error)
    }
  }
  if (!options.mustBeInstallable && deprecated) ctx.warn('this chart is deprecated')
  return { chart, values }
}

function checkInstallable(chart: Chart): void {
  const { type } = chart.metadata
  if (type === '' || type === 'application') return
  throw commandFailed(`${type} charts are not installable`)
}

function missingDependencies(chart: Chart): string[] {
  const present = new Set(chart.dependencies.map((dependency) => dependency.name))
  const wanted = (chart.metadata.dependencies ?? []).flatMap((dependency) =>
    dependency === null ? [] : [dependency.name],
  )
  return wanted.filter((dependency) => !present.has(dependency))
}

function missingFailure(missing: readonly string[]): Error {
  const hint =
    "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies"
  return commandFailed(`${hint}: found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`)
}

/** Merges the values flags; `-f -` reads standard input, URLs are fetched. */
export async function readValues(ctx: CliContext, flags: ValuesFlags): Promise<GoMap> {
  const fetched = new Map<string, Uint8Array>()
  const repos = repoEnvironment(ctx)
  for (const path of flags.values) {
    if (fetched.has(path)) continue
    if (path.trim() === '-') fetched.set(path, await ctx.io.stdin.readAll())
    else if (isUrl(path)) {
      const scheme = path.slice(0, path.indexOf(':')).toLowerCase()
      if (isOci(path) || !repos.getters.has(scheme)) continue
      fetched.set(path, await getterFor(repos.getters, scheme)(path, { originUrl: path }))
    }
  }
  const read = (path: string): Uint8Array => fetched.get(path) ?? readFile(path)
  return mergeValueSources(
    {
      files: flags.values,
      set: flags.set,
      setFile: flags.setFile,
      setJson: flags.setJson,
      setLiteral: flags.setLiteral,
      setString: flags.setString,
    },
    read,
  )
}

function isUrl(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path)
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw fileSystemError(error, 'open', path)
  }
}
