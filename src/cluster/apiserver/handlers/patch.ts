import {
  ApiValueError,
  apiVersionOf,
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  goPlaceOf,
  type Json,
  type JsonObject,
  type JsonPatchOperation,
  type KubeObject,
  parseApiVersion,
  strictFindings,
} from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import type { Scope } from '../context.ts'
import { conversionText } from '../conversion-text.ts'
import { bodyText, checkDepth, jsonTypeOf, mediaType, reportStrict, typedObject } from '../decode.ts'
import {
  type ApiError,
  badRequest,
  invalid,
  methodNotAllowed,
  plainServerError,
  tooLarge,
  unprocessable,
  unsupportedMediaType,
} from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { trackChange } from '../field-manager.ts'
import { jsonErrorText } from '../json-error.ts'
import { managerOf, type WriteOptions, writeOptions } from '../options.ts'
import { printPatched } from '../print-patched.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import { internalPackage, objectResponse } from '../respond.ts'
import { applyChange } from './apply.ts'
import { matchName, matchNamespace } from './metadata.ts'
import { type Change, writeChange } from './update.ts'

const OPERATIONS_LIMIT = 10_000

const JSON_PATCH = 'application/json-patch+json'
const MERGE_PATCH = 'application/merge-patch+json'
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json'
const APPLY_PATCH = 'application/apply-patch+yaml'

/** Answers PATCH of an object or of a sub-resource that has the shape of its object. */
export async function patchObject(scope: Scope): Promise<ServerResponse> {
  if (scope.info.subresource === '' && !scope.definition.verbs.includes('patch')) throw methodNotAllowed()
  const result = await writeChange(scope, patchChange(scope))
  return objectResponse(scope, result.created ? 201 : 200, result.answer)
}

/** Reads a patch of any kind as a change. */
export function patchChange(scope: Scope): Change {
  const type = mediaType(scope.request.headers['content-type'])
  const isCustom = scope.definition.custom === true
  if (![JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH].includes(type)) {
    throw unsupportedMediaType('415: Unsupported Media Type', {})
  }
  if (type === STRATEGIC_PATCH && isCustom) {
    const accepted = [JSON_PATCH, MERGE_PATCH, APPLY_PATCH].join(', ')
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
    )
  }
  const options = writeOptions(scope.request.query, 'PatchOptions', { apply: type === APPLY_PATCH })
  scope.audit?.requestPatch(scope.request.body)
  if (type === APPLY_PATCH) return applyChange(scope, options)
  const manager = managerOf(options, scope.request.headers['user-agent'])
  return {
    options,
    createMissing: false,
    produce(live) {
      if (live === undefined) throw unprocessable()
      const object = patched(scope, type, live, options)
      matchNamespace(scope, object)
      matchName(scope, object)
      return trackChange(scope, live, object, manager)
    },
  }
}

/** The live object with the patch applied, read as its type again. */
function patched(scope: Scope, type: string, live: KubeObject, options: WriteOptions): KubeObject {
  const text = bodyText(scope.request.body)
  const patch = type === JSON_PATCH ? operationsOf(text) : mapOf(text, type)
  const changed = applied(scope, type, live, patch)
  const found = isObject(changed) ? changed : {}
  const strict = options.fieldValidation === 'Ignore' ? [] : repeatedFields(text, type)
  const place = goPlaceOf(live.apiVersion, live.kind)
  const shown = { place, merge: type === MERGE_PATCH, isRoot: true }
  const refuse = (why: string): ApiError => {
    const value = type === STRATEGIC_PATCH ? printMap(patch) : printPatched(changed, live, shown)
    return invalid({ group: '', kind: '' }, '', [{ type: 'Invalid', field: 'patch', value, detail: why }])
  }
  const { apiVersion, kind } = live
  // A strategic patch is read into the type of the object, whatever kind it says.
  const own = type === STRATEGIC_PATCH
  const raw = {
    ...found,
    apiVersion: own ? apiVersion : (found.apiVersion ?? apiVersion),
    kind: own ? kind : (found.kind ?? kind),
  } as KubeObject
  const definition = definitionOf(scope, raw)
  const result = typedObject(definition ?? scope.definition, raw, undefined)
  if (definition === undefined) throw refuse(unknownKind(raw))
  if (result.error !== undefined) {
    throw refuse(type === STRATEGIC_PATCH ? conversionText(result.error) : result.error)
  }
  if (definition !== scope.definition) throw refuse(unconvertible(raw, scope.definition))
  reportStrict(scope, [...strict, ...result.findings], options.fieldValidation, (findings) =>
    refuse(`strict decoding error: ${findings}`),
  )
  return result.object
}

/** The definition of what a patch has made of the object: its own, unless the patch has changed the kind. */
function definitionOf(scope: Scope, object: KubeObject): ResourceDefinition | undefined {
  const { definition } = scope
  if (object.kind === definition.kind && object.apiVersion === apiVersionOf(definition)) return definition
  return scope.server.registry.findKind(parseApiVersion(object.apiVersion), object.kind)
}

function unknownKind({ kind, apiVersion }: KubeObject): string {
  return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`
}

function unconvertible({ kind, apiVersion }: KubeObject, definition: ResourceDefinition): string {
  const from = `${parseApiVersion(apiVersion).version}.${kind}`
  return `converting (${from}) to (${internalPackage(definition.group)}.${definition.kind}): unknown conversion`
}

function applied(scope: Scope, type: string, live: KubeObject, patch: Json): Json {
  const document = live as unknown as JsonObject
  try {
    if (type === JSON_PATCH) return applyJsonPatch(document, patch as unknown as JsonPatchOperation[])
    if (type === MERGE_PATCH) return applyMergePatch(document, patch)
    return applyStrategicMergePatch(document, patch as JsonObject, scope.definition.schema?.node)
  } catch (error) {
    if (!(error instanceof ApiValueError)) throw error
    if (type === JSON_PATCH) throw unprocessable()
    if (error.code === 'BAD_PATCH_FORMAT') throw badRequest(error.message)
    throw plainServerError(error.message)
  }
}

function operationsOf(text: string): Json {
  const data = parsed(text)
  if (!Array.isArray(data)) {
    if (data === null) return []
    const type = jsonTypeOf(data)
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${type} into Go value of type []handlers.jsonPatchOp`,
    )
  }
  if (data.length > OPERATIONS_LIMIT) {
    throw tooLarge(`The allowed maximum operations in a JSON patch is ${OPERATIONS_LIMIT}, got ${data.length}`)
  }
  const wrong = data.find((operation) => operation !== null && !isObject(operation))
  if (wrong !== undefined) {
    const what = `json: cannot unmarshal ${jsonTypeOf(wrong)} into Go value of type handlers.jsonPatchOp`
    throw badRequest(`error decoding patch: ${what}`)
  }
  return data as Json
}

function mapOf(text: string, type: string): JsonObject {
  const prefix = type === MERGE_PATCH ? 'error decoding patch: ' : ''
  const data = parsed(text, prefix)
  if (data === null && type === MERGE_PATCH) throw badRequest('Invalid JSON Patch')
  if (data === null) return {}
  if (isObject(data)) return data as JsonObject
  throw badRequest(`${prefix}json: cannot unmarshal ${jsonTypeOf(data)} into Go value of type map[string]interface {}`)
}

function parsed(text: string, prefix = 'error decoding patch: '): unknown {
  checkDepth(text)
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(`${prefix}${jsonErrorText(text)}`)
  }
}

function repeatedFields(text: string, type: string): string[] {
  const findings = strictFindings(text, undefined)
  return type === JSON_PATCH ? findings.map((finding) => `json patch ${finding}`) : findings
}

/** A map as Go's `%+v` prints it. */
function printMap(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(printMap).join(' ')}]`
  if (!isObject(value)) return String(value)
  const keys = Object.keys(value).sort()
  return `map[${keys.map((key) => `${key}:${printMap(value[key])}`).join(' ')}]`
}
