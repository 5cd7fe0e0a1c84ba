import { formatMicroTime, formatTime, type KubeObject } from '../../api/index.ts'
import type { Clock, Random } from '../../base/index.ts'
import type { ApiClient } from './api-client.ts'
import { isApiError } from './errors.ts'
import { EVENTS } from './resources.ts'

/** What an event says. */
export interface EventText {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** What was done, for recorders of the newer events API. */
  readonly action?: string
  /** Path of the part that the event is about, such as `spec.containers{web}`. */
  readonly fieldPath?: string
}

/** Who writes events. */
export interface EventSource {
  readonly component: string
  readonly host?: string
  /** `events`: as clients of events.k8s.io write them (eventTime, action, no count). */
  readonly style?: 'core' | 'events'
}

interface Recorded {
  readonly namespace: string
  readonly name: string
  count: number
  created: boolean
  dirty: boolean
  writing: boolean
  body: KubeObject
  lastMs: number
}

/** Object, source and reason may write this many events at once; one more becomes free every refill. */
const burst = 25
const refillMs = 300_000
const remembered = 2048
/** Equal events within this time are counted in one. */
const forgetMs = 600_000
/** From so many different messages of one kind about one object on, they share one event. */
const similarLimit = 10
const combinedPrefix = '(combined from similar events): '
/** Normal events of node agents, all nodes together: as with kubelet's own limits, what goes beyond is not written. */
const agentBurst = 800
const agentPerSecond = 50
const parallelWrites = 4

/**
 * Writes events without ever holding up its callers: a queue with few writes at a time, equal events counted in one object
 * (`count`, `lastTimestamp`), floods from one object and source cut off as client-go's spam filter does.
 */
export class EventWriter {
  private readonly client: ApiClient
  private readonly clock: Clock
  private readonly known = new Map<string, Recorded>()
  private readonly similar = new Map<string, { readonly messages: Set<string>; lastMs: number }>()
  private readonly budgets = new Map<string, { tokens: number; atMs: number }>()
  private readonly waiting: Recorded[] = []
  private running = 0
  private agentBudget = { tokens: agentBurst, atMs: 0 }
  private sequence: number
  private stopped = false
  constructor(client: ApiClient, clock: Clock, random: Random) {
    this.client = client
    this.clock = clock
    const [a = 0, b = 0] = random.bytes(2)
    this.sequence = a * 256 + b
  }

  /** Records an event about `object`. */
  record(source: EventSource, object: KubeObject, text: EventText): void {
    if (this.stopped) return
    const nowMs = this.clock.nowMs()
    const { uid = '', name = '' } = object.metadata
    const namespace = object.metadata.namespace || 'default'
    const about = [
      source.component,
      source.host ?? '',
      uid || `${object.kind}/${namespace}/${name}`,
      text.reason,
      text.type,
      text.fieldPath ?? '',
    ].join('|')
    const combined = source.style !== 'events' && this.isCombined(about, text.message, nowMs)
    if (combined) this.recordText(source, object, about, { ...text, message: combinedPrefix + text.message }, nowMs)
    else this.recordText(source, object, `${about}|${text.message}`, text, nowMs)
  }

  /** True once an object has had so many different messages of one kind that further ones share an event. */
  private isCombined(about: string, message: string, nowMs: number): boolean {
    let similar = this.similar.get(about)
    if (similar === undefined || nowMs - similar.lastMs > forgetMs) {
      if (this.similar.size >= remembered) this.similar.clear()
      similar = { messages: new Set(), lastMs: nowMs }
      this.similar.set(about, similar)
    }
    similar.messages.add(message)
    similar.lastMs = nowMs
    if (similar.messages.size < similarLimit) return false
    const [first] = similar.messages
    if (first !== undefined) similar.messages.delete(first)
    return true
  }

  private recordText(source: EventSource, object: KubeObject, key: string, text: EventText, nowMs: number): void {
    const { uid = '', name = '' } = object.metadata
    const namespace = object.metadata.namespace || 'default'
    const known = this.known.get(key)
    if (known !== undefined && nowMs - known.lastMs < forgetMs) {
      if (!this.allowed(`${source.component}|${uid}`, nowMs)) return
      known.body = { ...known.body, message: text.message }
      known.count++
      known.lastMs = nowMs
      this.enqueue(known)
      return
    }
    if (!this.allowed(`${source.component}|${uid}`, nowMs)) return
    if (source.component === 'kubelet' && text.type === 'Normal' && !this.agentAllowed(nowMs)) return
    const recorded: Recorded = {
      namespace,
      name: `${name}.${this.nextSuffix(nowMs)}`,
      count: 1,
      created: false,
      dirty: false,
      writing: false,
      lastMs: nowMs,
      body: object,
    }
    recorded.body = eventBody(recorded, source, object, text, nowMs)
    if (this.known.size >= remembered) {
      const oldest = this.known.keys().next().value
      if (oldest !== undefined) this.known.delete(oldest)
    }
    this.known.set(key, recorded)
    this.enqueue(recorded)
  }

  stop(): void {
    this.stopped = true
    this.waiting.length = 0
  }

  private nextSuffix(nowMs: number): string {
    this.sequence = (this.sequence + 1) % 1_000_000
    return (BigInt(nowMs) * 1_000_000n + BigInt(this.sequence)).toString(16)
  }

  private allowed(key: string, nowMs: number): boolean {
    let budget = this.budgets.get(key)
    if (budget === undefined) {
      if (this.budgets.size > 4096) this.budgets.clear()
      budget = { tokens: burst, atMs: nowMs }
      this.budgets.set(key, budget)
    }
    budget.tokens = Math.min(burst, budget.tokens + (nowMs - budget.atMs) / refillMs)
    budget.atMs = nowMs
    if (budget.tokens < 1) return false
    budget.tokens--
    return true
  }

  private agentAllowed(nowMs: number): boolean {
    const { tokens, atMs } = this.agentBudget
    const left = Math.min(agentBurst, tokens + ((nowMs - atMs) / 1000) * agentPerSecond)
    this.agentBudget = { tokens: left < 1 ? left : left - 1, atMs: nowMs }
    return left >= 1
  }

  private enqueue(recorded: Recorded): void {
    if (recorded.dirty) return
    recorded.dirty = true
    if (!recorded.writing) this.waiting.push(recorded)
    this.pump()
  }

  private pump(): void {
    while (this.running < parallelWrites) {
      const next = this.waiting.shift()
      if (next === undefined) return
      this.running++
      void this.write(next)
    }
  }

  private async write(recorded: Recorded): Promise<void> {
    recorded.writing = true
    recorded.dirty = false
    try {
      if (recorded.created) await this.update(recorded)
      else await this.create(recorded)
    } catch {
      // An event is a courtesy: one that cannot be written (its namespace is going, say) is dropped.
    }
    recorded.writing = false
    if (recorded.dirty && !this.stopped) this.waiting.push(recorded)
    this.running--
    this.pump()
  }

  private async create(recorded: Recorded): Promise<void> {
    await this.client.create(EVENTS, { ...recorded.body, ...(recorded.count > 1 ? this.counted(recorded) : {}) })
    recorded.created = true
  }

  private async update(recorded: Recorded): Promise<void> {
    try {
      await this.client.patch(EVENTS, recorded, this.counted(recorded))
    } catch (error) {
      if (!isApiError(error, 'NOT_FOUND')) throw error
      await this.create(recorded)
    }
  }

  private counted(recorded: Recorded): Record<string, unknown> {
    if (recorded.body.eventTime) {
      return { series: { count: recorded.count, lastObservedTime: formatMicroTime(recorded.lastMs) } }
    }
    return { count: recorded.count, lastTimestamp: formatTime(recorded.lastMs), message: recorded.body.message }
  }
}

function eventBody(
  recorded: Recorded,
  source: EventSource,
  object: KubeObject,
  text: EventText,
  nowMs: number,
): KubeObject {
  const { namespace, name, uid, resourceVersion } = object.metadata
  const core = source.style !== 'events'
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: recorded.name, namespace: recorded.namespace },
    involvedObject: {
      kind: object.kind,
      ...(namespace ? { namespace } : {}),
      name,
      uid,
      apiVersion: object.apiVersion,
      resourceVersion,
      ...(text.fieldPath ? { fieldPath: text.fieldPath } : {}),
    },
    reason: text.reason,
    message: text.message.length > 1024 ? text.message.slice(0, 1024) : text.message,
    type: text.type,
    ...(core
      ? {
          source: { component: source.component, ...(source.host ? { host: source.host } : {}) },
          firstTimestamp: formatTime(nowMs),
          lastTimestamp: formatTime(nowMs),
          count: 1,
          eventTime: null,
        }
      : {
          source: {},
          firstTimestamp: null,
          lastTimestamp: null,
          eventTime: formatMicroTime(nowMs),
          action: text.action ?? text.reason,
        }),
    reportingComponent: source.component,
    reportingInstance: core ? (source.host ?? '') : (source.host ?? source.component),
  }
}
