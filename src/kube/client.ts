import type { GroupVersionResource, KubeObject, Status } from '../api/index.ts'
import { errorOfAnswer, KubeError, KubeClientError, type RequestWords } from './errors.ts'
import { linesOf } from '../base/index.ts'
import { type Place, resourcePath, resourceWords } from './paths.ts'
import type { ApiRequest, ApiResponse, Transport } from './transport.ts'

/** Media types of patches. `apply` is server-side apply. */
const PATCH_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

/** A kind of patch. */
export type PatchType = keyof typeof PATCH_TYPES

/** Cancels a request. */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined
}

/** Options of requests that write. */
export interface WriteOptions extends Cancellable {
  readonly fieldManager?: string | undefined
  /** The server does everything but store. */
  readonly dryRun?: boolean | undefined
  /** What the server does with unknown or duplicate fields. Default: the server's (Warn). */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | undefined
}

/** Options of `apply` and `patch`. */
export interface PatchOptions extends WriteOptions {
  /** Server-side apply only: take over fields that others own. */
  readonly force?: boolean | undefined
}

/** Options of `get`. */
export interface GetOptions extends Cancellable {
  readonly resourceVersion?: string | undefined
}

/** Options of `list`. */
export interface ListOptions extends Cancellable {
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  /** At most this many items a page; `continue` of the answer leads to the next. */
  readonly limit?: number | undefined
  readonly continue?: string | undefined
  readonly resourceVersion?: string | undefined
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan' | undefined
}

/** Options of `watch`. */
export interface WatchOptions extends Cancellable {
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  /** Events after this version; absent: the present objects first, as ADDED. */
  readonly resourceVersion?: string | undefined
  readonly allowWatchBookmarks?: boolean | undefined
  readonly sendInitialEvents?: boolean | undefined
  readonly resourceVersionMatch?: 'NotOlderThan' | undefined
  readonly timeoutSeconds?: number | undefined
}

/** Options of `delete` and `deleteCollection`. */
export interface DeleteOptions extends Cancellable {
  readonly gracePeriodSeconds?: number | undefined
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | undefined
  readonly dryRun?: boolean | undefined
}

/** A list as the API answers it. Items lack `apiVersion` and `kind` on the wire; `list` fills them in. */
export interface KubeList<T extends KubeObject = KubeObject> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly resourceVersion?: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: T[]
}

/** One event of a watch. A BOOKMARK's object carries only its resource version. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: T
}

/** Where one object lives. */
export interface Named extends Place {
  readonly name: string
}

/** Called with the text of each `Warning` header. */
export type WarningHandler = (text: string) => void

/**
 * The verbs of the Kubernetes API. Every method rejects with `KubeError` when the server refuses, and with
 * `KubeClientError` when no answer could be had. Nothing is tried again here.
 */
export interface Client {
  readonly transport: Transport
  /** Any request; answers outside 2xx reject. */
  raw(request: ApiRequest): Promise<ApiResponse>
  get<T extends KubeObject = KubeObject>(gvr: GroupVersionResource, place: Named, options?: GetOptions): Promise<T>
  list<T extends KubeObject = KubeObject>(
    gvr: GroupVersionResource,
    place?: { readonly namespace?: string | undefined },
    options?: ListOptions,
  ): Promise<KubeList<T>>
  /** `place.name` is read from the object when the sub-resource needs it (`binding`, `eviction`). */
  create<T extends KubeObject>(gvr: GroupVersionResource, place: Place, object: T, options?: WriteOptions): Promise<T>
  update<T extends KubeObject>(gvr: GroupVersionResource, place: Named, object: T, options?: WriteOptions): Promise<T>
  updateStatus<T extends KubeObject>(
    gvr: GroupVersionResource,
    place: Named,
    object: T,
    options?: WriteOptions,
  ): Promise<T>
  /** `body` is the patch as JSON (a list of operations for `json`). */
  patch<T extends KubeObject = KubeObject>(
    gvr: GroupVersionResource,
    place: Named,
    type: PatchType,
    body: unknown,
    options?: PatchOptions,
  ): Promise<T>
  /** Server-side apply. */
  apply<T extends KubeObject>(
    gvr: GroupVersionResource,
    place: Named,
    object: T,
    options: PatchOptions & { readonly fieldManager: string },
  ): Promise<T>
  /** Answers the object when it stays (finalizers, grace period), else a Status. */
  delete(gvr: GroupVersionResource, place: Named, options?: DeleteOptions): Promise<KubeObject | Status>
  deleteCollection(
    gvr: GroupVersionResource,
    place?: { readonly namespace?: string | undefined },
    options?: DeleteOptions & ListOptions,
  ): Promise<void>
  /**
   * Events until the server closes or the signal aborts (which ends the iteration without an error). An ERROR event
   * rejects with its Status as `KubeError` (`isGone` means: list again).
   */
  watch<T extends KubeObject = KubeObject>(
    gvr: GroupVersionResource,
    place?: { readonly namespace?: string | undefined },
    options?: WatchOptions,
  ): AsyncIterable<WatchEvent<T>>
}

/** Creates a client over any transport. */
export function createClient(transport: Transport, settings: { readonly onWarning?: WarningHandler } = {}): Client {
  async function send(request: ApiRequest, words: RequestWords): Promise<ApiResponse> {
    const answer = await transport.request(request)
    if (settings.onWarning !== undefined) reportWarnings(answer.headers, settings.onWarning)
    if (answer.status >= 200 && answer.status < 300) return answer
    throw errorOfAnswer(answer.status, answer.body, words)
  }
  async function sendObject<T>(
    method: ApiRequest['method'],
    gvr: GroupVersionResource,
    place: Place,
    rest: Omit<ApiRequest, 'method' | 'path' | 'signal'> & Cancellable,
  ): Promise<T> {
    const request = build(method, resourcePath(gvr, place), rest)
    const words = { verb: method.toLowerCase(), resource: resourceWords(gvr), name: place.name ?? '' }
    const { body } = await send(request, words)
    if (typeof body !== 'object' || body === null) {
      throw new KubeClientError(
        'BAD_ANSWER',
        `the server answered ${method} ${request.path} with something that is not JSON`,
      )
    }
    return body as T
  }
  return {
    transport,
    raw: (request) => send(request, { verb: request.method.toLowerCase(), resource: '', name: '' }),
    get: (gvr, place, options = {}) =>
      sendObject('GET', gvr, place, { query: { resourceVersion: options.resourceVersion }, signal: options.signal }),
    async list<T extends KubeObject>(
      gvr: GroupVersionResource,
      place: { readonly namespace?: string | undefined } = {},
      options: ListOptions = {},
    ) {
      const list = await sendObject<KubeList<T>>(
        'GET',
        gvr,
        { namespace: place.namespace },
        {
          query: listQuery(options),
          signal: options.signal,
        },
      )
      return withItemKinds(list)
    },
    create: (gvr, place, object, options = {}) =>
      sendObject('POST', gvr, place.subresource === undefined ? { namespace: place.namespace } : place, {
        query: writeQuery(options),
        body: object,
        signal: options.signal,
      }),
    update: (gvr, place, object, options = {}) =>
      sendObject('PUT', gvr, place, { query: writeQuery(options), body: object, signal: options.signal }),
    updateStatus: (gvr, place, object, options = {}) =>
      sendObject(
        'PUT',
        gvr,
        { ...place, subresource: 'status' },
        {
          query: writeQuery(options),
          body: object,
          signal: options.signal,
        },
      ),
    patch: (gvr, place, type, body, options = {}) =>
      sendObject('PATCH', gvr, place, {
        query: { ...writeQuery(options), force: flag(options.force) },
        headers: { 'content-type': PATCH_TYPES[type] },
        body: JSON.stringify(body),
        signal: options.signal,
      }),
    apply: (gvr, place, object, options) =>
      sendObject('PATCH', gvr, place, {
        query: { ...writeQuery(options), force: String(options.force === true) },
        headers: { 'content-type': PATCH_TYPES.apply },
        body: JSON.stringify(object),
        signal: options.signal,
      }),
    delete: (gvr, place, options = {}) =>
      sendObject('DELETE', gvr, place, { body: deleteBody(options), signal: options.signal }),
    async deleteCollection(gvr, place = {}, options = {}) {
      await sendObject(
        'DELETE',
        gvr,
        { namespace: place.namespace },
        {
          query: listQuery(options),
          body: deleteBody(options),
          signal: options.signal,
        },
      )
    },
    watch: (gvr, place = {}, options = {}) => watchEvents(transport, gvr, place.namespace, options, settings.onWarning),
  }
}

function build(
  method: ApiRequest['method'],
  path: string,
  rest: Omit<ApiRequest, 'method' | 'path' | 'signal'> & Cancellable,
): ApiRequest {
  return {
    method,
    path,
    ...(rest.query === undefined ? {} : { query: rest.query }),
    ...(rest.headers === undefined ? {} : { headers: rest.headers }),
    ...(rest.body === undefined ? {} : { body: rest.body }),
    ...(rest.signal === undefined ? {} : { signal: rest.signal }),
  }
}

const flag = (value: boolean | undefined): string | undefined => (value === true ? 'true' : undefined)
const text = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value))

function writeQuery(options: WriteOptions): Record<string, string | undefined> {
  return {
    dryRun: options.dryRun === true ? 'All' : undefined,
    fieldManager: options.fieldManager,
    fieldValidation: options.fieldValidation,
  }
}

function listQuery(options: ListOptions): Record<string, string | undefined> {
  return {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    limit: text(options.limit),
    continue: options.continue,
    resourceVersion: options.resourceVersion,
    resourceVersionMatch: options.resourceVersionMatch,
  }
}

function deleteBody(options: DeleteOptions): unknown {
  const body: Record<string, unknown> = { kind: 'DeleteOptions', apiVersion: 'v1' }
  if (options.gracePeriodSeconds !== undefined) body.gracePeriodSeconds = options.gracePeriodSeconds
  if (options.propagationPolicy !== undefined) body.propagationPolicy = options.propagationPolicy
  if (options.preconditions !== undefined) body.preconditions = options.preconditions
  if (options.dryRun === true) body.dryRun = ['All']
  return body
}

function withItemKinds<T extends KubeObject>(list: KubeList<T>): KubeList<T> {
  const kind = list.kind.endsWith('List') ? list.kind.slice(0, -'List'.length) : list.kind
  for (const item of list.items ?? []) {
    const head = item as { apiVersion?: string; kind?: string }
    head.apiVersion ??= list.apiVersion
    head.kind ??= kind
  }
  return list.items === undefined || list.items === null ? { ...list, items: [] } : list
}

async function* watchEvents<T extends KubeObject>(
  transport: Transport,
  gvr: GroupVersionResource,
  namespace: string | undefined,
  options: WatchOptions,
  onWarning: WarningHandler | undefined,
): AsyncGenerator<WatchEvent<T>> {
  const { signal } = options
  const request = build('GET', resourcePath(gvr, { namespace }), {
    query: {
      watch: 'true',
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
      resourceVersion: options.resourceVersion,
      resourceVersionMatch: options.resourceVersionMatch,
      allowWatchBookmarks: flag(options.allowWatchBookmarks),
      sendInitialEvents: options.sendInitialEvents === undefined ? undefined : String(options.sendInitialEvents),
      timeoutSeconds: text(options.timeoutSeconds),
    },
    signal,
  })
  try {
    const answer = await transport.stream(request)
    if (onWarning !== undefined) reportWarnings(answer.headers, onWarning)
    if (answer.status !== 200) {
      const words = { verb: 'get', resource: resourceWords(gvr), name: '' }
      throw errorOfAnswer(answer.status, parseOrText(await readAll(answer.chunks)), words)
    }
    for await (const line of linesOf(answer.chunks)) {
      const event = JSON.parse(line) as { type: string; object: T & Status }
      if (event.type === 'ERROR') throw new KubeError(event.object, event.object.code ?? 500)
      yield event as unknown as WatchEvent<T>
    }
  } catch (error) {
    if (signal?.aborted === true) return
    throw error
  }
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString('utf8')
}

function parseOrText(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

/** Reads `Warning: 299 - "text"` headers; several may be joined by commas. */
function reportWarnings(headers: Readonly<Record<string, string>>, onWarning: WarningHandler): void {
  const header = headers.warning
  if (header === undefined) return
  for (const match of header.matchAll(/(?:^|,\s*)\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)) {
    onWarning((match[1] ?? '').replace(/\\(.)/g, '$1'))
  }
}
