import { apiVersionOf, type KubeObject, parseApiVersion } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { bodyText, checkDepth, jsonTypeOf, typedObject } from '../decode.ts'
import { conversionText } from '../conversion-text.ts'
import { ApiError, badRequest, conflict, plainServerError } from '../errors.ts'
import { groupResourceOf, type Scope } from '../context.ts'
import { applyConfiguration } from '../field-manager.ts'
import type { WriteOptions } from '../options.ts'
import { linesOfRepeated, parseYamlStrictly, yamlErrorText } from '../yaml.ts'
import { matchName, matchNamespace } from './metadata.ts'
import type { Change } from './update.ts'

/** Reads a server-side apply as a change. */
export function applyChange(scope: Scope, options: WriteOptions): Change {
  const { applied, repeated } = configurationOf(scope)
  return {
    options,
    createMissing: scope.info.subresource === '',
    async produce(live) {
      if (live === undefined && (applied.metadata?.uid ?? '') !== '') {
        const why = `uid mismatch: the provided object specified uid ${applied.metadata.uid ?? ''}, and no existing object was found`
        throw conflict(groupResourceOf(scope.definition), scope.info.name, why)
      }
      const { fieldManager, force } = options
      const { object: merged, changed } = await applyConfiguration(scope, {
        live,
        applied,
        manager: fieldManager,
        force,
      })
      if (repeated !== undefined && options.fieldValidation === 'Strict') {
        throw badRequest(`error strict decoding YAML: ${repeated}`)
      }
      if (repeated !== undefined && options.fieldValidation === 'Warn')
        scope.warnings.push(...linesOfRepeated(repeated))
      const object = changed || live === undefined ? completed(scope, merged, applied) : merged
      object.metadata.name ??= scope.info.name
      matchNamespace(scope, object)
      matchName(scope, object)
      return object
    },
  }
}

/** The merged object read as its type, with defaults. What field ownership does not find wrong fails as a fault of the server. */
function completed({ definition }: Scope, merged: KubeObject, { metadata }: KubeObject): KubeObject {
  const { object, error } = typedObject(definition, merged, undefined, { keepNulls: true })
  if (error === undefined) return object
  if (definition.custom === true) throw badRequest(error)
  const type = `${definition.group}/${definition.version}, Kind=${definition.kind}`
  const named = `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
  throw plainServerError(
    `failed to convert new object (${named}; ${type}) to proper version: unable to convert unstructured object to ${type}: ${conversionText(error)}`,
  )
}

interface Configuration {
  readonly applied: KubeObject
  /** The error text of keys that occur twice. */
  readonly repeated?: string
}

function configurationOf(scope: Scope): Configuration {
  let data: unknown
  let repeated: string | undefined
  try {
    const text = bodyText(scope.request.body)
    if (text.startsWith('{')) checkDepth(text)
    const parsed = parseYamlStrictly(text)
    data = parsed.data
    repeated = parsed.repeated
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw badRequest(`error decoding YAML: ${yamlErrorText(error)}`)
  }
  if (data === null || data === undefined) data = {}
  if (!isObject(data)) {
    const what = `json: cannot unmarshal ${jsonTypeOf(data)} into Go value of type map[string]interface {}`
    throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${what}`)
  }
  const apiVersion = typeof data.apiVersion === 'string' ? data.apiVersion : ''
  const kind = typeof data.kind === 'string' ? data.kind : ''
  if (kind !== scope.definition.kind || apiVersion !== apiVersionOf(scope.definition)) {
    const { group, version } = parseApiVersion(apiVersion)
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`)
  }
  return { applied: data as unknown as KubeObject, ...(repeated !== undefined && { repeated }) }
}
