import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { errorText, silentLog } from '../../src/base/index.ts'
import { parseIgnoreRules, parseValues, validateReleaseName } from '../../src/chart/index.ts'
import { fromBytes, toBytes } from '../../src/go/index.ts'
import { lintChart } from '../../src/lint/index.ts'
import { installOrder, SortError, sortManifests, splitManifests, uninstallOrder } from '../../src/manifest/index.ts'
import { type ChartVector, loadVectorChart } from './chart-input.ts'
import {
  type CaseResult,
  compareJson,
  compareText,
  type FamilyRunner,
  firstFailure,
  guarded,
  readLines,
} from './runner.ts'

interface Vector extends ChartVector {
  readonly [field: string]: unknown
}

/** Cases of `chart/*.jsonl`. */
export const runChartFile: FamilyRunner = async (file, report) => {
  const run = runners[basename(file)]
  for (const vector of readLines<Vector>(file)) {
    report(run ? guarded(vector.id, () => run(vector)) : { id: vector.id, status: 'skipped', detail: 'unknown file' })
  }
}

const runners: Readonly<Record<string, (vector: Vector) => CaseResult>> = {
  'split.jsonl': (vector) => compareJson(vector.id, 'documents', splitManifests(String(vector.input)), vector.expect),
  'manifests.jsonl': runManifests,
  'helmignore.jsonl': runIgnore,
  'names.jsonl': (vector) => {
    let text = ''
    try {
      validateReleaseName(String(vector.name))
    } catch (error) {
      text = errorText(error)
    }
    return compareText(vector.id, 'error', text, String(vector.error ?? ''))
  },
  'load.jsonl': runLoad,
  'lint.jsonl': runLint,
}

function runManifests(vector: Vector): CaseResult {
  const { id } = vector
  const order = vector.order === 'uninstall' ? uninstallOrder : installOrder
  let text: string | undefined
  let sorted = { hooks: [], manifests: [] } as ReturnType<typeof sortManifests>
  try {
    sorted = sortManifests(new Map(Object.entries(vector.files ?? {})), order)
  } catch (error) {
    text = errorText(error)
    if (error instanceof SortError) sorted = error.partial
  }
  const manifests = sorted.manifests.map(({ path, kind, content }) => ({ name: path, kind, content }))
  const hooks = sorted.hooks.map((hook) => ({ ...hook }))
  return firstFailure(id, [
    compareText(id, 'error', text ?? '', String(vector.error ?? '')),
    compareJson(id, 'manifests', manifests, vector.manifests),
    compareJson(id, 'hooks', hooks, vector.hooks),
  ])
}

function runIgnore(vector: Vector): CaseResult {
  const { id } = vector
  try {
    const rules = parseIgnoreRules(String(vector.rules))
    const ignored = rules.ignores(String(vector.path), vector.isDir === true)
    return compareText(id, 'ignored', String(ignored), vector.error === undefined ? String(vector.ignored) : 'error')
  } catch (error) {
    return compareText(id, 'error', errorText(error), String(vector.error ?? 'no error'))
  }
}

function runLoad(vector: Vector): CaseResult {
  const { id } = vector
  try {
    const chart = loadVectorChart(vector, silentLog)
    const actual: Record<string, unknown> = {
      name: chart.name,
      templates: chart.templates.map((file) => file.name).sort(),
      otherFiles: chart.files.map((file) => file.name).sort(),
      dependencies: chart.dependencies.map((entry) => `${entry.name}@${entry.metadata.version}`).sort(),
    }
    const sorted = (value: unknown): unknown => (Array.isArray(value) ? [...value].sort() : (value ?? []))
    return firstFailure(
      id,
      ['name', 'templates', 'otherFiles', 'dependencies']
        .filter((key) => vector.error === undefined || key === 'name')
        .map((key) =>
          vector.error === undefined
            ? compareJson(id, key, actual[key], sorted(vector[key]))
            : { id, status: 'failed' as const, detail: `no error; want ${vector.error}` },
        ),
    )
  } catch (error) {
    return compareText(id, 'error', errorText(error), String(vector.error ?? 'no error'))
  }
}

function runLint(vector: Vector): CaseResult {
  const { id } = vector
  const parent = mkdtempSync(join(tmpdir(), 'chartctl-lint-'))
  const folder = join(parent, 'c')
  try {
    mkdirSync(folder)
    for (const [name, text] of Object.entries(vector.files ?? {})) {
      const path = join(folder, name)
      mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true })
      if (!name.endsWith('/')) writeFileSync(path, text)
    }
    const values = parseValues(typeof vector.values === 'string' ? vector.values : '')
    const result = lintChart(folder, values, { namespace: String(vector.namespace ?? 'default') })
    const hide = (text: string): string => text.replaceAll(folder, '<chart>').replaceAll(parent, '<parent>')
    const messages = result.messages.map(({ severity, path, text }) => ({
      severity,
      path: hide(path),
      text: fromBytes(toBytes(hide(text))),
    }))
    return firstFailure(id, [
      compareJson(id, 'messages', messages, vector.messages),
      compareText(id, 'severity', result.highestSeverity, String(vector.highestSeverity)),
    ])
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}
