import { apiVersionOf, type KubeObject, parseApiVersion } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { bodyText, checkDepth, jsonTypeOf, typedObject } from '../decode.ts'
import { ApiError, badRequest, conflict } from '../errors.ts'
import { groupResourceOf, type Scope } from '../context.ts'
import { applyConfiguration } from '../field-manager.ts'
import type { WriteOptions } from '../options.ts'
import { parseYaml, yamlErrorText } from '../yaml.ts'
import { matchName, matchNamespace } from './metadata.ts'
import type { Change } from './update.ts'

/** Reads a server-side apply as a change. */
export function applyChange(scope: Scope, options: WriteOptions): Change {
  const applied = configurationOf(scope)
  return {
    options,
    createMissing: true,
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
      const object = changed || live === undefined ? completed(scope, merged) : merged
      object.metadata.name ??= scope.info.name
      matchNamespace(scope, object)
      matchName(scope, object)
      return object
    },
  }
}

/** The merged object read as its type, with defaults. */
function completed(scope: Scope, merged: KubeObject): KubeObject {
  const { object, error } = typedObject(scope.definition, merged, undefined)
  if (error !== undefined) throw badRequest(error)
  return object
}

function configurationOf(scope: Scope): KubeObject {
  let data: unknown
  try {
    const text = bodyText(scope.request.body)
    if (text.startsWith('{')) checkDepth(text)
    data = parseYaml(text)
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
  if (kind !== scope.definition.kind || parseApiVersion(apiVersion).group !== scope.definition.group) {
    const { group, version } = parseApiVersion(apiVersion)
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`)
  }
  return {
    ...data,
    apiVersion: apiVersion === '' ? apiVersionOf(scope.definition) : apiVersion,
  } as unknown as KubeObject
}
