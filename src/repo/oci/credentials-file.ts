import { readFileSync } from 'node:fs'
import { errorText } from '../../base/index.ts'
import { parseJson } from '../../encoding/index.ts'
import type { GoValue } from '../../go/index.ts'
import { fileError } from '../errors.ts'

/** A file of logins in Docker's format. */
export type Config = Record<string, unknown> & { auths?: Record<string, Record<string, unknown>> }

/** The fields whose types are checked: path of the error, and Go's type. */
const typed = [
  ['credsStore', 'creds store', 'string'],
  ['credHelpers', 'cred helpers', 'map[string]string'],
  ['auths', 'auths', 'map[string]json.RawMessage'],
] as const

/** What is wrong with the file of logins at `path`; undefined when nothing is, or when it is not there. */
export function credentialsFileProblem(path: string): string | undefined {
  try {
    return decodeConfig(readFileSync(path, 'utf8'), path).problem
  } catch (error) {
    const failure = fileError(error, 'open', path)
    return failure.details.code === 'ENOENT' ? undefined : `failed to open config file at ${path}: ${failure.message}`
  }
}

/** Reads the text of such a file; an empty text is an empty file. `problem` is what oras says about a wrong one. */
export function decodeConfig(text: string, path: string): { readonly value: Config; readonly problem?: string } {
  if (text.trim() === '') return { value: {} }
  const fail = (reason: string): { value: Config; problem: string } => ({
    value: {},
    problem: `failed to decode config file ${path}: invalid config format: ${reason}`,
  })
  let parsed: GoValue
  try {
    parsed = parseJson(text)
  } catch (error) {
    // Go reads it as a stream, in which an end is one of the file.
    return fail(errorText(error).replace('unexpected end of JSON input', 'unexpected EOF'))
  }
  if (parsed === null) return { value: {} }
  if (!(parsed instanceof Map)) {
    return fail(`json: cannot unmarshal ${kindOf(parsed)} into Go value of type map[string]json.RawMessage`)
  }
  for (const [field, words, goType] of typed) {
    const value = parsed.get(field)
    if (value === undefined || value === null) continue
    if (goType === 'string' ? typeof value === 'string' : value instanceof Map) continue
    const reason = `json: cannot unmarshal ${kindOf(value)} into Go value of type ${goType}`
    return { value: {}, problem: `failed to unmarshal ${words} field: invalid config format: ${reason}` }
  }
  return { value: JSON.parse(text) as Config }
}

function kindOf(value: GoValue): string {
  if (Array.isArray(value)) return 'array'
  if (value instanceof Map) return 'object'
  if (typeof value === 'string') return 'string'
  return typeof value === 'boolean' ? 'bool' : 'number'
}
