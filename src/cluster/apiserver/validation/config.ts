import {
  configKeyProblems,
  entriesAt,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  mapAt,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { type Findings, forbidden, IMMUTABLE, invalid, invalidEach, required, tooLong } from './findings.ts'

const SIZE_LIMIT = 1024 * 1024
const REDACTED = '<secret contents redacted>'

/** Checks a ConfigMap: its keys and its size. */
export function validateConfigMap(object: KubeObject): Findings {
  const out: Findings = []
  const binary = mapAt(object, 'binaryData')
  let size = 0
  for (const [key, value] of entriesAt(object, 'data')) {
    out.push(...invalidEach(`data[${key}]`, key, configKeyProblems(key)))
    if (key in binary) out.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'))
    size += Buffer.byteLength(String(value))
  }
  for (const [key, value] of Object.entries(binary)) {
    out.push(...invalidEach(`binaryData[${key}]`, key, configKeyProblems(key)))
    size += Buffer.byteLength(value, 'base64')
  }
  if (size > SIZE_LIMIT) out.push(tooLong('', SIZE_LIMIT))
  return out
}

/** What an immutable ConfigMap keeps. */
export function validateConfigMapUpdate(object: KubeObject, old: KubeObject): Findings {
  return validateImmutable(object, old, ['data', 'binaryData'])
}

function validateImmutable(object: KubeObject, old: KubeObject, keys: readonly string[]): Findings {
  if (valueAt(old, 'immutable') !== true) return []
  const text = 'field is immutable when `immutable` is set'
  const out: Findings = []
  if (valueAt(object, 'immutable') !== true) out.push(forbidden('immutable', text))
  for (const key of keys) {
    if (!jsonEqual(object[key] ?? null, old[key] ?? null)) out.push(forbidden(key, text))
  }
  return out
}

/** Checks a Secret: keys, size, and what its type needs. */
export function validateSecret(object: KubeObject): Findings {
  const out: Findings = []
  const data = mapAt(object, 'data')
  let size = 0
  for (const [key, value] of Object.entries(data)) {
    out.push(...invalidEach(`data[${key}]`, key, configKeyProblems(key)))
    size += Buffer.byteLength(value ?? '', 'base64')
  }
  if (size > SIZE_LIMIT) out.push(tooLong('data', SIZE_LIMIT))
  return [...out, ...validateSecretType(object, data)]
}

function validateSecretType(object: KubeObject, data: Readonly<Record<string, string>>): Findings {
  const account = 'kubernetes.io/service-account.name'
  const missing = (...keys: string[]): Findings =>
    keys.filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`))
  switch (stringAt(object, 'type')) {
    case 'kubernetes.io/service-account-token':
      return object.metadata.annotations?.[account] ? [] : [required(`metadata.annotations[${account}]`)]
    case 'kubernetes.io/dockercfg':
      return validateDockerConfig(data, '.dockercfg')
    case 'kubernetes.io/dockerconfigjson':
      return validateDockerConfig(data, '.dockerconfigjson')
    case 'kubernetes.io/basic-auth':
      return data.username === undefined && data.password === undefined ? missing('username', 'password') : []
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')]
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key')
    default:
      return []
  }
}

function validateDockerConfig(data: Readonly<Record<string, string>>, key: string): Findings {
  const value = data[key]
  if (value === undefined) return [required(`data[${key}]`)]
  const text = Buffer.from(value, 'base64').toString('utf8')
  const problem = jsonProblem(text)
  return problem === undefined ? [] : [invalid(`data[${key}]`, REDACTED, problem)]
}

/** Why a text is no JSON object, in Go's words for the common cases. */
function jsonProblem(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`
  } catch {
    const trimmed = text.trimStart()
    if (trimmed === '') return 'unexpected end of JSON input'
    if (trimmed.startsWith('{')) {
      const next = trimmed.slice(1).trimStart()
      if (next === '') return 'unexpected end of JSON input'
      if (!next.startsWith('"') && !next.startsWith('}')) {
        return `invalid character ${quoteRune(next)} looking for beginning of object key string`
      }
      return 'unexpected end of JSON input'
    }
    return `invalid character ${quoteRune(trimmed)} looking for beginning of value`
  }
}

function quoteRune(text: string): string {
  const rune = String.fromCodePoint(text.codePointAt(0) ?? 0)
  return rune === "'" ? "'\\''" : `'${rune}'`
}

/** The type of a Secret never changes, and an immutable one keeps its data. */
export function validateSecretUpdate(object: KubeObject, old: KubeObject): Findings {
  const out: Findings = []
  if (stringAt(object, 'type') !== stringAt(old, 'type'))
    out.push(invalid('type', object.type as JsonObject[string], IMMUTABLE))
  return [...out, ...validateImmutable(object, old, ['data'])]
}
