import {
  apiVersionOf,
  builtinSchema,
  decodeProtobuf,
  hasDuplicateFields,
  type KubeObject,
  parseApiVersion,
  decodeObject as readAs,
  strictFindings,
} from '../../api/index.ts'
import { errorText } from '../../base/index.ts'
import { cloneJson, isObject } from './clone.ts'
import type { Scope } from './context.ts'
import { type ApiError, badRequest, invalid, unsupportedMediaType } from './errors.ts'
import { jsonErrorText } from './json-error.ts'
import { isKnownKind } from './known-versions.ts'
import type { WriteOptions } from './options.ts'
import type { ResourceDefinition } from './registry/resource.ts'
import { inKeyOrder, linesOfRepeated, parserText, parseYaml, parseYamlStrictly, yamlErrorText } from './yaml.ts'

const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'

/** The kind that a request body has to be. */
export interface ExpectedKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** The media type of a body without parameters; absent means JSON. */
export function mediaType(contentType: string | undefined): string {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return type === '' ? 'application/json' : type
}

/** The body as text. */
export function bodyText(body: Uint8Array | string): string {
  return typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
}

/** The body as bytes. */
function bodyBytes(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body
}

/** Deeper bodies would exhaust the stack of what walks over them. */
const DEPTH_LIMIT = 1000

/** Refuses a body whose brackets are nested too deeply; those within JSON texts do not count. */
export function checkDepth(text: string): void {
  if (text.length < DEPTH_LIMIT) return
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      at++
      while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1
    } else if (code === 0x7b || code === 0x5b) depth++
    else if (code === 0x7d || code === 0x5d) depth--
    if (depth > DEPTH_LIMIT) throw badRequest(`exceeded max depth of ${DEPTH_LIMIT}`)
  }
}

/** A body that is parsed. */
interface ParsedBody {
  readonly data: unknown
  /** The text of a body in JSON. */
  readonly json?: string
  /** The text of a body in YAML. */
  readonly yaml?: string
}

/** Parses a body in JSON, YAML or protobuf without looking at what it says. */
export function parseBody(scope: Scope, kind: string): ParsedBody {
  const { body, headers } = scope.request
  const type = mediaType(headers['content-type'])
  if (type === 'application/json') {
    const json = bodyText(body)
    checkDepth(json)
    try {
      return { data: JSON.parse(json), json }
    } catch {
      throw unrecognized(kind, `couldn't get version/kind; json parse error: ${jsonErrorText(json)}`, json)
    }
  }
  if (type === 'application/yaml') {
    const text = bodyText(body)
    checkDepth(text)
    try {
      return { data: inKeyOrder(parseYaml(text)), yaml: text }
    } catch (error) {
      throw unrecognized(kind, parserText(yamlErrorText(error)), text)
    }
  }
  if (type === 'application/vnd.kubernetes.protobuf') {
    try {
      return { data: decodeProtobuf(bodyBytes(body)) }
    } catch (error) {
      throw badRequest(errorText(error))
    }
  }
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`,
  )
}

/** Reads the object of a create or update: parsed, of the expected kind, known fields only, with defaults. */
export function decodeObject(
  scope: Scope,
  expected: ExpectedKind,
  options: Pick<WriteOptions, 'fieldValidation'>,
): KubeObject {
  const { data, json, yaml } = parseBody(scope, expected.kind)
  const raw = kindOf(data, expected, () => json ?? bodyText(scope.request.body))
  const otherVersion = checkKind(scope, raw, expected)
  const result = typedObject(otherVersion === undefined ? scope.definition : readerOf(scope, raw), raw, json)
  const cannot = `${raw.kind} in version ${JSON.stringify(parseApiVersion(raw.apiVersion).version)} cannot be handled as a ${expected.kind}`
  if (result.error !== undefined) throw badRequest(`${cannot}: ${result.error}`)
  const repeated = yaml === undefined ? [] : repeatedKeys(yaml, options.fieldValidation)
  reportStrict(scope, [...repeated, ...result.findings], options.fieldValidation, (findings) =>
    badRequest(`${cannot}: strict decoding error: ${findings}`),
  )
  if (otherVersion !== undefined) throw otherVersion
  scope.audit?.requestObject(result.object)
  return result.object
}

/** The keys that occur twice in YAML: one text where they are an error, a text each where they are warnings. */
function repeatedKeys(text: string, directive: WriteOptions['fieldValidation']): string[] {
  if (directive === 'Ignore') return []
  const { repeated } = parseYamlStrictly(text)
  if (repeated === undefined) return []
  return directive === 'Strict' ? [parserText(repeated)] : linesOfRepeated(repeated)
}

/** What reading data as a type gave. */
export interface TypedObject {
  readonly object: KubeObject
  /** Unknown and repeated fields, as strict decoding names them. */
  readonly findings: readonly string[]
  /** Why the data cannot be read as the type. */
  readonly error?: string
}

/** What reading an object of a kind needs of its definition. */
type TypeReader = Pick<ResourceDefinition, 'schema' | 'applyDefaults' | 'read'>

/**
 * Reads data as the type of a resource and fills in defaults. `text` is its JSON when repeated fields are to be found;
 * `keepNulls` leaves the nulls of custom resources to validation.
 */
export function typedObject(
  definition: TypeReader,
  raw: KubeObject,
  text: string | undefined,
  options: { readonly keepNulls?: boolean } = {},
): TypedObject {
  if (definition.read !== undefined) return customObject(definition.read(raw, options), raw, text)
  const node = definition.schema?.node
  if (node === undefined) {
    const object = cloneJson(raw)
    definition.applyDefaults(object)
    return { object, findings: [] }
  }
  const decoded = readAs(node, raw)
  const object = { ...decoded.value, apiVersion: raw.apiVersion, kind: raw.kind } as unknown as KubeObject
  object.metadata ??= {}
  if (decoded.error !== undefined) return { object, findings: [], error: decoded.error }
  const repeated = text !== undefined && hasDuplicateFields(text, raw)
  const findings = repeated ? strictFindings(text, node) : decoded.unknown
  definition.applyDefaults(object)
  return { object, findings }
}

/** Repeated fields of a custom resource come before those that its schema does not know. */
function customObject(read: TypedObject, raw: KubeObject, text: string | undefined): TypedObject {
  if (text === undefined || !hasDuplicateFields(text, raw)) return read
  return { ...read, findings: [...strictFindings(text, undefined), ...read.findings] }
}

/** Turns strict findings into warnings or, when the client wants that, into an error. */
export function reportStrict(
  scope: Scope,
  findings: readonly string[],
  directive: WriteOptions['fieldValidation'],
  fail: (findings: string) => ApiError,
): void {
  if (findings.length === 0 || directive === 'Ignore') return
  if (directive === 'Strict') throw fail(findings.join(', '))
  scope.warnings.push(...findings)
}

/** Checks that data is an object of the expected kind; what it does not say is taken from what is expected. */
function kindOf(data: unknown, expected: ExpectedKind, text: () => string): KubeObject {
  const raw = data === null ? {} : data
  if (!isObject(raw)) {
    const shape =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
    const why = `json: cannot unmarshal ${jsonTypeOf(raw)} into Go value of type ${shape}`
    throw unrecognized(expected.kind, `couldn't get version/kind; json parse error: ${why}`, text())
  }
  for (const key of ['apiVersion', 'kind'] as const) {
    if (raw[key] === undefined || raw[key] === null || typeof raw[key] === 'string') continue
    const what = `cannot unmarshal ${jsonTypeOf(raw[key])} into Go struct field .${key} of type string`
    throw unrecognized(expected.kind, `couldn't get version/kind; json parse error: json: ${what}`, text())
  }
  if (String(raw.apiVersion ?? '').split('/').length > 2) {
    throw unrecognized(expected.kind, `unexpected GroupVersion string: ${String(raw.apiVersion)}`, text())
  }
  const apiVersion =
    typeof raw.apiVersion === 'string' && raw.apiVersion !== '' ? raw.apiVersion : apiVersionOf(expected)
  const kind = typeof raw.kind === 'string' && raw.kind !== '' ? raw.kind : expected.kind
  return { ...raw, apiVersion, kind } as KubeObject
}

/** Go's word for the type of a JSON value. */
export function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** Reads an object of another version than the request is about, of which only what is wrong with it is told. */
function readerOf({ definition, server }: Scope, { apiVersion, kind }: KubeObject): TypeReader {
  const gv = parseApiVersion(apiVersion)
  if (definition.custom !== true) {
    const schema = builtinSchema({ ...gv, kind }) ?? definition.schema
    return { ...(schema !== undefined && { schema }), applyDefaults: () => {} }
  }
  const other = server.registry.find(gv, definition.plural)
  if (other !== undefined) return other
  const isKnown = gv.group !== definition.group || kind !== definition.kind
  const unknown = (raw: KubeObject): string[] =>
    Object.keys(raw)
      .filter((key) => !['apiVersion', 'kind', 'metadata'].includes(key))
      .map((key) => `unknown field ${JSON.stringify(key)}`)
  return { applyDefaults: () => {}, read: (raw) => ({ object: raw, findings: isKnown ? [] : unknown(raw) }) }
}

/**
 * Refuses another kind or version than the request is about. What is known in that version, and custom resources, which are
 * read whatever they are, have the wrong version: that error is given back, since what reading them finds comes first. Other
 * kinds cannot be read at all.
 */
function checkKind(
  { definition }: Scope,
  { apiVersion, kind, metadata }: KubeObject,
  expected: ExpectedKind,
): ApiError | undefined {
  const wanted = apiVersionOf(expected)
  if (kind === expected.kind && apiVersion === wanted) return undefined
  const isCustom = definition.custom === true && expected.kind === definition.kind
  if (apiVersion !== wanted && (isCustom || (kind === expected.kind && isKnownKind(apiVersion, kind)))) {
    return badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`)
  }
  if (isCustom) {
    const finding = { type: 'Invalid', field: 'kind', value: kind, detail: `must be ${expected.kind}` } as const
    throw invalid({ group: expected.group, kind }, metadata?.name ?? '', [finding])
  }
  const { version } = parseApiVersion(apiVersion)
  const cannot = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}`
  if (kind !== expected.kind && isKnownKind(apiVersion, kind)) {
    const internal = expected.group === '' ? 'core' : (expected.group.split('.')[0] ?? '')
    throw badRequest(`${cannot}: converting (${version}.${kind}) to (${internal}.${expected.kind}): unknown conversion`)
  }
  const scheme = '"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"'
  throw badRequest(
    `${cannot}: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${scheme}`,
  )
}

function unrecognized(kind: string, why: string, text: string): ApiError {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(text)})`)
}

const SUMMARY_BYTES = 30

/** The beginning of a body: as text when it looks like JSON, else in hexadecimal. */
function summary(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length === 0) return '<empty>'
  const cut = bytes.subarray(0, SUMMARY_BYTES)
  const shown = text.startsWith('{') ? cut.toString() : cut.toString('hex')
  return bytes.length > SUMMARY_BYTES ? `${shown} ...` : shown
}
