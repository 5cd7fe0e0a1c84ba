import { apiVersionOf, type KubeObject, parseApiVersion } from '../../api/index.ts'
import { isObject } from './clone.ts'
import type { Scope } from './context.ts'
import { type ApiError, badRequest, unsupportedMediaType } from './errors.ts'
import { jsonErrorText } from './json-error.ts'
import type { WriteOptions } from './options.ts'
import { parseYaml } from './yaml.ts'

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

/** Parses a body in JSON or YAML without looking at what it says. */
export function parseBody(scope: Scope, kind: string): unknown {
  const type = mediaType(scope.request.headers['content-type'])
  const text = bodyText(scope.request.body)
  if (type === 'application/json') {
    try {
      return JSON.parse(text)
    } catch {
      throw unrecognized(kind, `couldn't get version/kind; json parse error: ${jsonErrorText(text)}`, text)
    }
  }
  if (type === 'application/yaml') {
    try {
      return parseYaml(text)
    } catch (error) {
      throw unrecognized(kind, `yaml: ${error instanceof Error ? error.message : String(error)}`, text)
    }
  }
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`,
  )
}

/** Reads the object of a create or update: parsed, of the expected kind, with defaults. */
export function decodeObject(
  scope: Scope,
  expected: ExpectedKind,
  options: Pick<WriteOptions, 'fieldValidation'>,
): KubeObject {
  const data = parseBody(scope, expected.kind)
  return objectOf(scope, data, expected, options, bodyText(scope.request.body))
}

/** Turns parsed data into an object of the expected kind, or throws what Kubernetes answers. */
export function objectOf(
  _scope: Scope,
  data: unknown,
  expected: ExpectedKind,
  _options: Pick<WriteOptions, 'fieldValidation'>,
  text: string,
): KubeObject {
  const raw = data === null ? {} : data
  if (!isObject(raw)) {
    const type = Array.isArray(raw) ? 'array' : typeof raw === 'boolean' ? 'bool' : typeof raw
    const shape =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
    throw unrecognized(
      expected.kind,
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go value of type ${shape}`,
      text,
    )
  }
  const apiVersion =
    typeof raw.apiVersion === 'string' && raw.apiVersion !== '' ? raw.apiVersion : apiVersionOf(expected)
  const kind = typeof raw.kind === 'string' && raw.kind !== '' ? raw.kind : expected.kind
  checkKind(apiVersion, kind, expected)
  const metadata = isObject(raw.metadata) ? raw.metadata : {}
  return { ...raw, apiVersion, kind, metadata } as KubeObject
}

function checkKind(apiVersion: string, kind: string, expected: ExpectedKind): void {
  const wanted = apiVersionOf(expected)
  if (kind === expected.kind && apiVersion === wanted) return
  const { version } = parseApiVersion(apiVersion)
  const cannot = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}`
  if (kind !== expected.kind && apiVersion === wanted) {
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
