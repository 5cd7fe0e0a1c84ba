import { errorText } from '../../base/index.ts'
import { fromBytes, type GoMap, type GoValue, trimSpace } from '../../go/index.ts'
import { chartError } from '../errors.ts'
import { parseJsonText } from './json-prefix.ts'
import { mergeMaps } from './merge.ts'
import { parseValues } from './parse.ts'
import { applySet } from './set-parser.ts'
import { typedSetValue } from './set-value.ts'

/** The values flags of a command, each in the order in which they were given. */
export interface ValueSources {
  /** `-f`, `--values`. */
  readonly files?: readonly string[]
  readonly setJson?: readonly string[]
  readonly set?: readonly string[]
  readonly setString?: readonly string[]
  readonly setFile?: readonly string[]
  readonly setLiteral?: readonly string[]
}

/** Reads what `-f` and `--set-file` name: a file, `-` or a URL. Throws with Go's text when it cannot. */
export type ReadValueSource = (path: string) => Uint8Array

/** Merges the values flags in Helm's order: files, `--set-json`, `--set`, `--set-string`, `--set-file`, `--set-literal`. */
export function mergeValueSources(sources: ValueSources, read: ReadValueSource): GoMap {
  let values: GoMap = new Map()
  for (const path of sources.files ?? []) values = mergeMaps(values, readValuesFile(path, read))
  for (const text of sources.setJson ?? []) values = applyJson(values, text)
  for (const text of sources.set ?? []) apply('--set', text, values, typedSetValue)
  for (const text of sources.setString ?? []) apply('--set-string', text, values, (value) => value)
  for (const text of sources.setFile ?? []) apply('--set-file', text, values, (path) => fromBytes(read(path)))
  for (const text of sources.setLiteral ?? []) apply('--set-literal', text, values, (value) => value)
  return values
}

function readValuesFile(path: string, read: ReadValueSource): GoMap {
  const text = fromBytes(read(path))
  try {
    return parseValues(text)
  } catch (error) {
    throw chartError('VALUES_INVALID', `failed to parse ${path}: ${errorText(error)}`, error)
  }
}

function applyJson(values: GoMap, text: string): GoMap {
  const trimmed = trimSpace(text)
  if (!trimmed.startsWith('{')) {
    try {
      applySet(text, values, { form: 'json', read: (value) => value })
    } catch (error) {
      throw chartError('VALUES_SET', `failed parsing --set-json data ${text}`, error)
    }
    return values
  }
  let parsed: GoValue
  try {
    parsed = parseJsonText(trimmed)
  } catch (error) {
    throw chartError('VALUES_SET', `failed parsing --set-json data JSON: ${text}`, error)
  }
  return mergeMaps(values, parsed instanceof Map ? parsed : new Map())
}

function apply(flag: string, text: string, values: GoMap, read: (text: string) => GoValue): void {
  try {
    applySet(text, values, { form: flag === '--set-literal' ? 'literal' : 'plain', read })
  } catch (error) {
    throw chartError('VALUES_SET', `failed parsing ${flag} data: ${errorText(error)}`, error)
  }
}
