import { errorText } from '../../base/index.ts'
import { encodeProtobuf, type JsonObject, type KubeObject, type Status } from '../../api/index.ts'
import { ApiError, internalError, wrongShape } from './errors.ts'
import type { Scope } from './context.ts'
import type { ServerResponse } from './exchange.ts'
import { type OutputFormat, parseAccept, wantsProtobuf } from './negotiate.ts'
import type { ResourceDefinition } from './registry/resource.ts'
import type { ListMeta } from './list-meta.ts'
import { partialMetadata, tableOfRows } from './transform.ts'
import { printYaml } from './yaml.ts'

/** An object to answer, with its JSON when that is known already. */
export interface Answer {
  readonly object: KubeObject
  readonly text?: string
}

const MEDIA_TYPES = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
} as const

/** Encodes plain data in the format of the answer. */
export function encodedResponse(
  status: number,
  data: unknown,
  format: OutputFormat,
  warnings: readonly string[] = [],
  text?: string,
): ServerResponse {
  const headers: Record<string, string | readonly string[]> = { 'content-type': MEDIA_TYPES[format.encoding] }
  if (warnings.length > 0) headers.warning = [...new Set(warnings)].map(warningHeader)
  if (format.encoding === 'protobuf') return { status, headers, body: encodeProtobuf(data as JsonObject) }
  if (format.encoding === 'yaml') return { status, headers, body: printYaml(data) }
  if (format.pretty) return { status, headers, body: `${JSON.stringify(data, undefined, 2)}\n` }
  return { status, headers, body: `${text ?? JSON.stringify(data)}\n` }
}

function warningHeader(text: string): string {
  return `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Answers one object in the form that was negotiated. */
export function objectResponse(scope: Scope, status: number, answer: Answer): ServerResponse {
  const { output } = scope
  const { object } = answer
  if (output.as === 'object' || object.kind === 'Status') {
    return encodedResponse(status, object, output, scope.warnings, answer.text)
  }
  if (output.as === 'partialList') {
    const type = `*${internalPackage(scope.definition.group)}.${scope.definition.kind}`
    throw wrongShape(`you requested PartialObjectMetadataList, but the requested object is not a list (${type})`)
  }
  if (output.as === 'partial') {
    return encodedResponse(status, partialMetadata(object, output.metaVersion), output, scope.warnings)
  }
  const { resourceVersion } = object.metadata
  const meta = resourceVersion === undefined ? {} : { resourceVersion }
  return encodedResponse(status, tableOfRows(scope, [object], meta, { header: true }), output, scope.warnings)
}

/** Answers a list. Items that are answered as they are stored are not printed again. */
export function listResponse(scope: Scope, items: readonly Answer[], meta: ListMeta): ServerResponse {
  const { output, definition } = scope
  const objects = (): KubeObject[] => items.map((item) => item.object)
  if (output.as === 'table') {
    return encodedResponse(200, tableOfRows(scope, objects(), meta, { header: true }), output, scope.warnings)
  }
  if (output.as === 'partial') {
    const type = `*${internalPackage(definition.group)}.${definition.listKind}`
    throw wrongShape(`you requested PartialObjectMetadata, but the requested object is a list (${type})`)
  }
  if (output.as === 'partialList') {
    const found = objects().map((object) => partialMetadata(object, output.metaVersion))
    const list = {
      kind: 'PartialObjectMetadataList',
      apiVersion: `meta.k8s.io/${output.metaVersion}`,
      metadata: meta,
      // Go's list begins as nil and stays so when nothing is added.
      items: found.length === 0 ? null : found,
    }
    return encodedResponse(200, list, output, scope.warnings)
  }
  const apiVersion = definition.group === '' ? definition.version : `${definition.group}/${definition.version}`
  // Lists of custom resources name the token even where there is none.
  const metadata = definition.custom === true ? { continue: '', ...meta } : meta
  const head = { kind: definition.listKind, apiVersion, metadata }
  if (output.encoding === 'json' && !output.pretty) {
    const texts = items.map((item) => itemText(definition, item))
    const text = `${JSON.stringify(head).slice(0, -1)},"items":[${texts.join(',')}]}`
    return encodedResponse(200, undefined, output, scope.warnings, text)
  }
  const plain = definition.custom === true ? objects() : objects().map(withoutKind)
  return encodedResponse(200, { ...head, items: plain }, output, scope.warnings)
}

/** The Go package of a group's internal types, which some texts name. */
export function internalPackage(group: string): string {
  if (group === '') return 'core'
  return group.split('.')[0] ?? group
}

/** Items of built-in lists do not repeat their kind. */
function withoutKind({
  kind: _kind,
  apiVersion: _version,
  ...rest
}: KubeObject): Omit<KubeObject, 'kind' | 'apiVersion'> {
  return rest
}

function itemText(definition: ResourceDefinition, item: Answer): string {
  if (definition.custom === true) return item.text ?? JSON.stringify(item.object)
  const head = `{"kind":${JSON.stringify(item.object.kind)},"apiVersion":${JSON.stringify(item.object.apiVersion)},`
  if (item.text?.startsWith(head) === true) return `{${item.text.slice(head.length)}`
  return JSON.stringify(withoutKind(item.object))
}

const ERROR_FORMAT: OutputFormat = { encoding: 'json', as: 'object', metaVersion: 'v1', pretty: false }

/** Turns anything thrown into a `Status` answer; what is not an ApiError becomes a 500. */
export function errorResponse(
  error: unknown,
  accept: string | undefined,
  warnings: readonly string[] = [],
): ServerResponse {
  const status = statusOf(error)
  const yaml = accept !== undefined && parseAccept(accept)[0]?.type === 'application/yaml'
  const response = encodedResponse(
    status.code ?? 500,
    status,
    { ...ERROR_FORMAT, encoding: yaml ? 'yaml' : wantsProtobuf(accept) ? 'protobuf' : 'json' },
    warnings,
  )
  const retry = status.details?.retryAfterSeconds
  return retry === undefined
    ? response
    : { ...response, headers: { ...response.headers, 'retry-after': String(retry) } }
}

/** The `Status` of anything thrown. */
export function statusOf(error: unknown): Status {
  if (error instanceof ApiError) return error.status
  return internalError(errorText(error), error).status
}
