import { readdirSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { type Log, silentLog } from '../../base/index.ts'
import { type Chart, type Dependency, loadChartUnchecked } from '../../chart/index.ts'
import { isStrictVersion, readConstraint, tryVersion } from '../versions.ts'

/** A dependency and what charts/ has of it. */
export interface DependencyStatus {
  readonly name: string
  readonly version: string
  readonly repository: string
  /** `ok`, `unpacked`, `missing`, `wrong version`, `invalid version`, `corrupt`, `misnamed` or `too many matches`. */
  readonly status: string
}

/** The dependencies of a chart with their state, and warnings about what else lies in charts/; undefined when it has none. As Helm 4 `dependency list`. */
export function listDependencies(
  path: string,
  log: Log = silentLog,
): { readonly dependencies: readonly DependencyStatus[]; readonly warnings: readonly string[] } | undefined {
  const chart = loadChartUnchecked(path, { log })
  const listed = chart.metadata.dependencies?.filter((item) => item !== null)
  if (listed === undefined) return undefined
  return {
    dependencies: listed.map((item) => ({
      name: item.name,
      version: item.version,
      repository: item.repository,
      status: statusOf(path, item, chart, log),
    })),
    warnings: unlisted(path, listed, log),
  }
}

function statusOf(path: string, dependency: Dependency, parent: Chart, log: Log): string {
  const archives = filesIn(join(path, 'charts')).filter(
    (name) => name.startsWith(`${dependency.name}-`) && name.endsWith('.tgz'),
  )
  const versioned = archives.filter((name) => isStrictVersion(basename(name, '.tgz').slice(dependency.name.length + 1)))
  if (archives.length > 1 && versioned.length > 1) return 'too many matches'
  const [archive] = archives.length === 1 ? archives : versioned
  if (archive !== undefined) return archiveStatus(join(path, 'charts', archive), dependency, log)
  const loaded = parent.dependencies.findLast((chart) => chart.name === dependency.name)
  if (loaded === undefined) return 'missing'
  return versionProblem(loaded.metadata.version, dependency.version) ?? 'unpacked'
}

function archiveStatus(path: string, dependency: Dependency, log: Log): string {
  let chart: Chart
  try {
    chart = loadChartUnchecked(path, { log })
  } catch {
    return 'corrupt'
  }
  if (chart.name !== dependency.name) return 'misnamed'
  return versionProblem(chart.metadata.version, dependency.version) ?? 'ok'
}

function versionProblem(found: string, wanted: string): string | undefined {
  if (found === wanted) return undefined
  const version = tryVersion(found)
  try {
    const constraint = readConstraint(wanted)
    if (version === undefined) return 'invalid version'
    return constraint.check(version) ? undefined : 'wrong version'
  } catch {
    return 'invalid version'
  }
}

function unlisted(path: string, dependencies: readonly Dependency[], log: Log): string[] {
  const folder = join(path, 'charts')
  const warnings: string[] = []
  for (const name of filesIn(folder)) {
    const file = join(folder, name)
    const found = statSync(file, { throwIfNoEntry: false })
    if (found === undefined || (!found.isDirectory() && extname(name) !== '.tgz')) continue
    try {
      const chart = loadChartUnchecked(file, { log })
      if (!dependencies.some((item) => item.name === chart.name))
        warnings.push(`WARNING: "${file}" is not in Chart.yaml.`)
    } catch {
      warnings.push(`WARNING: "${file}" is not a chart.`)
    }
  }
  return warnings
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
