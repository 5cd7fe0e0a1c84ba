import type { Log } from '../../base/index.ts'
import { compareStrings, type GoMap, type GoValue, quote, sprintf } from '../../go/index.ts'
import { chartError } from '../errors.ts'
import type { Chart } from '../model.ts'
import { copyMap, copyValue, isTable } from './merge.ts'

const globalKey = 'global'

/**
 * The values of a chart: the given ones over the defaults of the chart and its sub-charts, globals handed down. As Helm 4.2
 * `CoalesceValues`: null removes a default, a table and a non-table under one key are reported and not mixed.
 */
export function coalesceValues(chart: Chart, values: GoMap | undefined, log: Log): GoMap {
  return withWarnings(log, (notes) =>
    new Coalescer(notes).coalesce(chart, values ? copyMap(values) : new Map(), '', false),
  )
}

/**
 * As `coalesceValues`, for looking only: the answer shares what it can with `values` and the chart's defaults, so that asking
 * for every sub-chart of an umbrella stays linear. It must not be changed, and no template may see it.
 */
export function coalesceValuesShared(chart: Chart, values: GoMap, log: Log): GoMap {
  const target: GoMap = new Map(values)
  const touched = [globalKey, ...chart.dependencies.map((subchart) => subchart.name), ...(chart.values?.keys() ?? [])]
  for (const key of touched) {
    const value = target.get(key)
    if (isTable(value)) target.set(key, copyMap(value))
  }
  return withWarnings(log, (notes) => new Coalescer(notes, { share: true }).coalesce(chart, target, '', false))
}

/** As `coalesceValues`, but nulls stay, because the result is coalesced once more later. As Helm 4.2 `MergeValues`. */
export function mergeValues(chart: Chart, values: GoMap | undefined, log: Log): GoMap {
  return withWarnings(log, (notes) =>
    new Coalescer(notes).coalesce(chart, values ? copyMap(values) : new Map(), '', true),
  )
}

/** Adds the entries of `source` that `target` lacks, in place. As Helm's `CoalesceTables` (nulls remove). */
export function coalesceTables(target: GoMap, source: GoMap | undefined, log: Log): GoMap {
  return withWarnings(log, (notes) => new Coalescer(notes).tables(target, source, '', false))
}

/** Adds the entries of `source` that `target` lacks, in place. As Helm's `MergeTables` (nulls stay). */
export function mergeTables(target: GoMap, source: GoMap | undefined, log: Log): GoMap {
  return withWarnings(log, (notes) => new Coalescer(notes).tables(target, source, '', true))
}

/** Runs `work` and then logs what it warned about, in the order of Helm's steps. */
function withWarnings<T>(log: Log, work: (warnings: string[]) => T): T {
  const warnings: string[] = []
  try {
    return work(warnings)
  } finally {
    for (const message of warnings) log({ level: 'INFO', message, attributes: [] })
  }
}

class Coalescer {
  readonly #warnings: string[]
  readonly #share: boolean

  constructor(warnings: string[], options: { readonly share: boolean } = { share: false }) {
    this.#warnings = warnings
    this.#share = options.share
  }

  coalesce(chart: Chart, target: GoMap, prefix: string, merge: boolean): GoMap {
    this.#defaults(chart, target, prefix, merge)
    const path = join(prefix, chart.name)
    for (const subchart of chart.dependencies) {
      const name = subchart.name
      let section = target.get(name)
      if (!target.has(name)) {
        section = new Map()
        target.set(name, section)
      }
      if (!isTable(section)) {
        throw chartError('VALUES_TYPE', `type mismatch on ${name}: ${sprintf('%t', section)}`)
      }
      this.#globals(section, target, path)
      target.set(name, this.coalesce(subchart, section, path, merge))
    }
    return target
  }

  #globals(target: GoMap, source: GoMap, prefix: string): void {
    const targetGlobals = target.has(globalKey) ? target.get(globalKey) : new Map()
    if (!isTable(targetGlobals)) {
      this.#warn(`warning: skipping globals because destination ${globalKey} is not a table.`)
      return
    }
    const sourceGlobals = source.has(globalKey) ? source.get(globalKey) : new Map()
    if (!isTable(sourceGlobals)) {
      this.#warn(`warning: skipping globals because source ${globalKey} is not a table.`)
      return
    }
    this.#entries(sourceGlobals, (key, value) => {
      const existing = targetGlobals.get(key)
      if (isTable(value)) {
        const copy: GoMap = new Map(value)
        if (!targetGlobals.has(key)) targetGlobals.set(key, copy)
        else if (!isTable(existing)) {
          this.#warn(`Conflict: cannot merge map onto non-map for ${quote(String(key))}. Skipping.`)
        } else {
          this.tables(copy, existing, join(prefix, String(key)), true)
          targetGlobals.set(key, copy)
        }
      } else if (isTable(existing)) this.#warn(`key ${String(key)} is table. Skipping`)
      else targetGlobals.set(key, value)
    })
    target.set(globalKey, targetGlobals)
  }

  #defaults(chart: Chart, target: GoMap, prefix: string, merge: boolean): void {
    const path = join(prefix, chart.name)
    if (!chart.values) return
    const changing = new Set<GoValue>([globalKey, ...chart.dependencies.map((subchart) => subchart.name)])
    this.#entries(chart.values, (key, value) => {
      if (!target.has(key)) {
        if (merge) target.set(key, copyValue(value))
        else if (isTable(value))
          target.set(key, this.#share && !changing.has(key) ? nullFree(value) : copyNullFree(value))
        else if (value !== null) target.set(key, this.#share ? value : copyValue(value))
        return
      }
      const given = target.get(key)
      if (given === null && !merge) target.delete(key)
      else if (isTable(given)) {
        if (!isTable(value)) {
          if (value !== null) this.#warn(`warning: skipped value for ${path}.${String(key)}: Not a table.`)
          return
        }
        const mergeTable = merge || chart.dependencies.some((subchart) => subchart.name === key)
        const source = mergeTable ? copyMap(value) : copyNullFree(value)
        this.tables(given, source, join(path, String(key)), mergeTable)
      }
    })
  }

  /** Merges `source` into `target`, which wins. Changes both, as Helm does; callers hand in copies. */
  tables(target: GoMap, source: GoMap | undefined, prefix: string, merge: boolean): GoMap {
    if (!source) return target
    const given = new Set<GoValue>()
    source.forEach((value, key) => {
      if (value !== null) given.add(key)
    })
    target.forEach((value, key) => {
      if (value === null) source.set(key, null)
    })
    this.#entries(source, (key, value) => {
      const existing = target.get(key)
      if (target.has(key) && !merge && existing === null && given.has(key)) target.delete(key)
      else if (!target.has(key)) target.set(key, value)
      else if (isTable(value)) {
        const path = join(prefix, String(key))
        if (isTable(existing)) this.tables(existing, value, path, merge)
        else this.#warn(`warning: cannot overwrite table with non table for ${path} (${sprintf('%v', value)})`)
      } else if (isTable(existing) && value !== null) {
        const path = join(prefix, String(key))
        this.#warn(`warning: destination for ${path} is a table. Ignoring non-table value (${sprintf('%v', value)})`)
      }
    })
    return target
  }

  /** Visits the entries of a table; what is warned about them is put in the order of their keys, since Go's is random. */
  #entries(map: GoMap, visit: (key: GoValue, value: GoValue) => void): void {
    const noted: [key: string, messages: string[]][] = []
    map.forEach((value, key) => {
      const before = this.#warnings.length
      visit(key, value)
      if (this.#warnings.length > before) noted.push([String(key), this.#warnings.splice(before)])
    })
    noted.sort(([a], [b]) => compareStrings(a, b))
    for (const [, messages] of noted) this.#warnings.push(...messages)
  }

  #warn(message: string): void {
    this.#warnings.push(message)
  }
}

/** A deep copy without the nulls of the map and of the maps inside it. */
function copyNullFree(map: GoMap): GoMap {
  const copy: GoMap = new Map(map)
  copy.forEach((value, key) => {
    if (value === null) copy.delete(key)
    else if (isTable(value)) copy.set(key, copyNullFree(value))
    else if (typeof value === 'object') copy.set(key, copyValue(value))
  })
  return copy
}

const nullFreeMaps = new WeakMap<GoMap, GoMap>()

/** The map without nulls: itself when it has none. Remembered, because a chart's defaults are asked for once per alias. */
function nullFree(map: GoMap): GoMap {
  let result = nullFreeMaps.get(map)
  if (!result) {
    result = hasNull(map) ? copyNullFree(map) : map
    nullFreeMaps.set(map, result)
  }
  return result
}

function hasNull(map: GoMap): boolean {
  for (const value of map.values()) if (value === null || (isTable(value) && hasNull(value))) return true
  return false
}

function join(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`
}
