import { apiVersionOf, applyMergePatch, type JsonObject, type KubeObject } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import type { Scope } from '../context.ts'
import { bodyText, typedObject } from '../decode.ts'
import { badRequest } from '../errors.ts'
import type { WriteOptions } from '../options.ts'
import { parseYaml } from '../yaml.ts'
import { matchName, matchNamespace } from './metadata.ts'
import type { Change } from './update.ts'

/** Reads a server-side apply as a change. */
export function applyChange(scope: Scope, options: WriteOptions): Change {
  return {
    options,
    createMissing: true,
    produce(live) {
      const patch = configurationOf(scope)
      const base = live ?? { apiVersion: apiVersionOf(scope.definition), kind: scope.definition.kind, metadata: {} }
      const merged = applyMergePatch(base as unknown as JsonObject, patch as unknown as JsonObject)
      const object = typedObject(scope.definition, merged as unknown as KubeObject, undefined).object
      object.metadata.name ??= scope.info.name
      matchNamespace(scope, object)
      matchName(scope, object)
      return object
    },
  }
}

function configurationOf(scope: Scope): KubeObject {
  let data: unknown
  try {
    data = parseYaml(bodyText(scope.request.body))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${why}`)
  }
  if (!isObject(data)) throw badRequest('error decoding YAML: the document is not an object')
  return data as unknown as KubeObject
}
