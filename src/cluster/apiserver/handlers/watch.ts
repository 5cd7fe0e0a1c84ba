import {
  apiVersionOf,
  decodeObject,
  encodeProtobufEvent,
  type JsonObject,
  type KubeObject,
  type Status,
} from '../../../api/index.ts'
import type { StoreEntry, StoreEvent, WatchHandle } from '../../store/index.ts'
import { StoreError } from '../../store/index.ts'
import type { Scope } from '../context.ts'
import { expired, methodNotAllowed } from '../errors.ts'
import { checkStreamable } from '../negotiate.ts'
import type { ServerResponse, StreamSink } from '../exchange.ts'
import { isStoredForm, prefixOf, settle } from '../object-storage.ts'
import { type ListOptions, listOptions } from '../options.ts'
import { type Predicate, selectionOf } from '../selectors.ts'
import { statusOf } from '../respond.ts'
import { partialMetadata, tableOfRows } from '../transform.ts'
import { answerOf } from './get.ts'
import { parseWatchVersion } from './resource-version.ts'

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** A client that lets this much pile up is cut off; it comes back with its last resourceVersion. */
const SLOW_CLIENT_BYTES = 32 * 1024 * 1024
/** Longest watch when the client names no limit; the real one is chosen at random between this and twice this. */
const DEFAULT_TIMEOUT_MS = 30 * 60 * 1000
const BOOKMARK_INTERVAL_MS = 60 * 1000
/** A last bookmark leaves this long before a watch ends, so that its client goes on from about now. */
const LAST_BOOKMARK_MS = 2 * 1000

/** Answers a watch: a stream of JSON events, one a line, or of protobuf events. */
export function watchObjects(scope: Scope): ServerResponse {
  if (!scope.definition.verbs.includes('watch')) throw methodNotAllowed()
  const options = listOptions(scope.request.query, true)
  const fieldSelector = scope.info.watchPath && scope.info.name !== '' ? `metadata.name=${scope.info.name}` : ''
  const predicate = selectionOf(fieldSelector === '' ? options : { ...options, fieldSelector }, scope.definition)
  const version = parseWatchVersion(options.resourceVersion)
  checkStreamable(scope.output)
  return {
    status: 200,
    headers: {
      'content-type':
        scope.output.encoding === 'protobuf' ? 'application/vnd.kubernetes.protobuf;stream=watch' : 'application/json',
      ...(scope.warnings.length > 0 && { warning: scope.warnings.map((text) => `299 - ${JSON.stringify(text)}`) }),
    },
    body: '',
    stream: (sink) => new WatchSession(scope, options, predicate, sink).start(version),
  }
}

/** Frames of the last event, so that an event is printed once however many clients watch it. */
let lastFrame: { readonly entry: StoreEntry; readonly type: EventType; readonly frame: Buffer } | undefined

function frameOf(entry: StoreEntry, type: EventType): Buffer {
  if (lastFrame?.entry === entry && lastFrame.type === type) return lastFrame.frame
  const frame = Buffer.from(`{"type":"${type}","object":${entry.text}}\n`)
  lastFrame = { entry, type, frame }
  return frame
}

function entriesOf({ entry, previous }: StoreEvent): StoreEntry[] {
  return previous === undefined ? [entry] : [entry, previous]
}

class WatchSession {
  readonly #scope: Scope
  readonly #options: ListOptions
  readonly #predicate: Predicate | undefined
  readonly #sink: StreamSink
  #handle: WatchHandle | undefined
  #cancelTimers: (() => void)[] = []
  #ended = false
  #sentHeader = false
  /** Events of one turn leave in one write. */
  #outgoing: Buffer[] = []
  #scheduled = false
  #startRevision = 0
  /** When the watch ends at the latest. */
  #endMs = 0
  /** What is sent once a webhook has converted what came before it. */
  #converting: Promise<void> | undefined

  constructor(scope: Scope, options: ListOptions, predicate: Predicate | undefined, sink: StreamSink) {
    this.#scope = scope
    this.#options = options
    this.#predicate = predicate
    this.#sink = sink
  }

  start(version: number): void {
    const { clock, store } = this.#scope.server
    const { signal } = this.#scope.request
    // The client may have gone while the request was on its way here.
    if (signal.aborted) {
      this.#end()
      return
    }
    signal.addEventListener('abort', () => this.#end())
    const seconds = this.#options.timeoutSeconds ?? 0
    const timeoutMs = seconds > 0 ? seconds * 1000 : DEFAULT_TIMEOUT_MS
    this.#endMs = clock.nowMs() + timeoutMs
    this.#cancelTimers.push(clock.after(timeoutMs, () => this.#end()))
    const prefix = prefixOf(this.#scope.definition, this.#scope.info.namespace)
    const initial = this.#options.sendInitialEvents
    let after = version
    if (initial === true || (initial === undefined && version === 0)) {
      after = this.#sendInitial(prefix)
      if (this.#options.allowWatchBookmarks) this.#inOrder([], () => this.#bookmark(after, true))
    } else if (version === 0) after = store.revision
    this.#startRevision = after
    try {
      const isConverted = this.#scope.definition.conversion !== undefined
      this.#handle = store.watch(prefix, after, (event) => {
        if (isConverted) this.#inOrder(entriesOf(event), () => this.#onEvent(event))
        else this.#onEvent(event)
      })
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'REVISION_COMPACTED') throw error
      this.#fail(expired(`too old resource version: ${after} (${store.compactedRevision})`).status)
      return
    }
    if (this.#ended) this.#handle.close()
    else if (this.#options.allowWatchBookmarks) this.#scheduleBookmark()
  }

  #sendInitial(prefix: string): number {
    const { entries, revision } = this.#scope.server.store.range(prefix)
    this.#inOrder(entries, () => {
      for (const entry of entries) {
        if (this.#predicate?.(answerOf(this.#scope, entry).object) ?? true) this.#send('ADDED', entry)
      }
    })
    return revision
  }

  /** Acts when entries are settled and all that came before is done: at once, but where a webhook converts. */
  #inOrder(entries: readonly StoreEntry[], act: () => void): void {
    if (this.#scope.definition.conversion === undefined) {
      act()
      return
    }
    const after = this.#converting ?? Promise.resolve()
    this.#converting = after
      .then(() => (this.#ended ? undefined : settle(this.#scope.definition, entries)))
      .then(() => {
        if (!this.#ended) act()
      })
      .catch((error: unknown) => {
        if (!this.#ended) this.#fail(statusOf(error))
      })
  }

  #onEvent(event: StoreEvent): void {
    if (this.#ended) return
    const predicate = this.#predicate
    const created = event.previous === undefined
    if (predicate === undefined) {
      this.#send(event.type === 'delete' ? 'DELETED' : created ? 'ADDED' : 'MODIFIED', event.entry)
      return
    }
    const now = event.type === 'put' && predicate(answerOf(this.#scope, event.entry).object)
    const before = event.previous !== undefined && predicate(answerOf(this.#scope, event.previous).object)
    if (now) this.#send(before ? 'MODIFIED' : 'ADDED', event.entry)
    else if (before) this.#sendLeft(event)
  }

  /** An object that leaves the selection is shown as it was, with the revision of the change. */
  #sendLeft(event: StoreEvent): void {
    if (event.type === 'delete') {
      this.#send('DELETED', event.entry)
      return
    }
    if (event.previous === undefined) return
    const previous = answerOf(this.#scope, event.previous).object
    const metadata = { ...previous.metadata, resourceVersion: String(event.revision) }
    this.#push(this.#encode('DELETED', { ...previous, metadata }))
  }

  #send(type: EventType, entry: StoreEntry): void {
    const { output, definition } = this.#scope
    const isPlain = output.as === 'object' && output.encoding === 'json'
    if (isPlain && isStoredForm(definition, entry.value as KubeObject)) this.#push(frameOf(entry, type))
    else this.#push(this.#encode(type, answerOf(this.#scope, entry).object))
  }

  #encode(type: string, object: KubeObject): Buffer {
    return this.#frame(type, this.#shape(object))
  }

  #shape(object: KubeObject): unknown {
    const { output } = this.#scope
    if (output.as === 'partial' || output.as === 'partialList') return partialMetadata(object, output.metaVersion)
    if (output.as !== 'table') return object
    const header = !this.#sentHeader
    this.#sentHeader = true
    const { resourceVersion } = object.metadata
    return tableOfRows(this.#scope, [object], resourceVersion === undefined ? {} : { resourceVersion }, { header })
  }

  #frame(type: string, object: unknown): Buffer {
    if (this.#scope.output.encoding === 'protobuf') return encodeProtobufEvent(type, object as JsonObject)
    return Buffer.from(`${JSON.stringify({ type, object })}\n`)
  }

  #bookmark(revision: number, initialEnd: boolean): void {
    const { definition } = this.#scope
    const annotations = initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
    const { schema, kind } = definition
    // A bookmark is an empty object of the kind, printed as any other.
    const empty = schema === undefined || definition.custom === true ? {} : decodeObject(schema.node, {}).value
    const metadata = { resourceVersion: String(revision), ...annotations }
    this.#push(this.#encode('BOOKMARK', { kind, apiVersion: apiVersionOf(definition), ...empty, metadata }))
  }

  #scheduleBookmark(): void {
    const { clock } = this.#scope.server
    const left = this.#endMs - clock.nowMs() - LAST_BOOKMARK_MS
    const cancel = clock.after(left > 0 ? Math.min(left, BOOKMARK_INTERVAL_MS) : BOOKMARK_INTERVAL_MS, () => {
      if (this.#ended) return
      const revision = Math.max(this.#startRevision, this.#scope.server.store.publishedRevision)
      this.#inOrder([], () => this.#bookmark(revision, false))
      this.#scheduleBookmark()
    })
    this.#cancelTimers = [...this.#cancelTimers.slice(0, 1), cancel]
  }

  #push(frame: Buffer): void {
    this.#outgoing.push(frame)
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.#drain())
  }

  #drain(): void {
    this.#scheduled = false
    if (this.#ended || this.#outgoing.length === 0) return
    const frames = this.#outgoing
    this.#outgoing = []
    this.#sink.write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames))
    if (this.#sink.bufferedBytes > SLOW_CLIENT_BYTES) this.#end()
  }

  #fail(status: Status): void {
    this.#push(this.#frame('ERROR', status))
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#drain()
    this.#ended = true
    this.#handle?.close()
    for (const cancel of this.#cancelTimers) cancel()
    this.#sink.end()
  }
}
