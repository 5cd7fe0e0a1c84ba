import { apiVersionOf, builtinSchema, type FieldError, type KubeObject } from '../../../api/index.ts'
import { cloneJson, isObject } from '../clone.ts'
import { groupResourceOf, type Scope } from '../context.ts'
import { decodeObject } from '../decode.ts'
import { conflict, invalid, methodNotAllowed, unprocessable } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { trackChange } from '../field-manager.ts'
import { parentEntries, type ScaledObject, scaleEntries } from '../managed-fields/index.ts'
import { managerOf, writeOptions } from '../options.ts'
import { objectResponse } from '../respond.ts'
import { tableOf } from '../table/index.ts'
import { liveEntry, settledAnswer } from './get.ts'
import { matchName, matchNamespace } from './metadata.ts'
import { patchChange } from './patch.ts'
import { type Change, writeChange } from './update.ts'

const SCALE_KIND = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

/** Serves the scale sub-resource: the replica count of any kind that names its paths. */
export async function serveScale(scope: Scope): Promise<ServerResponse> {
  switch (scope.request.method) {
    case 'GET':
      return objectResponse(scaleScope(scope), 200, {
        object: scaleOf(scope, (await settledAnswer(scope, liveEntry(scope))).object),
      })
    case 'PUT':
    case 'PATCH':
      return changeScale(scope)
    default:
      throw methodNotAllowed()
  }
}

/** The request as one for a Scale, which is read, patched, tracked and shown like any object. */
function scaleScope(scope: Scope): Scope {
  const { schema: _schema, read: _read, convert: _convert, conversion: _conversion, ...rest } = scope.definition
  const definition = {
    ...rest,
    ...SCALE_KIND,
    schema: builtinSchema(SCALE_KIND),
    table: tableOf(SCALE_KIND),
    applyDefaults: () => {},
  }
  return { ...scope, definition }
}

async function changeScale(scope: Scope): Promise<ServerResponse> {
  const own = scaleScope(scope)
  const change = scope.request.method === 'PATCH' ? patchChange(own) : putChange(own)
  const result = await writeChange(scope, {
    ...change,
    createMissing: false,
    async produce(live) {
      if (live === undefined) throw unprocessable()
      const scaled = scaledObject(scope, live)
      const before = scaleOf(scope, live)
      const entries = scaleEntries(scaled)
      if (entries.length > 0) before.metadata.managedFields = entries
      const wanted = await change.produce(before)
      checkScale(scope, wanted, live)
      const next = cloneJson(live)
      setPath(next, scaled.path, replicasOf(wanted))
      const { resourceVersion, managedFields } = wanted.metadata
      if (resourceVersion === undefined) delete next.metadata.resourceVersion
      else next.metadata.resourceVersion = resourceVersion
      const owners = parentEntries(scaled, managedFields)
      if (owners.length > 0) next.metadata.managedFields = owners
      else delete next.metadata.managedFields
      return next
    },
  })
  return objectResponse(own, 200, { object: scaleOf(scope, result.answer.object) })
}

function scaledObject(scope: Scope, { metadata }: KubeObject): ScaledObject {
  const path = (scope.definition.scale?.specReplicasPath ?? '.spec.replicas').replace(/^\./, '')
  return { entries: metadata.managedFields, path, apiVersion: apiVersionOf(scope.definition) }
}

function putChange(own: Scope): Change {
  const options = writeOptions(own.request.query, 'UpdateOptions')
  const manager = managerOf(options, own.request.headers['user-agent'])
  const object = decodeObject(own, SCALE_KIND, options)
  matchNamespace(own, object)
  matchName(own, object)
  const { uid = '' } = object.metadata
  return {
    options,
    createMissing: false,
    ...(uid !== '' && { uid }),
    produce: (live) => trackChange(own, live, cloneJson(object), manager),
  }
}

function checkScale(scope: Scope, scale: KubeObject, live: KubeObject): void {
  const { name } = scope.info
  const replicas = replicasOf(scale)
  if (replicas < 0) {
    const detail = 'must be greater than or equal to 0'
    const error: FieldError = { type: 'Invalid', field: 'spec.replicas', value: replicas, detail }
    throw invalid(SCALE_KIND, name, [error])
  }
  const { uid = '' } = scale.metadata
  if (uid === '' || uid === live.metadata.uid) return
  const { group, resource } = groupResourceOf(scope.definition)
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid ?? ''}`
  throw conflict({ group, resource: `${resource}/scale` }, name, why)
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
