import { jsonEqual, type KubeObject } from '../../../api/index.ts'
import { StoreError, type StoreEntry } from '../../store/index.ts'
import type { AdmissionRequest } from '../admission/chain.ts'
import { cloneJson } from '../clone.ts'
import { groupResourceOf, type Scope, strategyContext } from '../context.ts'
import { decodeObject } from '../decode.ts'
import { conflict, invalid, methodNotAllowed, notFound, OBJECT_MODIFIED, plainServerError } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { trackChange } from '../field-manager.ts'
import { fromStored, keyOf, settle } from '../object-storage.ts'
import { managerOf, type WriteOptions, writeOptions } from '../options.ts'
import { type Answer, objectResponse } from '../respond.ts'
import { admissionFor, reserve, storedKind, storedValue, storeNew } from './create.ts'
import { answerOf, settledAnswer } from './get.ts'
import {
  dedupOwners,
  hasGeneration,
  matchName,
  matchNamespace,
  specChanged,
  tidyMetadata,
  wipeSystemFields,
} from './metadata.ts'
import { updateModeOf } from './update-mode.ts'

/** Resources of which PUT makes a new object when there is none. */
const CREATED_BY_PUT: ReadonlySet<string> = new Set([
  'clusterrolebindings',
  'clusterroles',
  'endpoints',
  'events',
  'leases',
  'limitranges',
  'podtemplates',
  'rolebindings',
  'roles',
  'services',
])

/** Answers PUT of an object or of a sub-resource that has the shape of its object. */
export async function updateObject(scope: Scope): Promise<ServerResponse> {
  if (scope.info.subresource === '' && !scope.definition.verbs.includes('update')) throw methodNotAllowed()
  const options = writeOptions(scope.request.query, 'UpdateOptions')
  const object = decodeObject(scope, scope.definition, options)
  matchNamespace(scope, object)
  matchName(scope, object)
  dedupOwners(scope, object, false)
  const manager = managerOf(options, scope.request.headers['user-agent'])
  const result = await writeChange(scope, {
    options,
    createMissing:
      scope.info.subresource === '' && scope.definition.custom !== true && CREATED_BY_PUT.has(scope.definition.plural),
    ...(object.metadata.uid !== undefined && object.metadata.uid !== '' && { uid: object.metadata.uid }),
    produce: (live) => trackChange(scope, live, cloneJson(object), manager),
  })
  return objectResponse(scope, result.created ? 201 : 200, result.answer)
}

/** A change to one object. */
export interface Change {
  readonly options: Pick<WriteOptions, 'dryRun'>
  /** Create the object when it does not exist. */
  readonly createMissing: boolean
  /** The object has to be this one. */
  readonly uid?: string
  /** Makes the new object from the live one (a copy that may be changed). Called again when a conflict is retried. */
  produce(live: KubeObject | undefined): KubeObject | Promise<KubeObject>
}

/** Kinds of which an update has to say which version it is based on; so do all custom ones. */
const NEEDS_VERSION: ReadonlySet<string> = new Set([
  'APIService',
  'CSIDriver',
  'CSINode',
  'CSIStorageCapacity',
  'CustomResourceDefinition',
  'Lease',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'PodDisruptionBudget',
  'RuntimeClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
])

function requireVersion(scope: Scope, version: string): void {
  if (version !== '' && version !== '0') return
  const { group, plural } = scope.definition
  const finding = {
    type: 'Invalid',
    field: 'metadata.resourceVersion',
    value: 0,
    detail: 'must be specified for an update',
  } as const
  throw invalid({ group, kind: plural }, scope.info.name, [finding])
}

const RETRIES = 5

/** Applies a change under optimistic locking, as the generic registry's Update does. */
export async function writeChange(scope: Scope, change: Change): Promise<{ answer: Answer; created: boolean }> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await tryChange(scope, change)
    } catch (error) {
      if (!isLostRace(error) || attempt >= RETRIES) throw translated(scope, error)
    }
  }
}

function isLostRace(error: unknown): boolean {
  return error instanceof StoreError && (error.code === 'REVISION_CONFLICT' || error.code === 'KEY_EXISTS')
}

function translated(scope: Scope, error: unknown): unknown {
  if (!(error instanceof StoreError)) return error
  const resource = groupResourceOf(scope.definition)
  if (error.code === 'REVISION_CONFLICT') return conflict(resource, scope.info.name, OBJECT_MODIFIED)
  return error.code === 'KEY_NOT_FOUND' ? notFound(resource, scope.info.name) : error
}

async function tryChange(scope: Scope, change: Change): Promise<{ answer: Answer; created: boolean }> {
  const { server, definition, info } = scope
  const entry = server.store.get(keyOf(definition, info.namespace, info.name))
  if (entry === undefined) {
    if (!change.createMissing) throw notFound(groupResourceOf(definition), info.name)
    const object = await change.produce(undefined)
    wipeSystemFields(object)
    delete object.metadata.resourceVersion
    return { answer: await storeNew(scope, object, change.options), created: true }
  }
  const waiting = settle(definition, [entry])
  if (waiting !== undefined) await waiting
  const old = fromStored(definition, entry)
  if (change.uid !== undefined && change.uid !== old.metadata.uid) {
    const key = `${change.options.dryRun ? '' : '/registry'}${storageKey(entry.key)}`
    throw conflict(groupResourceOf(definition), info.name, uidMismatch(key, change.uid, old.metadata.uid ?? ''))
  }
  const object = await change.produce(cloneJson(old))
  const answer = await storeChanged(scope, entry, old, object, change.options)
  return { answer, created: false }
}

function uidMismatch(key: string, wanted: string, found: string): string {
  const why = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`
}

/** Resources that Kubernetes keeps under another name than their own. */
const KEPT_AS: Readonly<Record<string, string>> = {
  'core/endpoints': 'services/endpoints',
  'core/nodes': 'minions',
  'core/replicationcontrollers': 'controllers',
  'core/services': 'services/specs',
  'networking.k8s.io/ingresses': 'ingress',
  'apiextensions.k8s.io/customresourcedefinitions': 'apiextensions.k8s.io/customresourcedefinitions',
  'apiregistration.k8s.io/apiservices': 'apiregistration.k8s.io/apiservices',
}

/** The key as Kubernetes would name it: built-in resources without their group. A dry run does not see etcd's prefix. */
function storageKey(key: string): string {
  const [group = '', resource = '', ...rest] = key.split('/')
  const custom = group.includes('.') && !group.endsWith('.k8s.io')
  const name = KEPT_AS[`${group}/${resource}`] ?? (custom ? `${group}/${resource}` : resource)
  return `/${[name, ...rest].join('/')}`
}

/** Checks preconditions, completes, validates, admits and writes a changed object. */
async function storeChanged(
  scope: Scope,
  entry: StoreEntry,
  old: KubeObject,
  object: KubeObject,
  options: Pick<WriteOptions, 'dryRun'>,
): Promise<Answer> {
  const { server, definition, info } = scope
  const { metadata } = object
  const version = metadata.resourceVersion ?? ''
  const request = admissionFor(scope, 'UPDATE', object, old, options.dryRun)
  await server.admission.admit(request)
  dedupOwners(scope, object, true)
  if (!/^\d*$/.test(version))
    throw plainServerError(`strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`)
  if (NEEDS_VERSION.has(definition.kind) || definition.custom === true) requireVersion(scope, version)
  if (version !== '' && version !== '0' && version !== String(entry.revision)) {
    throw conflict(groupResourceOf(definition), info.name, OBJECT_MODIFIED)
  }
  metadata.resourceVersion = String(entry.revision)
  prepareChanged(scope, object, old)
  const release = await server.allocators.onUpdate(scope, object, old, options.dryRun)
  try {
    return await writeChanged(scope, entry, { old, object, request, options, release })
  } catch (error) {
    release()
    throw error
  }
}

interface ChangedWrite {
  readonly old: KubeObject
  readonly object: KubeObject
  readonly request: AdmissionRequest
  readonly options: Pick<WriteOptions, 'dryRun'>
  /** Gives back what was allocated for the change. */
  release(): void
}

/** Checks and writes a changed object. What is allocated for it comes before the checks, as in Kubernetes. */
async function writeChanged(
  scope: Scope,
  entry: StoreEntry,
  { old, object, request, options, release }: ChangedWrite,
): Promise<Answer> {
  const { server, definition, info } = scope
  const errors = updateModeOf(scope).validate(object, old)
  if (errors.length > 0) throw invalid(storedKind(definition, object), info.name, errors)
  await server.admission.validate(request)
  scope.warnings.push(...(definition.strategy.warnings?.(object, old) ?? []))
  tidyMetadata(object)
  if (isUnchanged(object, old)) return answerOf(scope, entry)
  const value = await storedValue(scope, object, release)
  reserve(scope, request, release)
  if (options.dryRun) return { object }
  return settledAnswer(scope, await write(scope, entry, { value, finished: isFinishedDeletion(object, old) }))
}

function write(
  scope: Scope,
  entry: StoreEntry,
  { value, finished }: { readonly value: KubeObject; readonly finished: boolean },
): Promise<StoreEntry> {
  const { store } = scope.server
  const key = entry.key
  const expectedRevision = entry.revision
  if (finished) return store.delete(key, { expectedRevision, value })
  return store.update(key, value, { expectedRevision })
}

/** An update that removes the last finalizer of an object in deletion deletes it. */
function isFinishedDeletion(object: KubeObject, old: KubeObject): boolean {
  if ((object.metadata.finalizers ?? []).length > 0) return false
  if (old.metadata.deletionTimestamp === undefined) return false
  const spec = object.kind === 'Namespace' ? (object.spec as { finalizers?: readonly string[] } | undefined) : undefined
  if ((spec?.finalizers ?? []).length > 0) return false
  return (old.metadata.deletionGracePeriodSeconds ?? 0) === 0
}

/** Carries over what an update may not touch and lets the strategy prepare the rest. As rest.BeforeUpdate. */
function prepareChanged(scope: Scope, object: KubeObject, old: KubeObject): void {
  const { metadata } = object
  const before = old.metadata
  if (before.generation === undefined) delete metadata.generation
  else metadata.generation = before.generation
  const { strategy } = scope.definition
  const mode = updateModeOf(scope)
  mode.prepare(object, old, strategyContext(scope))
  if ((metadata.uid ?? '') === '' && before.uid !== undefined) metadata.uid = before.uid
  if (before.creationTimestamp !== undefined) metadata.creationTimestamp = before.creationTimestamp
  if (before.deletionTimestamp !== undefined) metadata.deletionTimestamp = before.deletionTimestamp
  if (before.deletionGracePeriodSeconds !== undefined) {
    metadata.deletionGracePeriodSeconds ??= before.deletionGracePeriodSeconds
  }
  delete metadata.selfLink
  if (
    mode.countsGeneration &&
    hasGeneration(scope, object) &&
    (specChanged(object, old, strategy.countsStatus) || strategy.countsFurther?.(object, old) === true)
  ) {
    metadata.generation = (before.generation ?? 0) + 1
  }
}

/** Whether nothing changed but the times in managedFields. */
function isUnchanged(object: KubeObject, old: KubeObject): boolean {
  if (jsonEqual(object, old)) return true
  const fields = object.metadata.managedFields
  const before = old.metadata.managedFields
  if (fields === undefined || before === undefined || fields.length !== before.length) return false
  const timeless = (entries: typeof fields): unknown => entries.map(({ time: _time, ...rest }) => rest)
  if (!jsonEqual(timeless(fields), timeless(before))) return false
  return jsonEqual({ ...object, metadata: { ...object.metadata, managedFields: before } }, old)
}
