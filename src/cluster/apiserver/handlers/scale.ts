import type { FieldError, KubeObject } from '../../../api/index.ts'
import { applyJsonPatch, applyMergePatch, type JsonObject, type JsonPatchOperation } from '../../../api/index.ts'
import { cloneJson, isObject } from '../clone.ts'
import type { Scope } from '../context.ts'
import { bodyText, decodeObject, mediaType } from '../decode.ts'
import {
  badRequest,
  conflict,
  invalid,
  methodNotAllowed,
  OBJECT_MODIFIED,
  unprocessable,
  unsupportedMediaType,
} from '../errors.ts'
import { groupResourceOf } from '../context.ts'
import type { ServerResponse } from '../exchange.ts'
import { trackReplicas } from '../field-manager.ts'
import { managerOf, writeOptions } from '../options.ts'
import { objectResponse } from '../respond.ts'
import { liveEntry, settledAnswer } from './get.ts'
import { writeChange } from './update.ts'

const SCALE_KIND = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

/** Serves the scale sub-resource: the replica count of any kind that names its paths. */
export async function serveScale(scope: Scope): Promise<ServerResponse> {
  switch (scope.request.method) {
    case 'GET':
      return objectResponse(scope, 200, {
        object: scaleOf(scope, (await settledAnswer(scope, liveEntry(scope))).object),
      })
    case 'PUT':
    case 'PATCH':
      return changeScale(scope)
    default:
      throw methodNotAllowed()
  }
}

async function changeScale(scope: Scope): Promise<ServerResponse> {
  const isPatch = scope.request.method === 'PATCH'
  const options = writeOptions(scope.request.query, isPatch ? 'PatchOptions' : 'UpdateOptions')
  const manager = managerOf(options, scope.request.headers['user-agent'])
  const sent = isPatch ? undefined : decodeObject({ ...scope, definition: scaleDefinition(scope) }, SCALE_KIND, options)
  const result = await writeChange(scope, {
    options,
    createMissing: false,
    produce(live) {
      if (live === undefined) throw unprocessable()
      const before = scaleOf(scope, live)
      const wanted = sent ?? patchedScale(scope, before)
      checkScale(scope, wanted, before)
      const replicas = replicasOf(wanted)
      const next = cloneJson(live)
      setPath(next, scope.definition.scale?.specReplicasPath ?? '.spec.replicas', replicas)
      return trackReplicas(scope, { live, next, manager, replicas })
    },
  })
  return objectResponse(scope, 200, { object: scaleOf(scope, result.answer.object) })
}

/** A Scale has no schema or defaults of its own here. */
function scaleDefinition(scope: Scope): Scope['definition'] {
  const { schema: _schema, read: _read, ...rest } = scope.definition
  return { ...rest, applyDefaults: () => {} }
}

function patchedScale(scope: Scope, before: KubeObject): KubeObject {
  const type = mediaType(scope.request.headers['content-type'])
  const document = before as unknown as JsonObject
  let patch: unknown
  try {
    patch = JSON.parse(bodyText(scope.request.body))
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (type === 'application/json-patch+json') {
    if (!Array.isArray(patch)) throw unprocessable()
    return applyJsonPatch(document, patch as JsonPatchOperation[]) as unknown as KubeObject
  }
  if (
    type === 'application/merge-patch+json' ||
    type === 'application/strategic-merge-patch+json' ||
    type === 'application/apply-patch+yaml'
  ) {
    return applyMergePatch(document, patch as JsonObject) as unknown as KubeObject
  }
  throw unsupportedMediaType('415: Unsupported Media Type', {})
}

function checkScale(scope: Scope, scale: KubeObject, before: KubeObject): void {
  const { name = '', resourceVersion = '', uid = '' } = scale.metadata ?? {}
  if (name === '') {
    const text = `the name of the object (${scope.info.name} based on URL) was undeterminable: name must be provided`
    throw badRequest(text)
  }
  if (name !== scope.info.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${scope.info.name})`)
  }
  const errors: FieldError[] = []
  const replicas = replicasOf(scale)
  if (replicas < 0) {
    errors.push({
      type: 'Invalid',
      field: 'spec.replicas',
      value: replicas,
      detail: 'must be greater than or equal to 0',
    })
  }
  if (errors.length > 0) throw invalid(SCALE_KIND, name, errors)
  const stale = resourceVersion !== '' && resourceVersion !== '0' && resourceVersion !== before.metadata.resourceVersion
  if (stale || (uid !== '' && uid !== before.metadata.uid)) {
    throw conflict(groupResourceOf(scope.definition), name, OBJECT_MODIFIED)
  }
}

function replicasOf(scale: KubeObject): number {
  const spec = isObject(scale.spec) ? scale.spec : {}
  return typeof spec.replicas === 'number' ? spec.replicas : 0
}

/** The Scale of an object. */
export function scaleOf(scope: Scope, object: KubeObject): KubeObject {
  const paths = scope.definition.scale
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = numberAt(object, paths?.specReplicasPath ?? '.spec.replicas')
  const selector = selectorText(object, paths?.labelSelectorPath)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: numberAt(object, paths?.statusReplicasPath ?? '.status.replicas'),
      ...(selector !== '' && { selector }),
    },
  }
}

function valueAt(object: unknown, path: string): unknown {
  let value = object
  for (const part of path.split('.').filter((each) => each !== '')) value = isObject(value) ? value[part] : undefined
  return value
}

function numberAt(object: KubeObject, path: string): number {
  const value = valueAt(object, path)
  return typeof value === 'number' ? value : 0
}

function setPath(object: KubeObject, path: string, value: number): void {
  const parts = path.split('.').filter((each) => each !== '')
  const last = parts.pop() ?? ''
  let target: Record<string, unknown> = object
  for (const part of parts) {
    if (!isObject(target[part])) target[part] = {}
    target = target[part] as Record<string, unknown>
  }
  target[last] = value
}

/** Built-in workloads keep their selector in the spec; others have a text at a path of their choice. */
function selectorText(object: KubeObject, path: string | undefined): string {
  const selector = valueAt(object, '.spec.selector')
  const own = path === undefined ? undefined : valueAt(object, path)
  if (typeof own === 'string') return own
  return isObject(selector) ? printSelector(selector) : ''
}

interface Requirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** A selector as text, sorted by key, as labels.Selector prints it. */
function printSelector(selector: Record<string, unknown>): string {
  const isFull = isObject(selector.matchLabels) || Array.isArray(selector.matchExpressions)
  const labels = isFull ? (selector.matchLabels ?? {}) : selector
  const parts = Object.entries(labels as Record<string, unknown>).map(
    ([key, value]) => [key, `${key}=${String(value)}`] as const,
  )
  const expressions = (isFull ? (selector.matchExpressions ?? []) : []) as readonly Requirement[]
  const more = expressions.map(({ key, operator, values = [] }) => {
    const list = [...values].sort().join(',')
    if (operator === 'Exists') return [key, key] as const
    if (operator === 'DoesNotExist') return [key, `!${key}`] as const
    return [key, `${key} ${operator === 'In' ? 'in' : 'notin'} (${list})`] as const
  })
  return [...parts, ...more]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, text]) => text)
    .join(',')
}
