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
import { type CaseResult, compareText, type FamilyRunner, firstFailure, guarded, readLines } from './runner.ts'

interface TemplateVector extends ChartVector {
  readonly values?: string
  readonly set?: readonly string[]
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
  readonly errorStage?: string
}

/** Cases of `template/*.jsonl`. */
export const runTemplateFile: FamilyRunner = (file, report) => {
  for (const vector of readLines<TemplateVector>(file)) report(guarded(vector.id, () => runVector(vector)))
}

function runVector(vector: TemplateVector): CaseResult {
  const { id } = vector
  let stage = 'load'
  let rendered: Map<string, string>
  try {
    const chart = loadVectorChart(withChartFile(vector), silentLog)
    stage = 'values'
    const user = userValues(vector)
    stage = 'dependencies'
    processDependencies(chart, user)
    stage = 'values'
    validateValues(chart, coalesceValues(chart, user, silentLog))
    stage = 'render'
    rendered = render(chart, user, vector)
  } catch (error) {
    if (vector.error === undefined) return { id, status: 'failed', detail: `error at ${stage}: ${errorText(error)}` }
    if (stage !== vector.errorStage) {
      return { id, status: 'failed', detail: `stage ${stage}; want ${vector.errorStage}: ${errorText(error)}` }
    }
    return compareBytes(id, 'error', toBytes(errorText(error)), Buffer.from(vector.error))
  }
  if (vector.error !== undefined)
    return { id, status: 'failed', detail: `no error; want ${JSON.stringify(vector.error)}` }
  return compareRendered(vector, rendered)
}

function withChartFile(vector: TemplateVector): TemplateVector {
  const chart = vector.chart ?? { apiVersion: 'v2', name: 'c', version: '0.1.0' }
  const hasFile = vector.files?.['Chart.yaml'] !== undefined
  return hasFile ? vector : { ...vector, files: { ...vector.files, 'Chart.yaml': JSON.stringify(chart) } }
}

function userValues(vector: TemplateVector): GoMap {
  const base = parseValues(vector.values ?? '')
  const set = mergeValueSources({ set: vector.set ?? [], files: ['base'] }, () => Buffer.from(vector.values ?? ''))
  return vector.set ? set : base
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
