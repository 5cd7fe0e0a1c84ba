import type { ServerRequest } from './exchange.ts'

/** What a request is about, as far as its method, path and query tell (Kubernetes' RequestInfo). */
export interface RequestInfo {
  readonly isResource: boolean
  /** API verb of resource requests (`get`, `list`, …), the method in lower case otherwise. */
  readonly verb: string
  readonly path: string
  readonly group: string
  readonly version: string
  readonly namespace: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** Path parts after the resource. */
  readonly parts: readonly string[]
  /** The field selector of a list or watch, as it was sent. */
  readonly fieldSelector: string
  /** The request came as `/watch/…`. */
  readonly watchPath: boolean
}

const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize'])
const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Reads a query parameter as Kubernetes reads booleans: present and neither `false` nor `0`. */
export function booleanParameter(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && value.toLowerCase() !== 'false' && value !== '0'
}

/** Takes a request apart. As Kubernetes' RequestInfoFactory. */
export function requestInfoOf(request: Pick<ServerRequest, 'method' | 'path' | 'query'>): RequestInfo {
  const path = unescapePath(request.path)
  const parts = path.split('/').filter((part) => part !== '')
  const plain: RequestInfo = {
    isResource: false,
    verb: request.method.toLowerCase(),
    path,
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    parts: [],
    fieldSelector: '',
    watchPath: false,
  }
  const prefix = parts[0]
  if (prefix === 'api' && parts.length >= 3) return resourceInfo(request, plain, '', parts.slice(1))
  if (prefix === 'apis' && parts.length >= 4) return resourceInfo(request, plain, parts[1] ?? '', parts.slice(2))
  return plain
}

function resourceInfo(
  request: Pick<ServerRequest, 'method' | 'query'>,
  plain: RequestInfo,
  group: string,
  versioned: readonly string[],
): RequestInfo {
  let rest = versioned.slice(1)
  const watchPath = rest[0] === 'watch' && rest.length > 1
  if (watchPath) rest = rest.slice(1)
  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1] ?? ''
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? '')) rest = rest.slice(2)
  }
  let name = rest[1] ?? ''
  const listing = name === ''
  const verb = watchPath ? 'watch' : verbOf(request, listing)
  const fieldSelector = listing ? (request.query.get('fieldSelector') ?? '') : ''
  if (fieldSelector !== '' && (verb === 'list' || verb === 'watch')) name = nameInSelector(fieldSelector)
  return {
    ...plain,
    isResource: true,
    verb,
    group,
    version: versioned[0] ?? '',
    namespace,
    resource: rest[0] ?? '',
    name,
    subresource: rest[2] ?? '',
    parts: rest,
    fieldSelector,
    watchPath,
  }
}

function verbOf(request: Pick<ServerRequest, 'method' | 'query'>, listing: boolean): string {
  const verb = VERBS[request.method] ?? ''
  if (!listing) return verb
  if (verb === 'get') return booleanParameter(request.query, 'watch') ? 'watch' : 'list'
  return verb === 'delete' ? 'deletecollection' : verb
}

/** The name in a field selector that demands exactly one; authorisation by name counts it. */
function nameInSelector(fieldSelector: string): string {
  const match = /(?:^|,)metadata\.name==?([^,=!]+)(?:,|$)/.exec(fieldSelector)
  return match?.[1] ?? ''
}

/** The path without its escapes; an escaped slash divides as any other, as Go's servers route. */
function unescapePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
