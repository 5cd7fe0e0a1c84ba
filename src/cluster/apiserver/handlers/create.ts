import { gvkOf, type KubeObject } from '../../../api/index.ts'
import { StoreError } from '../../store/index.ts'
import type { AdmissionRequest } from '../admission/chain.ts'
import { groupResourceOf, randomSuffix, type Scope, strategyContext, timestamp } from '../context.ts'
import { decodeObject } from '../decode.ts'
import { alreadyExists, invalid, methodNotAllowed, plainServerError } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { trackUpdate } from '../field-manager.ts'
import { keyOf, toStored } from '../object-storage.ts'
import { managerOf, type WriteOptions, writeOptions } from '../options.ts'
import { type Answer, objectResponse } from '../respond.ts'
import { settledAnswer } from './get.ts'
import { dedupOwners, hasGeneration, matchNamespace, tidyMetadata, wipeSystemFields } from './metadata.ts'

/** Answers POST to a collection. */
export async function createObject(scope: Scope): Promise<ServerResponse> {
  if (!scope.definition.verbs.includes('create')) throw methodNotAllowed()
  const options = writeOptions(scope.request.query, 'CreateOptions')
  const object = decodeObject(scope, scope.definition, options)
  wipeSystemFields(object)
  matchNamespace(scope, object)
  dedupOwners(scope, object, false)
  const tracked = trackUpdate(scope, undefined, object, managerOf(options, scope.request.headers['user-agent']))
  return objectResponse(scope, 201, await storeNew(scope, tracked, options))
}

/** Admits, completes, checks and writes a new object. */
export async function storeNew(
  scope: Scope,
  object: KubeObject,
  options: Pick<WriteOptions, 'dryRun'>,
): Promise<Answer> {
  const { server } = scope
  const request = admissionFor(scope, 'CREATE', object, undefined, options.dryRun)
  await server.admission.admit(request)
  dedupOwners(scope, object, true)
  prepareNew(scope, object)
  const release = await server.allocators.onCreate(scope, object, options.dryRun)
  try {
    return await writeNew(scope, object, { request, options, release })
  } catch (error) {
    release()
    throw error
  }
}

interface NewWrite {
  readonly request: AdmissionRequest
  readonly options: Pick<WriteOptions, 'dryRun'>
  /** Gives back what was allocated for the object. */
  release(): void
}

/** Checks and writes a new object. What is allocated for it comes before the checks, as in Kubernetes. */
async function writeNew(scope: Scope, object: KubeObject, { request, options, release }: NewWrite): Promise<Answer> {
  const { server, definition } = scope
  const errors = definition.strategy.validateCreate?.(object) ?? []
  if (errors.length > 0) throw invalid(storedKind(definition, object), object.metadata.name ?? '', errors)
  await server.admission.validate({ ...request, name: object.metadata.name ?? '' })
  scope.warnings.push(...(definition.strategy.warnings?.(object, undefined) ?? []))
  tidyMetadata(object)
  const version = object.metadata.resourceVersion ?? ''
  // A version that is no number is none.
  if (!options.dryRun && /^\d+$/.test(version) && Number(version) !== 0)
    throw plainServerError('resourceVersion should not be set on objects to be created')
  if (!options.dryRun) delete object.metadata.resourceVersion
  const value = await storedValue(scope, object, release)
  reserve(scope, { ...request, name: object.metadata.name ?? '' }, release)
  if (options.dryRun) {
    if (server.store.get(keyFor(scope, object)) !== undefined) throw existing(scope, object)
    return { object }
  }
  try {
    return await settledAnswer(scope, await server.store.create(keyFor(scope, object), value))
  } catch (error) {
    if (error instanceof StoreError && error.code === 'KEY_EXISTS') throw existing(scope, object)
    throw error
  }
}

/** The kind that findings name: the stored one, of events that of the core group. */
export function storedKind(
  definition: Scope['definition'],
  object: KubeObject,
): { readonly group: string; readonly kind: string } {
  const { group, kind } = gvkOf(object)
  return { group: definition.storageGroup ?? group, kind }
}

/** What is to be written; what was allocated for it goes back when it cannot be converted. */
export function storedValue(scope: Scope, object: KubeObject, release: () => void): KubeObject | Promise<KubeObject> {
  const value = toStored(scope.definition, object)
  if (!(value instanceof Promise)) return value
  return value.catch((error: unknown) => {
    release()
    throw error
  })
}

/** The last check before a write; what was allocated for it goes back when it fails. */
export function reserve(scope: Scope, request: AdmissionRequest, release: () => void): void {
  try {
    scope.server.admission.reserve(request)
  } catch (error) {
    release()
    throw error
  }
}

function keyFor(scope: Scope, object: KubeObject): string {
  return keyOf(scope.definition, object.metadata.namespace ?? '', object.metadata.name ?? '')
}

function existing(scope: Scope, object: KubeObject): Error {
  const found = scope.server.store.get(keyFor(scope, object))?.value as KubeObject | undefined
  const isGoing = found?.metadata.deletionTimestamp !== undefined
  return alreadyExists(groupResourceOf(scope.definition), object.metadata.name ?? '', isGoing)
}

/** Fills in the metadata of a new object and lets the strategy prepare the rest. */
function prepareNew(scope: Scope, object: KubeObject): void {
  const { server, definition } = scope
  const { metadata } = object
  metadata.uid = server.random.uuid()
  metadata.creationTimestamp = timestamp(server.clock)
  if ((metadata.name ?? '') === '' && (metadata.generateName ?? '') !== '') {
    metadata.name = generatedName(metadata.generateName ?? '', randomSuffix(server.random))
  }
  definition.strategy.prepareForCreate?.(object, strategyContext(scope))
  // Kinds that do not count keep what the client says.
  if (hasGeneration(scope, object)) metadata.generation = 1
  else if (metadata.generation === 0) delete metadata.generation
}

const NAME_LIMIT = 63
const SUFFIX_LENGTH = 5

function generatedName(base: string, suffix: string): string {
  return base.slice(0, NAME_LIMIT - SUFFIX_LENGTH) + suffix
}

/** Lets admission look at what is created through a sub-resource; plugins may change it. */
export async function admitSubresource(scope: Scope, object: KubeObject, dryRun: boolean): Promise<void> {
  const request = admissionFor(scope, 'CREATE', object, undefined, dryRun)
  await scope.server.admission.admit(request)
  await scope.server.admission.validate(request)
}

/** What admission plugins are told of a request. */
export function admissionFor(
  scope: Scope,
  operation: AdmissionRequest['operation'],
  object: KubeObject | undefined,
  oldObject: KubeObject | undefined,
  dryRun: boolean,
): AdmissionRequest {
  const { audit } = scope
  return {
    operation,
    definition: scope.definition,
    subresource: scope.info.subresource,
    namespace: scope.info.namespace,
    name: scope.info.name === '' ? (object?.metadata.name ?? '') : scope.info.name,
    object,
    oldObject,
    user: scope.user,
    dryRun,
    warnings: scope.warnings,
    ...(audit !== undefined && { annotate: (key: string, value: string) => audit.annotate(key, value) }),
  }
}
