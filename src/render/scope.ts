import { posix } from 'node:path'
import { type Chart, type ChartFile, tableAt } from '../chart/index.ts'
import type { GoMap, GoValue } from '../go/index.ts'
import { type Capabilities, capabilitiesObject } from './capabilities.ts'
import { chartObject } from './chart-object.ts'
import { filesObject } from './files.ts'
import { ValuesMap } from './values-object.ts'

/** What templates learn about the release. */
export interface ReleaseInfo {
  readonly name: string
  readonly namespace: string
  readonly revision: number
  readonly isUpgrade: boolean
  /** Neither upgrade nor install is true while linting. Default: the opposite of `isUpgrade`. */
  readonly isInstall?: boolean
}

/** One template of a chart or sub-chart, with the data it sees. */
export interface Renderable {
  readonly file: ChartFile
  /** The `templates` folder of its chart. */
  readonly basePath: string
  /** `$`: shared by all templates of one chart. */
  readonly scope: ValuesMap
}

/**
 * The templates of a chart and its sub-charts by full path. As Helm 4.2: a sub-chart sees its own part of the values, its own
 * files and metadata; library charts only give their partials.
 */
export function collectTemplates(
  chart: Chart,
  values: GoMap,
  release: ReleaseInfo,
  capabilities: Capabilities,
): Map<string, Renderable> {
  const templates = new Map<string, Renderable>()
  const shared: Shared = {
    release: releaseObject(release),
    capabilities: capabilitiesObject(capabilities),
  }
  visit(chart, values, shared, templates)
  return templates
}

interface Shared {
  readonly release: GoValue
  readonly capabilities: GoValue
}

function visit(chart: Chart, values: GoMap, shared: Shared, templates: Map<string, Renderable>): GoMap {
  const subcharts: GoMap = new Map()
  const scope: GoMap = new Map<GoValue, GoValue>([
    ['Chart', chartObject(chart)],
    ['Files', filesObject(chart.files)],
    ['Release', shared.release],
    ['Capabilities', shared.capabilities],
    ['Values', new ValuesMap(values)],
    ['Subcharts', subcharts],
  ])
  for (const subchart of chart.dependencies) {
    const section = tableAt(values, subchart.name)
    subcharts.set(subchart.name, visit(subchart, 'table' in section ? section.table : new Map(), shared, templates))
  }
  const path = chart.fullPath
  const basePath = posix.join(path, 'templates')
  const dollar = new ValuesMap(scope)
  for (const file of chart.templates) {
    if (chart.isLibrary && !posix.basename(file.name).startsWith('_')) continue
    templates.set(isClean(file.name) ? `${path}/${file.name}` : posix.join(path, file.name), {
      file,
      basePath,
      scope: dollar,
    })
  }
  return scope
}

/** Whether a path has no empty, `.` or `..` elements, so that nothing of it is to be resolved. */
function isClean(path: string): boolean {
  return !/(?:^|\/)\.{0,2}(?:\/|$)/.test(path)
}

function releaseObject(release: ReleaseInfo): GoMap {
  return new Map<GoValue, GoValue>([
    ['Name', release.name],
    ['Namespace', release.namespace],
    ['IsUpgrade', release.isUpgrade],
    ['IsInstall', release.isInstall ?? !release.isUpgrade],
    ['Revision', BigInt(release.revision)],
    ['Service', 'Helm'],
  ])
}
