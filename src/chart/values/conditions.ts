import type { Log } from '../../base/index.ts'
import { type GoMap, type GoValue, trimSpace } from '../../go/index.ts'
import { satisfies } from '../../version/index.ts'
import { type Chart, copyMetadata, type Dependency } from '../model.ts'
import { coalesceValuesShared } from './coalesce.ts'
import { tableAt, valueAt } from './lookup.ts'

/**
 * Keeps the sub-charts that are enabled, under their aliases, all the way down. As Helm 4.2: tags first, then conditions (the
 * first that names a boolean decides); sub-charts that Chart.yaml does not mention stay.
 */
export function processEnabled(chart: Chart, values: GoMap, path: string, log: Log): void {
  const entries = chart.metadata.dependencies
  if (!entries) return
  const dependencies = entries.filter((entry) => entry !== null)
  chart.setDependencies(...resolveDependencies(chart, dependencies))
  for (const dependency of dependencies) dependency.enabled = true
  const coalesced = coalesceValuesShared(chart, values, log)
  applyTags(dependencies, coalesced, log)
  applyConditions(dependencies, coalesced, path, log)
  const disabled = new Set(dependencies.filter((entry) => !entry.enabled).map((entry) => entry.name))
  const kept = chart.dependencies.filter((subchart) => !disabled.has(subchart.name))
  for (const subchart of kept) processEnabled(subchart, coalesced, `${path}${subchart.name}.`, log)
  const keptEntries = dependencies.filter((entry) => !disabled.has(entry.name))
  chart.metadata.dependencies = keptEntries.length > 0 ? keptEntries : undefined
  chart.setDependencies(...kept)
}

/** Sub-charts that Chart.yaml does not mention, then one for each entry of Chart.yaml that is there. Renames the entries. */
function resolveDependencies(chart: Chart, dependencies: readonly Dependency[]): Chart[] {
  const subcharts = chart.dependencies
  const fits = fitting()
  const resolved = subcharts.filter((subchart) => !dependencies.some((entry) => fits(subchart, entry)))
  for (const entry of dependencies) {
    const subchart = subcharts.find((candidate) => fits(candidate, entry))
    if (subchart) resolved.push(aliased(subchart, entry))
    if (entry.alias !== '') entry.name = entry.alias
  }
  return resolved
}

/** Whether a chart is what an entry asks for; an umbrella often asks for the same version many times. */
function fitting(): (chart: Chart, entry: Dependency) => boolean {
  const known = new Map<string, boolean>()
  return (chart, entry) => {
    if (chart.name !== entry.name) return false
    const key = `${chart.metadata.version}\0${entry.version}`
    const fits = known.get(key) ?? satisfies(chart.metadata.version, entry.version)
    known.set(key, fits)
    return fits
  }
}

function aliased(chart: Chart, entry: Dependency): Chart {
  const copy = chart.shallowCopy()
  copy.metadata = copyMetadata(chart.metadata)
  copy.setDependencies(...chart.dependencies.map((subchart) => subchart.shallowCopy()))
  if (entry.alias !== '') copy.metadata.name = entry.alias
  return copy
}

function applyTags(dependencies: readonly Dependency[], values: GoMap, log: Log): void {
  const tags = tableAt(values, 'tags')
  if (!('table' in tags)) return
  for (const dependency of dependencies) {
    const states = new Set<GoValue>()
    for (const tag of dependency.tags) {
      const state = tags.table.get(tag)
      if (typeof state === 'boolean') states.add(state)
      else if (tags.table.has(tag)) warnNonBoolean(log, 'tag', tag, dependency.name)
    }
    dependency.enabled = states.has(true) || !states.has(false)
  }
}

function applyConditions(dependencies: readonly Dependency[], values: GoMap, path: string, log: Log): void {
  for (const dependency of dependencies) {
    for (const condition of trimSpace(dependency.condition).split(',')) {
      if (condition === '') continue
      const { found, value } = valueAt(values, path + condition)
      if (!found) continue
      if (typeof value === 'boolean') {
        dependency.enabled = value
        break
      }
      warnNonBoolean(log, 'path', condition, dependency.name)
    }
  }
}

function warnNonBoolean(log: Log, label: string, name: string, chart: string): void {
  log({
    level: 'WARN',
    message: 'returned non-bool value',
    attributes: [
      [label, name],
      ['chart', chart],
    ],
  })
}
