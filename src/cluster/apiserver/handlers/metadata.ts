import { jsonEqual, type KubeObject, METADATA_FIELDS, type OwnerReference } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import type { Scope } from '../context.ts'
import { badRequest } from '../errors.ts'

/** Removes what only the server may set. As WipeObjectMetaSystemFields. */
export function wipeSystemFields(object: KubeObject): void {
  const { metadata } = object
  delete metadata.creationTimestamp
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata.uid
  delete metadata.selfLink
}

/** Makes the object's namespace that of the request; throws 400 when it names another. */
export function matchNamespace(scope: Scope, object: KubeObject): void {
  const { metadata } = object
  if (!scope.definition.namespaced) {
    delete metadata.namespace
    return
  }
  if (metadata.namespace === undefined || metadata.namespace === '') metadata.namespace = scope.info.namespace
  if (metadata.namespace === scope.info.namespace) return
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

/** Checks the names in the object of an update against the URL. */
export function matchName(scope: Scope, object: KubeObject): void {
  const { name = '', namespace = '' } = object.metadata
  if (name === '') {
    const text = `the name of the object (${scope.info.name} based on URL) was undeterminable: name must be provided`
    throw badRequest(text)
  }
  if (name !== scope.info.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${scope.info.name})`)
  }
  const wanted = scope.definition.namespaced ? scope.info.namespace : ''
  if (wanted !== '' && namespace !== '' && namespace !== wanted) {
    throw badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the request (${wanted})`,
    )
  }
}

/** Drops owners that are named twice, with a warning. */
export function dedupOwners(scope: Scope, object: KubeObject, afterAdmission: boolean): void {
  const owners = object.metadata.ownerReferences
  if (!Array.isArray(owners) || owners.length < 2) return
  const kept: OwnerReference[] = []
  const repeated: string[] = []
  for (const owner of owners) {
    if (kept.some((other) => jsonEqual(other, owner))) repeated.push(owner.uid)
    else kept.push(owner)
  }
  if (repeated.length === 0) return
  const when = afterAdmission ? ' after mutating admission happens' : ''
  const uids = repeated.join(', ')
  scope.warnings.push(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids}`,
  )
  object.metadata.ownerReferences = kept
}

/** Puts metadata in order without empty values, as Go's `omitempty` leaves them out. */
export function tidyMetadata(object: KubeObject): void {
  const metadata = object.metadata as Record<string, unknown>
  const tidy: Record<string, unknown> = {}
  for (const key of METADATA_FIELDS) if (!isEmpty(metadata[key])) tidy[key] = metadata[key]
  object.metadata = tidy
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}

/** The fields whose change counts as a new generation: all but metadata and status. */
export function specChanged(object: KubeObject, old: KubeObject, countsStatus = false): boolean {
  const keys = new Set([...Object.keys(object), ...Object.keys(old)])
  for (const key of keys) {
    if (key === 'metadata' || (key === 'status' && !countsStatus) || key === 'kind' || key === 'apiVersion') continue
    if (!jsonEqual(object[key], old[key])) return true
  }
  return false
}

/** Whether the server keeps metadata.generation for this object. */
export function hasGeneration(scope: Scope, object: KubeObject): boolean {
  return scope.definition.strategy.generation ?? object.spec !== undefined
}
