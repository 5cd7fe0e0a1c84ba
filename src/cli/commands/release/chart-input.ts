import { readFileSync } from 'node:fs'
import { errorText } from '../../../base/index.ts'
import { type Chart, loadChart, mergeValueSources, readFileError } from '../../../chart/index.ts'
import type { GoMap } from '../../../go/index.ts'
import { type Getters, getterFor, isOci, locateChart, updateDependencies } from '../../../repo/index.ts'
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
  if (options.mustBeInstallable) ctx.log.debug('Chart path', { path })
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

/**
 * Merges the values flags; `-` (of `-f` and `--set-file`) is standard input, URLs are fetched. Merging is plain and at once, so
 * it starts anew with what has come in whenever it asks for something that must be waited for.
 */
export async function readValues(ctx: CliContext, flags: ValuesFlags): Promise<GoMap> {
  const { values: files, set, setFile, setJson, setLiteral, setString } = flags
  // Helm looks for getter plugins here whether or not it needs one, and complains of broken ones.
  const { getters } = repoEnvironment(ctx)
  const arrived = new Map<string, () => Uint8Array>()
  for (;;) {
    let awaited: string | undefined
    const read = (path: string): Uint8Array => {
      const found = arrived.get(path)
      if (found !== undefined) return found()
      if (path.trim() !== '-' && !isUrl(path)) return readFile(path)
      awaited = path
      throw new Error(`${path} has not arrived`)
    }
    try {
      return mergeValueSources({ files, set, setFile, setJson, setLiteral, setString }, read)
    } catch (error) {
      if (awaited === undefined) throw error
      arrived.set(awaited, await fetchValues(ctx, awaited, getters))
    }
  }
}

/** Standard input, or what a URL leads to: its bytes, or the failure. */
async function fetchValues(ctx: CliContext, path: string, getters: Getters): Promise<() => Uint8Array> {
  if (path.trim() === '-') {
    const bytes = await ctx.io.stdin.readAll()
    return () => bytes
  }
  const scheme = path.slice(0, path.indexOf(':')).toLowerCase()
  if (isOci(path) || !getters.has(scheme)) return () => readFile(path)
  try {
    const bytes = await getterFor(getters, scheme)(path, { originUrl: path })
    return () => bytes
  } catch (error) {
    return () => {
      throw error
    }
  }
}

function isUrl(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path)
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw readFileError(error, path)
  }
}
