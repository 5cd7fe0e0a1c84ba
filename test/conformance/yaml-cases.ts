import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { errorText } from '../../src/base/index.ts'
import { parseYaml } from '../../src/encoding/index.ts'
import { parseValues } from '../../src/chart/index.ts'
import type { GoCallable, GoMap, GoValue } from '../../src/go/index.ts'
import { parseJson } from '../../src/encoding/index.ts'
import { testFunctions } from './functions.ts'
import { type CaseResult, compareJson, compareText, type FamilyRunner, firstFailure, guarded } from './runner.ts'

/** Cases of `yaml/*.jsonl`. Values are read by our own JSON reader, so that numbers come as Go reads them. */
export const runYamlFile: FamilyRunner = (file, report) => {
  const functions = testFunctions()
  const run = basename(file) === 'emit.jsonl' ? runEmit : runParse
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue
    const vector = parseJson(line)
    if (!(vector instanceof Map)) continue
    const id = String(vector.get('id'))
    report(guarded(id, () => run(id, vector, functions)))
  }
}

function runEmit(id: string, vector: GoMap, functions: ReadonlyMap<string, GoCallable>): CaseResult {
  const results: CaseResult[] = []
  for (const name of ['toYaml', 'toYamlPretty', 'toJson', 'toPrettyJson', 'quote']) {
    if (!vector.has(name)) continue
    const actual = functions.get(name)?.call(vector.get('value'))
    results.push(compareText(id, name, String(actual), String(vector.get(name))))
  }
  return firstFailure(id, results)
}

function runParse(id: string, vector: GoMap, functions: ReadonlyMap<string, GoCallable>): CaseResult {
  const text = String(vector.get('yaml') ?? '')
  const results: CaseResult[] = []
  for (const name of ['fromYaml', 'fromYamlArray']) {
    const actual = functions.get(name)?.call(text)
    if (vector.has(name)) results.push(compareJson(id, name, plain(actual), plain(vector.get(name))))
  }
  results.push(comparing(id, 'loadValues', vector, () => parseValues(text)))
  results.push(comparing(id, 'any', vector, () => parseYaml(text)))
  if (vector.has('strictError')) {
    results.push(comparing(id, 'strict', vector, () => parseYaml(text, { strict: true })))
  }
  return firstFailure(id, results)
}

function comparing(id: string, name: string, vector: GoMap, run: () => GoValue): CaseResult {
  const wantedError = vector.get(`${name}Error`)
  let actual: GoValue
  try {
    actual = run()
  } catch (error) {
    return compareText(id, `${name}Error`, errorText(error), String(wantedError ?? 'no error'))
  }
  if (wantedError !== undefined) return { id, status: 'failed', detail: `${name}: no error; want ${wantedError}` }
  return vector.has(name) ? compareJson(id, name, plain(actual), plain(vector.get(name))) : { id, status: 'passed' }
}

function plain(value: GoValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]))
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : value
  return value
}
