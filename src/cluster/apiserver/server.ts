import { apiVersionOf, hasProtobuf } from '../../api/index.ts'
import { type AuditParts, AuditTrail } from './audit/index.ts'
import { accessDenied, attributesOf } from './authz/attributes.ts'
import { ApiError, methodNotAllowed, noSuchPath } from './errors.ts'
import type { Scope, ServerContext } from './context.ts'
import type { ServerRequest, ServerResponse, User } from './exchange.ts'
import { createObject } from './handlers/create.ts'
import { deleteCollection, deleteObject } from './handlers/delete.ts'
import { getObject } from './handlers/get.ts'
import { listObjects } from './handlers/list.ts'
import { patchObject } from './handlers/patch.ts'
import { updateObject } from './handlers/update.ts'
import { watchObjects } from './handlers/watch.ts'
import { negotiateOutput } from './negotiate.ts'
import type { ResourceRegistry } from './registry/registry.ts'
import type { ResourceDefinition } from './registry/resource.ts'
import { type RequestInfo, requestInfoOf } from './request-info.ts'
import { errorResponse } from './respond.ts'
import { serveSubresource } from './subresources.ts'

/** Decides who sent a request; throws 401. */
export type Authenticator = (request: ServerRequest) => User | Promise<User>
/** Serves paths that are no resources (discovery, health, version). Undefined: no such path. */
export type PathHandler = (
  request: ServerRequest,
  info: RequestInfo,
  user: User,
) => ServerResponse | Promise<ServerResponse> | undefined
/** Serves resources that are not stored (access reviews, …). Undefined: go on as usual. */
export type VirtualHandler = (scope: Scope) => ServerResponse | Promise<ServerResponse> | undefined

/** The pieces of the pipeline that differ between servers and tests. */
export interface ApiServerParts {
  readonly context: ServerContext
  readonly authenticate: Authenticator
  readonly impersonate: (user: User, request: ServerRequest) => User
  /** Records requests; absent: nothing is recorded. */
  readonly audit?: AuditParts
  readonly paths: readonly PathHandler[]
  readonly virtual: readonly VirtualHandler[]
  readonly remote: RemoteHandler
}

/** Passes requests for an API on to the server that serves it. Undefined: no APIService names one. */
export type RemoteHandler = (
  request: ServerRequest,
  user: User,
  api: { readonly group: string; readonly version: string },
) => Promise<ServerResponse> | undefined

/** One request in, one answer out. Never rejects: errors are answers. */
export type ApiHandler = (request: ServerRequest) => Promise<ServerResponse>

/** Kinds that warn whenever they are used. */
const DEPRECATED: Readonly<Record<string, string>> = {
  '/v1/Endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  '/v1/ComponentStatus': 'v1 ComponentStatus is deprecated in v1.19+',
}

/** Puts the pipeline together: authenticate, authorise, route, answer. */
export function createApiHandler(parts: ApiServerParts): ApiHandler {
  return async (request) => {
    const warnings: string[] = []
    const audit = parts.audit === undefined ? undefined : new AuditTrail(parts.audit, request)
    let response: ServerResponse
    try {
      response = await handle(parts, request, warnings, audit)
    } catch (error) {
      response = errorResponse(error, request.headers.accept, error instanceof ApiError ? warnings : [])
    }
    return audit === undefined ? response : audit.finished(response)
  }
}

async function handle(
  parts: ApiServerParts,
  request: ServerRequest,
  warnings: string[],
  audit: AuditTrail | undefined,
): Promise<ServerResponse> {
  const admitted = await admitRequest(parts, request, audit)
  const { info, user } = admitted
  if (!info.isResource) {
    for (const handler of parts.paths) {
      const response = handler(request, info, user)
      if (response !== undefined) return response
    }
    const [, top, group = '', version = ''] = request.path.split('/')
    const remote = top === 'apis' ? parts.remote(request, user, { group, version }) : undefined
    return remote ?? unknownPath(request.path, parts.context.registry)
  }
  const { registry } = parts.context
  if (registry.find(info, info.resource) === undefined) {
    const remote = registry.serves(info) ? undefined : parts.remote(request, user, info)
    if (remote !== undefined) return remote
    if (!registry.all().some(({ group }) => group === info.group)) return unknownPath(`/${info.group}`, registry)
  }
  const scope = scopeFor(parts, admitted, warnings)
  for (const handler of parts.virtual) {
    const response = handler(scope)
    if (response !== undefined) return response
  }
  return info.subresource === '' ? serveResource(scope) : serveSubresource(scope)
}

/** A request whose sender is known and may do what it asks for. */
interface AdmittedRequest {
  readonly request: ServerRequest
  readonly info: RequestInfo
  readonly user: User
  readonly audit: AuditTrail | undefined
}

async function admitRequest(
  parts: ApiServerParts,
  request: ServerRequest,
  audit: AuditTrail | undefined,
): Promise<AdmittedRequest> {
  const info = requestInfoOf(request)
  const sender = await senderOf(parts, request, info, audit)
  audit?.received(sender, info)
  const user = parts.impersonate(sender, request)
  if (user !== sender) audit?.impersonated(user)
  const attributes = attributesOf(user, info)
  const { allowed, reason } = parts.context.judge(attributes)
  audit?.annotate('authorization.k8s.io/decision', allowed ? 'allow' : 'forbid')
  audit?.annotate('authorization.k8s.io/reason', reason)
  if (!allowed) throw accessDenied(attributes, reason)
  return { request, info, user, audit }
}

async function senderOf(
  parts: ApiServerParts,
  request: ServerRequest,
  info: RequestInfo,
  audit: AuditTrail | undefined,
): Promise<User> {
  try {
    return await parts.authenticate(request)
  } catch (error) {
    audit?.unknownSender(info)
    throw error
  }
}

function scopeFor(parts: ApiServerParts, admitted: AdmittedRequest, warnings: string[]): Scope {
  const { info, request, user, audit } = admitted
  const definition = parts.context.registry.find(info, info.resource)
  if (definition === undefined || !fitsScope(info, definition.namespaced)) throw noSuchPath()
  const watchable = (info.verb === 'list' || info.verb === 'watch') && definition.verbs.includes('watch')
  const protobuf = definition.custom !== true && hasProtobuf(apiVersionOf(definition), definition.kind)
  const output = negotiateOutput(request.headers.accept, request.query, { watchable, protobuf })
  const deprecation =
    definition.deprecationWarning ?? DEPRECATED[`${definition.group}/${definition.version}/${definition.kind}`]
  if (deprecation !== undefined && isRouted(info, definition)) {
    warnings.push(deprecation)
    audit?.annotate('k8s.io/deprecated', 'true')
  }
  const scope = { server: parts.context, definition, info, request, user, output, warnings }
  return audit === undefined ? scope : { ...scope, audit }
}

/** Whether something of a built-in kind answers to such a request; what is refused with 405 warns of nothing. */
function isRouted({ verb, subresource, parts }: RequestInfo, definition: ResourceDefinition): boolean {
  if (subresource !== '') return definition.subresources.some(({ name }) => name === subresource)
  if (definition.custom === true) return true
  return definition.verbs.some((each) => each === verb) && !(verb === 'create' && parts.length > 1)
}

/** Takes a request as far as its scope, for what is not answered over plain HTTP. Throws what HTTP would answer. */
export function createScopeResolver(parts: ApiServerParts): (request: ServerRequest) => Promise<Scope> {
  return async (request) => {
    const audit = parts.audit === undefined ? undefined : new AuditTrail(parts.audit, request)
    try {
      const admitted = await admitRequest(parts, request, audit)
      if (!admitted.info.isResource) throw noSuchPath()
      return scopeFor(parts, admitted, [])
    } catch (error) {
      audit?.finished(errorResponse(error, 'application/json'))
      throw error
    }
  }
}

/** Below a known group Kubernetes answers with a Status, elsewhere in plain text. */
function unknownPath(path: string, registry: ResourceRegistry): ServerResponse {
  const [root, group] = path.split('/').filter((part) => part !== '')
  if (root === 'api' || (root === 'apis' && registry.all().some((each) => each.group === group))) throw noSuchPath()
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
  return { status: 404, headers, body: '404 page not found\n' }
}

/** A namespaced resource may be listed over all namespaces, but its objects live in one; others live in none. */
function fitsScope(info: RequestInfo, namespaced: boolean): boolean {
  if (!namespaced) return info.namespace === '' || info.resource === 'namespaces'
  return info.namespace !== '' || info.parts.length === 1
}

function serveResource(scope: Scope): ServerResponse | Promise<ServerResponse> {
  const { info, request } = scope
  const one = info.parts.length >= 2
  if (request.method === 'HEAD') throw methodNotAllowed()
  if (info.verb === 'watch') return watchObjects(scope)
  if (one) {
    switch (request.method) {
      case 'GET':
        return getObject(scope)
      case 'PUT':
        return updateObject(scope)
      case 'PATCH':
        return patchObject(scope)
      case 'DELETE':
        return deleteObject(scope)
      case 'POST':
        // Custom resources are created at the path of an object, too; what it names does not count.
        if (scope.definition.custom === true) return createObject(scope)
        throw methodNotAllowed()
      default:
        throw methodNotAllowed()
    }
  }
  switch (request.method) {
    case 'GET':
      return listObjects(scope)
    case 'POST':
      if (scope.definition.namespaced && info.namespace === '') throw methodNotAllowed()
      return createObject(scope)
    case 'DELETE':
      if (scope.definition.namespaced && info.namespace === '') throw methodNotAllowed()
      return deleteCollection(scope)
    default:
      throw methodNotAllowed()
  }
}
