import { formatTime, jsonEqual, type KubeObject, stringAt } from '../../../api/index.ts'
import { StoreError, type StoreEntry } from '../../store/index.ts'
import { cloneJson, isObject } from '../clone.ts'
import { groupResourceOf, type Scope, strategyContext, timestamp } from '../context.ts'
import { bodyText, checkDepth, jsonTypeOf, mediaType, parseBody } from '../decode.ts'
import { badRequest, conflict, methodNotAllowed, notFound, OBJECT_MODIFIED } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { jsonErrorText } from '../json-error.ts'
import { fromStored, keyOf, settle, toStored } from '../object-storage.ts'
import { checkDeleteOptions, type DeleteOptions, deleteOptionsFromQuery, listOptions } from '../options.ts'
import { type Answer, listResponse, objectResponse } from '../respond.ts'
import { admissionFor } from './create.ts'
import { answerOf, settledAnswer } from './get.ts'
import { selectPage } from './list.ts'

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'
const RETRIES = 5

/** Answers DELETE of one object. */
export async function deleteObject(scope: Scope): Promise<ServerResponse> {
  if (!scope.definition.verbs.includes('delete')) throw methodNotAllowed()
  const options = readOptions(scope)
  warnOfOrphans(scope, options)
  const outcome = await removeObject(scope, scope.info.namespace, scope.info.name, options)
  const accepted = !outcome.deleted && options.orphanDependents === false
  return objectResponse(scope, accepted ? 202 : 200, outcome.answer)
}

/** Answers DELETE of a collection: every selected object is deleted as by itself; the answer lists them as they were. */
export async function deleteCollection(scope: Scope): Promise<ServerResponse> {
  if (!scope.definition.verbs.includes('deletecollection')) throw methodNotAllowed()
  const selection = listOptions(scope.request.query, false)
  const options = readOptions(scope)
  warnOfOrphans(scope, options)
  const page = await selectPage(scope, selection)
  const removals = page.answers.map(async ({ object }) => {
    try {
      await removeObject(scope, object.metadata.namespace ?? '', object.metadata.name ?? '', options)
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'NotFound') throw error
    }
  })
  await Promise.all(removals)
  return listResponse(scope, page.answers, page.meta)
}

/** Kinds whose dependents stay when a delete does not say what is to become of them. */
const ORPHANING: ReadonlySet<string> = new Set(['/ReplicationController', 'batch/Job'])

/** Whoever deletes a Job without saying what is to become of its pods is told that they stay. */
function warnOfOrphans(scope: Scope, { propagationPolicy, orphanDependents }: DeleteOptions): void {
  if (scope.definition.kind !== 'Job' || propagationPolicy !== undefined || orphanDependents !== undefined) return
  scope.warnings.push(
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  )
}

/** Options from the body, or from the query when there is no body. */
function readOptions(scope: Scope): DeleteOptions {
  const { body, query } = scope.request
  const options = body.length > 0 ? bodyOptions(scope) : deleteOptionsFromQuery(query)
  checkDeleteOptions(options)
  return options
}

/** Types of options, as JSON and as Go name them. */
const OPTION_TYPES = [
  ['gracePeriodSeconds', 'number', 'int64'],
  ['propagationPolicy', 'string', 'v1.DeletionPropagation'],
  ['orphanDependents', 'boolean', 'bool'],
] as const

/** Options that cannot be read are refused with the reason alone. */
function parsedOptions(scope: Scope): unknown {
  if (mediaType(scope.request.headers['content-type']) !== 'application/json') {
    return parseBody(scope, 'DeleteOptions').data
  }
  const text = bodyText(scope.request.body)
  checkDepth(text)
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(`couldn't get version/kind; json parse error: ${jsonErrorText(text)}`)
  }
}

function notAnObject(data: unknown): Error {
  const shape =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
  const why = `json: cannot unmarshal ${jsonTypeOf(data)} into Go value of type ${shape}`
  return badRequest(`couldn't get version/kind; json parse error: ${why}`)
}

function bodyOptions(scope: Scope): DeleteOptions {
  const data = parsedOptions(scope) ?? {}
  if (!isObject(data)) throw notAnObject(data)
  for (const [key, type, word] of OPTION_TYPES) {
    const value = data[key]
    if (value === undefined || value === null || typeof value === type) continue
    const found = jsonTypeOf(value)
    throw badRequest(`json: cannot unmarshal ${found} into Go struct field DeleteOptions.${key} of type ${word}`)
  }
  if (data.kind !== undefined && data.kind !== '' && data.kind !== 'DeleteOptions') {
    const version = JSON.stringify(stringAt(data, 'apiVersion') || 'v1')
    throw badRequest(
      `no kind ${JSON.stringify(data.kind)} is registered for version ${version} in scheme "pkg/runtime/scheme.go:111"`,
    )
  }
  return data as DeleteOptions
}

/** What a delete came to: gone, or only marked. */
export interface Removal {
  readonly answer: Answer
  readonly deleted: boolean
}

/** Deletes one object, or marks it when finalizers or a grace period hold it. As the generic registry's Delete. */
export async function removeObject(
  scope: Scope,
  namespace: string,
  name: string,
  options: DeleteOptions,
): Promise<Removal> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await tryRemove(scope, namespace, name, options)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (error.code === 'KEY_NOT_FOUND') throw notFound(groupResourceOf(scope.definition), name)
      if (error.code !== 'REVISION_CONFLICT') throw error
      if (attempt >= RETRIES) throw conflict(groupResourceOf(scope.definition), name, OBJECT_MODIFIED)
    }
  }
}

async function tryRemove(scope: Scope, namespace: string, name: string, options: DeleteOptions): Promise<Removal> {
  const { server, definition } = scope
  const entry = server.store.get(keyOf(definition, namespace, name))
  if (entry === undefined) throw notFound(groupResourceOf(definition), name)
  const waiting = settle(definition, [entry], true)
  if (waiting !== undefined) await waiting
  const live = fromStored(definition, entry)
  checkPreconditions(scope, live, options)
  const dryRun = (options.dryRun ?? []).length > 0
  const removal = { ...admissionFor(scope, 'DELETE', undefined, live, dryRun), namespace, name }
  await server.admission.admitRemoval(removal)
  await server.admission.validate(removal)
  const marked = cloneJson(live)
  const step = planDeletion(scope, marked, options)
  if (step === 'pending') return { answer: finished(scope, answerOf(scope, entry)), deleted: false }
  if (step === 'mark') {
    if (dryRun) return { answer: { object: marked }, deleted: false }
    if (jsonEqual(marked, live)) return { answer: answerOf(scope, entry), deleted: false }
    const value = await toStored(definition, marked)
    const written = await server.store.update(entry.key, value, { expectedRevision: entry.revision })
    return { answer: await settledAnswer(scope, written), deleted: false }
  }
  if (dryRun) return { answer: finished(scope, { object: marked }), deleted: true }
  const erased = await settledAnswer(scope, await erase(scope, entry, marked))
  return { answer: finished(scope, erased), deleted: true }
}

async function erase(scope: Scope, entry: StoreEntry, object: KubeObject): Promise<StoreEntry> {
  const value = await toStored(scope.definition, object)
  return scope.server.store.delete(entry.key, { expectedRevision: entry.revision, value })
}

/** Resources whose finished delete answers the object. */
const RETURNED: ReadonlySet<string> = new Set([
  'csidrivers',
  'csinodes',
  'deviceclasses',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourceclaims',
  'resourceclaimtemplates',
  'resourcequotas',
  'resourceslices',
  'serviceaccounts',
  'services',
  'storageclasses',
  'volumeattachments',
  'volumeattributesclasses',
])

/** Kinds that answer a finished delete with the object; the others answer a Status. */
function finished(scope: Scope, answer: Answer): Answer {
  const { definition } = scope
  if (definition.custom !== true && RETURNED.has(definition.plural)) return answer
  const { name = '', uid = '' } = answer.object.metadata
  const group = definition.group === '' ? {} : { group: definition.group }
  const details = { name, ...group, kind: definition.plural, uid }
  return { object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } }
}

function checkPreconditions(scope: Scope, live: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {}
  const { metadata } = live
  const resource = { group: scope.definition.storageGroup ?? scope.definition.group, resource: scope.definition.kind }
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`
    throw conflict(resource, metadata.name ?? '', why)
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`
    throw conflict(resource, metadata.name ?? '', why)
  }
}

/**
 * Changes `object` to what a deletion makes of it now. `erase`: nothing holds it; `mark`: it stays, marked; `pending`: a
 * graceful deletion runs already and this request does not shorten it.
 */
function planDeletion(scope: Scope, object: KubeObject, options: DeleteOptions): 'erase' | 'mark' | 'pending' {
  const { metadata } = object
  if (scope.definition.strategy.prepareForDelete?.(object, strategyContext(scope)) === true) return 'mark'
  const graceful = planGrace(scope, object, options)
  if (graceful === 'pending') return 'pending'
  if (isHeldNamespace(scope, object)) {
    metadata.deletionTimestamp ??= timestamp(scope.server.clock)
    object.status = { ...(isObject(object.status) ? object.status : {}), phase: 'Terminating' }
    return 'mark'
  }
  const finalizers = collectionFinalizers(scope, metadata.finalizers ?? [], options)
  if (finalizers.length > 0) metadata.finalizers = finalizers
  else delete metadata.finalizers
  if (graceful === 'graceful') {
    return finalizers.length > 0 || (metadata.deletionGracePeriodSeconds ?? 0) > 0 ? 'mark' : 'erase'
  }
  if (finalizers.length === 0) return 'erase'
  if (metadata.deletionTimestamp === undefined) {
    if ((metadata.generation ?? 0) > 0) metadata.generation = (metadata.generation ?? 0) + 1
    metadata.deletionTimestamp = timestamp(scope.server.clock)
  } else if (Date.parse(metadata.deletionTimestamp) > scope.server.clock.nowMs()) {
    metadata.deletionTimestamp = timestamp(scope.server.clock)
  }
  metadata.deletionGracePeriodSeconds = 0
  return 'mark'
}

/** A namespace stays, terminating, until its own finalizers (spec.finalizers) are taken off. */
function isHeldNamespace(scope: Scope, object: KubeObject): boolean {
  const { group, kind } = scope.definition
  if (group !== '' || kind !== 'Namespace') return false
  const spec = isObject(object.spec) ? object.spec : {}
  return Array.isArray(spec.finalizers) && spec.finalizers.length > 0
}

/** As rest.BeforeDelete, for kinds with a grace period. */
function planGrace(scope: Scope, object: KubeObject, options: DeleteOptions): 'graceful' | 'pending' | 'none' {
  const strategy = scope.definition.strategy
  if (strategy.gracePeriodSeconds === undefined) return 'none'
  const { metadata } = object
  const asked = options.gracePeriodSeconds
  const wanted = asked !== undefined && asked < 0 ? 1 : asked
  if (metadata.deletionTimestamp !== undefined) {
    const current = metadata.deletionGracePeriodSeconds ?? 0
    if (current === 0) return 'none'
    if (wanted === undefined || wanted >= current) return 'pending'
    shortenGrace(scope, object, current, wanted)
    return 'graceful'
  }
  // Zero by default means that there is nothing to wait for, whatever was asked.
  const usual = strategy.gracePeriodSeconds(object)
  const seconds = usual === 0 ? 0 : (wanted ?? usual)
  metadata.deletionTimestamp = formatTime(scope.server.clock.nowMs() + seconds * 1000)
  metadata.deletionGracePeriodSeconds = seconds
  if ((metadata.generation ?? 0) > 0) metadata.generation = (metadata.generation ?? 0) + 1
  return 'graceful'
}

/** The deletion time moves by the difference, but never into the past. */
function shortenGrace(scope: Scope, object: KubeObject, current: number, wanted: number): void {
  const { metadata } = object
  const now = scope.server.clock.nowMs()
  const due = Date.parse(metadata.deletionTimestamp ?? '') - current * 1000 + wanted * 1000
  const past = due < now
  metadata.deletionTimestamp = formatTime(past ? now : due)
  metadata.deletionGracePeriodSeconds = past && wanted !== 0 ? 1 : wanted
}

/** The finalizers by which the garbage collector learns what to do with dependents. */
function collectionFinalizers(scope: Scope, current: readonly string[], options: DeleteOptions): string[] {
  const kept = current.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND)
  if (wantsOrphan(scope, current, options)) kept.push(ORPHAN)
  if (wantsForeground(current, options)) kept.push(FOREGROUND)
  return kept
}

function wantsOrphan({ definition }: Scope, current: readonly string[], options: DeleteOptions): boolean {
  if (options.orphanDependents !== undefined) return options.orphanDependents
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Orphan'
  const first = current.find((finalizer) => finalizer === ORPHAN || finalizer === FOREGROUND)
  return first === undefined ? ORPHANING.has(`${definition.group}/${definition.kind}`) : first === ORPHAN
}

function wantsForeground(current: readonly string[], options: DeleteOptions): boolean {
  if (options.orphanDependents !== undefined) return false
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Foreground'
  const first = current.find((finalizer) => finalizer === ORPHAN || finalizer === FOREGROUND)
  return first === FOREGROUND
}
