import {
  builtinSchema,
  type FieldError,
  formatTime,
  type KubeObject,
  parseApiVersion,
  stringAt,
} from '../../../api/index.ts'
import { ISSUER, type TokenSubject } from '../authn/service-account-token.ts'
import { isObject } from '../clone.ts'
import { groupResourceOf, type Scope, timestamp } from '../context.ts'
import { decodeObject } from '../decode.ts'
import { badRequest, conflict, invalid, methodNotAllowed, notFound } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { trackUpdate } from '../field-manager.ts'
import { keyOf } from '../object-storage.ts'
import { managerOf, writeOptions } from '../options.ts'
import { objectResponse } from '../respond.ts'
import { withoutSchema } from './binding.ts'
import { admitSubresource } from './create.ts'

const KIND = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }
const DEFAULT_SECONDS = 3600
const LEAST_SECONDS = 600
const MOST_SECONDS = 2 ** 32

/** Serves serviceaccounts/token (TokenRequest). */
export async function requestToken(scope: Scope): Promise<ServerResponse> {
  if (scope.request.method !== 'POST') throw methodNotAllowed()
  const options = writeOptions(scope.request.query, 'CreateOptions')
  const { namespace, name } = scope.info
  const request = decodeObject(withoutSchema(scope), KIND, options)
  const account = scope.server.store.get(keyOf(scope.definition, namespace, name))?.value as KubeObject | undefined
  if (account === undefined) throw notFound(groupResourceOf(scope.definition), name)
  checkSubject(request, { name, namespace })
  await admitSubresource(scope, request, options.dryRun)
  const spec = isObject(request.spec) ? request.spec : {}
  const seconds = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : DEFAULT_SECONDS
  checkSeconds(seconds)
  const audiences = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences.map(String) : [ISSUER]
  const boundTo = boundObject(scope, spec.boundObjectRef)
  const issued = scope.server.tokens.issue({
    serviceAccount: account,
    audiences,
    expirationSeconds: seconds,
    ...(boundTo !== undefined && { boundTo }),
  })
  const metadata = {
    name,
    namespace,
    uid: account.metadata.uid ?? '',
    creationTimestamp: timestamp(scope.server.clock),
  }
  const answer: KubeObject = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata,
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
  }
  const manager = managerOf(options, scope.request.headers['user-agent'])
  const definition = { ...withoutSchema(scope).definition, ...KIND, schema: builtinSchema(KIND) }
  const tracked = trackUpdate({ ...scope, definition }, undefined, askedFor(request, answer, seconds), manager)
  const status = {
    token: issued.token,
    expirationTimestamp: formatTime(issued.expiresAtMs ?? 0),
  }
  return objectResponse(scope, 201, {
    object: { ...answer, metadata: { ...metadata, ...managedOf(tracked) }, status },
  })
}

/** What the client asked for and the default time, which is all that its manager owns. */
function askedFor(request: KubeObject, answer: KubeObject, seconds: number): KubeObject {
  return {
    kind: answer.kind,
    apiVersion: answer.apiVersion,
    metadata: {},
    spec: { ...(isObject(request.spec) ? request.spec : {}), expirationSeconds: seconds },
  } as KubeObject
}

function managedOf(object: KubeObject): Pick<KubeObject['metadata'], 'managedFields'> {
  const { managedFields } = object.metadata
  return managedFields === undefined ? {} : { managedFields }
}

/** Refuses a request whose metadata names another service account than its address, as Kubernetes' TokenREST. */
function checkSubject(request: KubeObject, subject: { readonly name: string; readonly namespace: string }): void {
  // No schema is looked at here, so the request may lack metadata.
  const metadata = isObject(request.metadata) ? request.metadata : {}
  for (const key of ['name', 'namespace'] as const) {
    const value = stringAt(metadata, key)
    if (value === '' || value === subject[key]) continue
    const detail = `must match the service account ${key} if specified`
    throw invalid(KIND, subject.name, [{ type: 'Invalid', field: `metadata.${key}`, value, detail }])
  }
}

function checkSeconds(seconds: number): void {
  const refuse = (detail: string): Error => {
    const error: FieldError = { type: 'Invalid', field: 'spec.expirationSeconds', value: seconds, detail }
    return invalid(KIND, '', [error])
  }
  if (seconds < LEAST_SECONDS) throw refuse('may not specify a duration less than 10 minutes')
  if (seconds > MOST_SECONDS) throw refuse('may not specify a duration larger than 2^32 seconds')
}

/** `group/version, Kind=Kind`, as Go prints it. */
function printKind(reference: Record<string, unknown>): string {
  const { group, version } = parseApiVersion(stringAt(reference, 'apiVersion'))
  return `${group}/${version}, Kind=${stringAt(reference, 'kind')}`
}

function boundObject(scope: Scope, reference: unknown): TokenSubject['boundTo'] {
  if (!isObject(reference)) return undefined
  const { kind, name, uid } = reference
  if (kind !== 'Pod' && kind !== 'Secret')
    throw badRequest(`cannot bind token to object of type ${printKind(reference)}`)
  const resource = kind === 'Pod' ? 'pods' : 'secrets'
  const found = scope.server.store.get(`core/${resource}/${scope.info.namespace}/${String(name)}`)?.value as
    | KubeObject
    | undefined
  if (found === undefined) throw notFound({ group: '', resource }, String(name))
  if (uid !== undefined && uid !== '' && uid !== found.metadata.uid) {
    const why = `the UID in the bound object reference (${String(uid)}) does not match the UID in record. The object might have been deleted and then recreated`
    throw conflict({ group: '', resource: kind }, String(name), why)
  }
  return { kind: kind === 'Pod' ? 'pod' : 'secret', name: String(name), uid: found.metadata.uid ?? '' }
}
