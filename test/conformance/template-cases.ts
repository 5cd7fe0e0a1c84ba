import { errorText, silentLog } from '../../src/base/index.ts'
import {
  type Chart,
  mergeValueSources,
  parseValues,
  processDependencies,
  validateValues,
  coalesceValues,
} from '../../src/chart/index.ts'
import { type GoMap, toBytes } from '../../src/go/index.ts'
import { defaultCapabilities, helmBuild, parseKubeVersion, renderFiles } from '../../src/render/index.ts'
import { type ChartVector, loadVectorChart } from './chart-input.ts'
import { testHost } from './functions.ts'
import { memoryFiles } from './values-cases.ts'
import {
  type CaseResult,
  compareJson,
  compareText,
  type FamilyRunner,
  firstFailure,
  guarded,
  readLines,
} from './runner.ts'

/** One case: a chart, flags and what Helm rendered or said. */
export interface TemplateVector extends ChartVector {
  readonly values?: string
  readonly set?: readonly string[]
  /** Further values files, and arguments of the other flags that set values, as in `values/set.jsonl`. */
  readonly valueFiles?: readonly string[]
  readonly setString?: readonly string[]
  readonly setJson?: readonly string[]
  readonly setLiteral?: readonly string[]
  readonly setFile?: readonly string[]
  /** Name → text of the files that `setFile` names. */
  readonly inputs?: Readonly<Record<string, string>>
  readonly release?: {
    readonly name?: string
    readonly namespace?: string
    readonly revision?: number
    readonly isUpgrade?: boolean
  }
  readonly capabilities?: { readonly kubeVersion?: string; readonly apiVersions?: readonly string[] }
  readonly options?: { readonly strict?: boolean; readonly lint?: boolean }
  readonly expect?: Readonly<Record<string, string>>
  readonly expectBase64?: Readonly<Record<string, string>>
  readonly error?: string
  /** In place of `error` when Helm's order of lines is not fixed: the lines of the text, sorted. */
  readonly errorLines?: readonly string[]
  readonly errorStage?: string
}

/** Cases of `template/*.jsonl`. */
export const runTemplateFile: FamilyRunner = (file, report) => {
  for (const vector of readLines<TemplateVector>(file)) report(guarded(vector.id, () => runVector(vector)))
}

/** What rendering a case gives: texts by path, or an error with the step that it came from. */
export type TemplateAnswer =
  | { readonly rendered: ReadonlyMap<string, string> }
  | { readonly error: unknown; readonly stage: string }

/** Loads and renders the chart of a case as `helm template` does; what goes wrong is part of the answer. */
export function answerVector(vector: TemplateVector): TemplateAnswer {
  let stage = 'load'
  try {
    const chart = loadVectorChart(withChartFile(vector), silentLog)
    stage = 'values'
    const user = userValues(vector)
    stage = 'dependencies'
    processDependencies(chart, user)
    stage = 'values'
    validateValues(chart, coalesceValues(chart, user, silentLog))
    stage = 'render'
    return { rendered: render(chart, user, vector) }
  } catch (error) {
    return { error, stage }
  }
}

function runVector(vector: TemplateVector): CaseResult {
  const { id } = vector
  const answer = answerVector(vector)
  if ('error' in answer) {
    const text = errorText(answer.error)
    if (vector.errorLines) return compareJson(id, 'error lines', text.split('\n').sort(), vector.errorLines)
    if (vector.error === undefined) return { id, status: 'failed', detail: `error at ${answer.stage}: ${text}` }
    if (vector.errorStage !== undefined && answer.stage !== vector.errorStage) {
      return { id, status: 'failed', detail: `stage ${answer.stage}; want ${vector.errorStage}: ${text}` }
    }
    return compareBytes(id, 'error', toBytes(text), Buffer.from(vector.error))
  }
  const wanted = vector.error ?? vector.errorLines
  if (wanted !== undefined) return { id, status: 'failed', detail: `no error; want ${JSON.stringify(wanted)}` }
  return compareRendered(vector, answer.rendered)
}

function withChartFile(vector: TemplateVector): TemplateVector {
  const chart = vector.chart ?? { apiVersion: 'v2', name: 'c', version: '0.1.0' }
  const hasFile = vector.files?.['Chart.yaml'] !== undefined
  return hasFile ? vector : { ...vector, files: { ...vector.files, 'Chart.yaml': JSON.stringify(chart) } }
}

function userValues(vector: TemplateVector): GoMap {
  const { values, valueFiles = [], set = [], setString = [], setJson = [], setLiteral = [], setFile = [] } = vector
  // Recorded cases read the one file by itself, so that its error has no name of a file before it.
  if (values !== undefined) parseValues(values)
  const texts = values === undefined ? valueFiles : [values, ...valueFiles]
  const files = texts.map((_, index) => `values-${index}.yaml`)
  return mergeValueSources(
    { files, set, setString, setJson, setLiteral, setFile },
    memoryFiles(texts, vector.inputs ?? {}),
  )
}

function render(chart: Chart, values: GoMap, vector: TemplateVector): Map<string, string> {
  const { release, capabilities, options } = vector
  return renderFiles(chart, values, {
    host: testHost,
    release: {
      name: release?.name ?? 'rel',
      namespace: release?.namespace ?? 'ns',
      revision: release?.revision ?? 1,
      isUpgrade: release?.isUpgrade ?? false,
    },
    capabilities: {
      kubeVersion:
        capabilities?.kubeVersion === undefined
          ? defaultCapabilities.kubeVersion
          : parseKubeVersion(capabilities.kubeVersion),
      apiVersions: [...(capabilities?.apiVersions ?? []), ...defaultCapabilities.apiVersions],
      helm: { ...helmBuild, gitCommit: '3900f434fd3ef2b84065dc04508df48f288dba00', gitTreeState: 'clean' },
    },
    strict: options?.strict ?? false,
    lint: options?.lint ?? false,
  })
}

function compareRendered(vector: TemplateVector, rendered: ReadonlyMap<string, string>): CaseResult {
  const { id } = vector
  const expected = new Map<string, Uint8Array>()
  for (const [path, text] of Object.entries(vector.expect ?? {})) expected.set(path, Buffer.from(text))
  for (const [path, text] of Object.entries(vector.expectBase64 ?? {})) expected.set(path, Buffer.from(text, 'base64'))
  const names = (map: ReadonlyMap<string, unknown>): string => [...map.keys()].sort().join('\n')
  return firstFailure(id, [
    compareText(id, 'paths', names(rendered), names(expected)),
    ...[...expected].map(([path, bytes]) => compareBytes(id, path, toBytes(rendered.get(path) ?? ''), bytes)),
  ])
}

function compareBytes(id: string, what: string, actual: Uint8Array, expected: Uint8Array): CaseResult {
  if (Buffer.compare(actual, expected) === 0) return { id, status: 'passed' }
  const same = Buffer.from(actual).toString() === Buffer.from(expected).toString()
  const encoding = same ? 'latin1' : 'utf8'
  return compareText(id, what, Buffer.from(actual).toString(encoding), Buffer.from(expected).toString(encoding))
}
