import { basename } from 'node:path'
import { errorText } from '../../src/base/index.ts'
import {
  type Chart,
  coalesceValues,
  mergeValueSources,
  processDependencies,
  type ReadValueSource,
  validateValues,
} from '../../src/chart/index.ts'
import { emitYaml } from '../../src/encoding/index.ts'
import { type GoMap, goType, type GoValue, sprintf } from '../../src/go/index.ts'
import { type ChartVector, loadVectorChart, recordingLog } from './chart-input.ts'
import {
  type CaseResult,
  compareJson,
  compareText,
  type FamilyRunner,
  firstFailure,
  guarded,
  readLines,
} from './runner.ts'

interface SetVector {
  readonly id: string
  readonly valueFiles?: readonly string[]
  readonly setJson?: readonly string[]
  readonly set?: readonly string[]
  readonly setString?: readonly string[]
  readonly setFile?: readonly string[]
  readonly setLiteral?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly expect?: string
  readonly types?: unknown
  readonly error?: string
}

interface ValuesVector extends ChartVector {
  readonly values?: string
  readonly set?: readonly string[]
  readonly skipSchemaValidation?: boolean
  readonly expect?: string
  readonly charts?: readonly string[]
  readonly warnings?: readonly string[]
  readonly error?: string
  readonly errorLines?: readonly string[]
  readonly errorStage?: string
}

/** Cases of `values/*.jsonl`. */
export const runValuesFile: FamilyRunner = (file, report) => {
  if (basename(file) === 'set.jsonl') {
    for (const vector of readLines<SetVector>(file)) report(guarded(vector.id, () => runSet(vector)))
  } else for (const vector of readLines<ValuesVector>(file)) report(guarded(vector.id, () => runValues(vector)))
}

function runSet(vector: SetVector): CaseResult {
  const { id } = vector
  let values: GoMap
  try {
    values = mergeValueSources(
      {
        files: (vector.valueFiles ?? []).map((_, index) => `values-${index}.yaml`),
        setJson: vector.setJson ?? [],
        set: vector.set ?? [],
        setString: vector.setString ?? [],
        setFile: vector.setFile ?? [],
        setLiteral: vector.setLiteral ?? [],
      },
      memoryFiles(vector.valueFiles ?? [], vector.files ?? {}),
    )
  } catch (error) {
    return compareText(id, 'error', errorText(error), vector.error ?? 'no error')
  }
  if (vector.error !== undefined) return { id, status: 'failed', detail: `no error; want ${vector.error}` }
  return firstFailure(id, [
    compareText(id, 'values', emitYaml(values), vector.expect ?? '{}\n'),
    compareJson(id, 'types', typed(values), vector.types ?? {}),
  ])
}

/** A reader over texts, for `-f` and `--set-file`. */
export function memoryFiles(valueFiles: readonly string[], files: Readonly<Record<string, string>>): ReadValueSource {
  return (path) => {
    const index = /^values-(\d+)\.yaml$/.exec(path)?.[1]
    const text = files[path] ?? (index === undefined ? undefined : valueFiles[Number(index)])
    if (text === undefined) throw new Error(`open ${path}: no such file or directory`)
    return Buffer.from(text)
  }
}

function typed(value: GoValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), typed(item)]))
  if (Array.isArray(value)) return value.map(typed)
  return value === null ? 'nil' : `${goType(value)}:${sprintf('%v', value)}`
}

function runValues(vector: ValuesVector): CaseResult {
  const { id } = vector
  const lines: string[] = []
  const log = recordingLog(lines)
  let stage = 'load'
  let chart: Chart
  let values: GoMap
  try {
    chart = loadVectorChart(vector, log)
    stage = 'values'
    const user = mergeValueSources(
      { files: vector.values === undefined ? [] : ['values-0.yaml'], set: vector.set ?? [] },
      memoryFiles(vector.values === undefined ? [] : [vector.values], {}),
    )
    stage = 'dependencies'
    processDependencies(chart, user, log)
    stage = 'values'
    values = coalesceValues(chart, user, log)
    if (!vector.skipSchemaValidation) validateValues(chart, values)
  } catch (error) {
    return compareError(vector, errorText(error), stage)
  }
  if (vector.error !== undefined || vector.errorLines) {
    return { id, status: 'failed', detail: `no error; want ${vector.error ?? vector.errorLines?.join(' | ')}` }
  }
  return firstFailure(id, [
    compareText(id, 'values', emitYaml(values), vector.expect ?? '{}\n'),
    compareJson(id, 'charts', chartPaths(chart, '').sort(), vector.charts ?? []),
    compareJson(id, 'warnings', [...new Set(lines)].sort(), vector.warnings ?? []),
  ])
}

function compareError(vector: ValuesVector, text: string, stage: string): CaseResult {
  const { id } = vector
  if (vector.errorLines) return compareJson(id, 'error lines', text.split('\n').sort(), vector.errorLines)
  const isStage = stage === vector.errorStage || (stage === 'dependencies' && vector.errorStage === 'values')
  if (!isStage && vector.error !== undefined) {
    return { id, status: 'failed', detail: `stage ${stage}; want ${vector.errorStage}: ${text}` }
  }
  return compareText(id, 'error', text, vector.error ?? 'no error')
}

function chartPaths(chart: Chart, prefix: string): string[] {
  const path = prefix === '' ? chart.name : `${prefix}/${chart.name}`
  return [path, ...chart.dependencies.flatMap((subchart) => chartPaths(subchart, path))]
}
