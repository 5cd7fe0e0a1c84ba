import type { KubeObject } from '../../../api/index.ts'
import { cloneJson, isObject } from '../clone.ts'
import type { Scope } from '../context.ts'
import { bodyText, mediaType, objectOf } from '../decode.ts'
import { badRequest, methodNotAllowed, unsupportedMediaType } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { trackUpdate } from '../field-manager.ts'
import { managerOf, writeOptions } from '../options.ts'
import { objectResponse } from '../respond.ts'
import { parseYaml } from '../yaml.ts'
import { matchName, matchNamespace } from './metadata.ts'
import { writeChange } from './update.ts'

/** Answers PATCH of an object or of a sub-resource that has the shape of its object. */
export async function patchObject(scope: Scope): Promise<ServerResponse> {
  if (scope.info.subresource === '' && !scope.definition.verbs.includes('patch')) throw methodNotAllowed()
  const type = mediaType(scope.request.headers['content-type'])
  const apply = type === 'application/apply-patch+yaml'
  const options = writeOptions(scope.request.query, 'PatchOptions', { apply })
  const manager = managerOf(options, scope.request.headers['user-agent'])
  const patch = patchOf(scope, type)
  const result = await writeChange(scope, {
    options,
    createMissing: apply,
    produce(live) {
      const changed = patch(live ?? emptyObject(scope))
      const object = objectOf(scope, changed, scope.definition, options, JSON.stringify(changed))
      matchNamespace(scope, object)
      matchName(scope, object)
      return trackUpdate(scope, live, object, manager)
    },
  })
  return objectResponse(scope, result.created ? 201 : 200, result.answer)
}

function emptyObject(scope: Scope): KubeObject {
  const { group, version, kind } = scope.definition
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind, metadata: { name: scope.info.name } }
}

function patchOf(scope: Scope, type: string): (live: KubeObject) => unknown {
  const text = bodyText(scope.request.body)
  switch (type) {
    case 'application/merge-patch+json':
    case 'application/strategic-merge-patch+json': {
      const patch = parseJson(text)
      return (live) => mergePatch(live, patch)
    }
    case 'application/apply-patch+yaml': {
      const patch = parseYaml(text)
      return (live) => mergePatch(live, patch)
    }
    default:
      throw unsupportedMediaType('415: Unsupported Media Type', {})
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error))
  }
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return cloneJson(patch)
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  }
  return result
}
