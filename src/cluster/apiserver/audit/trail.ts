import { formatMicroTime, type JsonObject, type KubeObject } from '../../../api/index.ts'
import type { Clock, Random } from '../../../base/index.ts'
import { cloneJson, isObject } from '../clone.ts'
import type { ServerRequest, ServerResponse, StreamSink, User } from '../exchange.ts'
import type { RequestInfo } from '../request-info.ts'
import { parseYaml } from '../yaml.ts'
import { type AuditDecision, type AuditPolicy, type AuditStage, records } from './policy.ts'

/** Where events go: one line of JSON each. */
export interface AuditSink {
  write(line: string): void
}

/** What auditing needs. */
export interface AuditParts {
  readonly policy: AuditPolicy
  readonly sink: AuditSink
  readonly clock: Clock
  readonly random: Random
}

const USER_AGENT_LIMIT = 1024
const LONG_RUNNING_SUBRESOURCES: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

/** What is recorded of one request on its way through the server. As Kubernetes' audit context and filter. */
export class AuditTrail {
  readonly #parts: AuditParts
  readonly #request: ServerRequest
  readonly #auditId: string
  readonly #receivedMs: number
  #decision: AuditDecision = { level: 'None', omitStages: [], omitManagedFields: false }
  #longRunning = false
  #verb = ''
  #user: User | undefined
  #impersonated: User | undefined
  #reference: JsonObject | undefined
  #requestObject: unknown
  #responseObject: unknown
  #responseStatus: JsonObject | undefined
  readonly #annotations = new Map<string, string>()

  constructor(parts: AuditParts, request: ServerRequest) {
    this.#parts = parts
    this.#request = request
    this.#auditId = request.headers['audit-id'] ?? parts.random.uuid()
    this.#receivedMs = parts.clock.nowMs()
  }

  /** It is known who asks for what. */
  received(user: User, info: RequestInfo): void {
    this.#begin(user, info)
    this.#emit('RequestReceived')
  }

  /** Nobody could be authenticated. */
  unknownSender(info: RequestInfo): void {
    this.#begin(undefined, info)
    // Recorded once, as if the answer were a stream that never ends.
    this.#longRunning = true
  }

  #begin(user: User | undefined, info: RequestInfo): void {
    this.#decision = this.#parts.policy(user, info)
    this.#user = user
    this.#verb = info.verb
    this.#longRunning =
      info.verb === 'watch' ||
      info.verb === 'proxy' ||
      (info.isResource && LONG_RUNNING_SUBRESOURCES.has(info.subresource))
    if (!info.isResource) return
    const { resource, namespace, name, group, version, subresource } = info
    this.#reference = { resource, namespace, name, uid: '', apiGroup: group, apiVersion: version }
    Object.assign(this.#reference, { resourceVersion: '', subresource })
  }

  /** The request acts for somebody else. */
  impersonated(user: User): void {
    this.#impersonated = user
  }

  annotate(key: string, value: string): void {
    this.#annotations.set(key, value)
  }

  /** The object of a request, as it was read. */
  requestObject(object: KubeObject): void {
    if (this.#reference !== undefined) {
      for (const key of ['namespace', 'name', 'uid', 'resourceVersion'] as const) {
        if (this.#reference[key] === '') this.#reference[key] = object.metadata?.[key] ?? ''
      }
    }
    // What follows changes the object.
    if (records(this.#decision.level, 'Request')) this.#requestObject = cloneJson(this.#printed(object))
  }

  /** The patch of a request, as it was sent. */
  requestPatch(body: Uint8Array | string): void {
    if (!records(this.#decision.level, 'Request')) return
    try {
      this.#requestObject = parseYaml(Buffer.from(body).toString())
    } catch {
      // What is no document is not recorded.
    }
  }

  /** The answer, which a stream still has to give. The result is to be sent instead of it. */
  finished(response: ServerResponse): ServerResponse {
    if (this.#decision.level === 'None') return response
    this.#readAnswer(response)
    const headers = { ...response.headers, 'audit-id': this.#auditId }
    const { stream } = response
    if (stream === undefined) {
      if (this.#longRunning) this.#emit('ResponseStarted')
      if (this.#user !== undefined) this.#emit('ResponseComplete')
      return { ...response, headers }
    }
    this.#emit('ResponseStarted')
    return { ...response, headers, stream: (sink) => stream(this.#ending(sink)) }
  }

  /** The connection speaks another protocol from now on. */
  switched(): void {
    this.#responseStatus = { metadata: {}, code: 101 }
    this.#emit('ResponseStarted')
    this.#request.signal.addEventListener('abort', () => this.#emit('ResponseComplete'), { once: true })
  }

  #ending(sink: StreamSink): StreamSink {
    let ended = false
    return {
      write: (chunk) => sink.write(chunk),
      get bufferedBytes() {
        return sink.bufferedBytes
      },
      end: () => {
        if (!ended) this.#emit('ResponseComplete')
        ended = true
        sink.end()
      },
    }
  }

  #readAnswer({ status, headers, body, stream }: ServerResponse): void {
    const isJson = String(headers['content-type'] ?? '').startsWith('application/json')
    const wanted = stream === undefined && isJson && (status >= 400 || this.#request.method === 'DELETE')
    const isWhole = stream === undefined && isJson && records(this.#decision.level, 'RequestResponse')
    let object: unknown
    if (wanted || isWhole) object = JSON.parse(Buffer.from(body).toString())
    const isStatus = isObject(object) && object.kind === 'Status'
    if (isWhole && this.#reference !== undefined) this.#responseObject = this.#printed(object)
    this.#responseStatus = { metadata: {}, code: status }
    if (!isStatus) return
    const { kind: _kind, apiVersion: _version, ...rest } = object as JsonObject
    this.#responseStatus = { ...rest, code: status }
  }

  /** An object, without the book-keeping of its fields when that is not wanted. */
  #printed(object: unknown): unknown {
    if (!this.#decision.omitManagedFields || !isObject(object)) return object
    const { items, rows } = object
    const bare = withoutManagedFields(object) as Record<string, unknown>
    if (Array.isArray(items)) return { ...bare, items: items.map(withoutManagedFields) }
    if (!Array.isArray(rows)) return bare
    return {
      ...bare,
      rows: rows.map((row) => (isObject(row) ? { ...row, object: withoutManagedFields(row.object) } : row)),
    }
  }

  #emit(stage: AuditStage): void {
    const { level, omitStages } = this.#decision
    if (level === 'None' || omitStages.includes(stage)) return
    const { headers, remoteAddress } = this.#request
    const agent = headers['user-agent'] ?? ''
    const event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level,
      auditID: this.#auditId,
      stage,
      requestURI: uriOf(this.#request),
      verb: this.#verb,
      user: userInfo(this.#user),
      ...(this.#impersonated !== undefined && { impersonatedUser: userInfo(this.#impersonated) }),
      sourceIPs: sourceAddresses(headers, remoteAddress),
      ...(agent !== '' && {
        userAgent: agent.length > USER_AGENT_LIMIT ? `${agent.slice(0, USER_AGENT_LIMIT)}...TRUNCATED` : agent,
      }),
      ...(this.#reference !== undefined && { objectRef: withoutEmpty(this.#reference) }),
      ...(this.#responseStatus !== undefined && { responseStatus: this.#responseStatus }),
      ...(this.#requestObject !== undefined && { requestObject: this.#requestObject }),
      ...(this.#responseObject !== undefined && { responseObject: this.#responseObject }),
      requestReceivedTimestamp: formatMicroTime(this.#receivedMs),
      stageTimestamp: formatMicroTime(this.#parts.clock.nowMs()),
      ...(this.#annotations.size > 0 && { annotations: Object.fromEntries([...this.#annotations].sort()) }),
    }
    this.#parts.sink.write(JSON.stringify(event))
  }
}

function withoutManagedFields(object: unknown): unknown {
  if (!isObject(object) || !isObject(object.metadata)) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

function userInfo(user: User | undefined): JsonObject {
  if (user === undefined) return {}
  const { name, uid = '', groups, extra } = user
  return {
    ...withoutEmpty({ username: name, uid }),
    ...(groups.length > 0 && { groups: [...groups] }),
    ...(extra !== undefined && { extra: extra as unknown as JsonObject }),
  }
}

function withoutEmpty(texts: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== ''))
}

function uriOf({ uri, path, query }: ServerRequest): string {
  if (uri !== undefined) return uri
  return query.size === 0 ? path : `${path}?${query}`
}

/** Who sent a request, as proxies on the way tell and as the connection does. */
function sourceAddresses(headers: ServerRequest['headers'], remoteAddress = '127.0.0.1'): string[] {
  const forwarded = (headers['x-forwarded-for'] ?? '').split(',').map((each) => each.trim())
  const all = [...forwarded, headers['x-real-ip'] ?? ''].filter((each) => each !== '')
  const remote = remoteAddress.replace(/^::ffff:/, '')
  return all.at(-1) === remote ? all : [...all, remote]
}
