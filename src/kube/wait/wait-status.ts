import type { KubeObject } from '../../api/index.ts'
import type { Clock } from '../../base/index.ts'
import type { Client } from '../client.ts'
import { isForbidden, isNotFound, KubeClientError } from '../errors.ts'
import { gvkText, type ResourceInfo } from '../resources/info.ts'
import { computeStatus, groupKind } from '../status/compute.ts'
import type { StatusResult } from '../status/model.ts'
import { creationFailure, terminalCause } from '../status/terminal.ts'
import {
  completedJobStatus,
  completedPodStatus,
  isUnschedulable,
  SCHEDULE_WINDOW_MS,
} from '../status/workload-rules.ts'
import { contextFailure, startDeadline } from './deadline.ts'
import { podsFailed, PODS, selects } from './pods.ts'
import { type WatchTarget, watchObjects } from './watch-objects.ts'

/**
 * What is waited for: `ready` by the rules of each kind; `jobs` as ready, with jobs complete; `hook` for pods and jobs
 * that finish, everything else is ready at once; `gone` for absence.
 */
export type WaitGoal = 'ready' | 'jobs' | 'hook' | 'gone'

/** The state of one object while it is waited for. */
export interface WaitState {
  readonly info: ResourceInfo
  readonly result: StatusResult
  /** The goal is reached, or never will be. */
  readonly done: boolean
}

/** How to wait. */
export interface WaitOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  /** Told at each change, with all objects in order. */
  readonly onProgress?: ((states: readonly WaitState[]) => void) | undefined
  /** End at the first object that failed, or that waiting longer will not help. */
  readonly failFast?: boolean | undefined
  /** Told about a failure that is worth a line in the log (the legacy way of waiting for hooks only). */
  readonly onError?: ((message: string, attributes: Readonly<Record<string, string>>) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What applies when the timeout is zero, as in Helm. */
const DEFAULT_TIMEOUT_MS = 30_000
/** Helm takes longer than this to begin watching: so short a time is over before. */
const TOO_SHORT_MS = 1

interface Tracked {
  readonly info: ResourceInfo
  /** As last seen. */
  live: KubeObject | undefined
  result: StatusResult
  /** Whether the collection was listed at least once. */
  seen: boolean
  version: number
}

/**
 * Waits by watching until every object reaches the goal or has failed for good, or the time is over; then rejects with
 * one line per object that did not, as Helm's status watcher.
 */
export async function waitForStatus(
  client: Client,
  infos: readonly ResourceInfo[],
  goal: WaitGoal,
  options: WaitOptions,
): Promise<void> {
  const tracked = infos
    .filter((info) => goal === 'gone' || !isPaused(info))
    .map(
      (info): Tracked => ({
        info,
        live: undefined,
        result: { status: 'Unknown', message: '' },
        seen: false,
        version: 0,
      }),
    )
  if (tracked.length === 0) return
  if (options.timeoutMs > 0 && options.timeoutMs <= TOO_SHORT_MS) {
    const why = contextFailure('timeout').message
    throw new KubeClientError('TIMEOUT', `reporter failed to start: event funnel closed: ${why}`)
  }
  const wait = new StatusWait(client, tracked, goal, options)
  await wait.run()
}

function isPaused({ object }: ResourceInfo): boolean {
  return groupKind(object) === 'apps/Deployment' && (object.spec as { paused?: unknown } | undefined)?.paused === true
}

class StatusWait {
  private readonly client: Client
  private readonly tracked: readonly Tracked[]
  private readonly goal: WaitGoal
  private readonly options: WaitOptions
  private readonly deadline: ReturnType<typeof startDeadline>
  private fatal: unknown

  constructor(client: Client, tracked: readonly Tracked[], goal: WaitGoal, options: WaitOptions) {
    this.client = client
    this.tracked = tracked
    this.goal = goal
    this.options = options
    const timeoutMs = options.timeoutMs <= 0 ? DEFAULT_TIMEOUT_MS : options.timeoutMs
    this.deadline = startDeadline(options.clock, timeoutMs, options.signal)
  }

  async run(): Promise<void> {
    const groups = groupTargets(this.tracked)
    const followed = groups.map(({ target, members }) => this.follow(target, members))
    await Promise.all([...followed, ...this.followPods()])
    this.deadline.finish()
    if (this.fatal !== undefined) throw this.fatal
    this.report()
  }

  private async follow(target: WatchTarget, members: readonly Tracked[]): Promise<void> {
    const find = (object: KubeObject) => members.find((member) => member.info.name === object.metadata.name)
    const handlers = {
      onList: (objects: readonly KubeObject[]) => {
        for (const member of members) {
          member.seen = true
          const object = objects.find((candidate) => candidate.metadata.name === member.info.name)
          if (object !== undefined) this.judge(member, object)
          else if (this.goal === 'gone' || member.result.status !== 'Unknown') this.set(member, NOT_FOUND)
        }
        this.check()
      },
      onChange: (object: KubeObject) => {
        const member = find(object)
        if (member !== undefined) this.judge(member, object)
        this.check()
      },
      onDelete: (object: KubeObject) => {
        const member = find(object)
        if (member !== undefined) this.set(member, NOT_FOUND)
        this.check()
      },
    }
    try {
      await watchObjects(this.client, this.options.clock, target, handlers, this.deadline.signal)
    } catch (error) {
      if (isNotFound(error)) {
        for (const member of members) {
          member.seen = true
          this.set(member, NOT_FOUND)
        }
        this.check()
        return
      }
      this.fatal ??= isForbidden(error) ? error : new KubeClientError('NOT_READY', String(error), {}, error)
      this.deadline.finish()
    }
  }

  /** With fail-fast: looks at the pods of the namespaces for causes that do not pass. */
  private followPods(): Promise<void>[] {
    if (this.options.failFast !== true || this.goal === 'gone') return []
    const namespaces = new Set(
      this.tracked.filter(({ info }) => info.mapping.namespaced).map(({ info }) => info.namespace),
    )
    const look = (pod: KubeObject): void => {
      const cause = terminalCause(pod)
      const member = cause === undefined ? undefined : this.tracked.find(({ live }) => selects(live, pod))
      if (member === undefined || cause === undefined || this.isDone(member)) return
      this.set(member, { status: 'Failed', message: cause })
      this.check()
    }
    return [...namespaces].map((namespace) => {
      const target = { gvr: PODS, namespace, name: undefined }
      const handlers = {
        onList: (pods: readonly KubeObject[]) => pods.forEach(look),
        onChange: look,
        onDelete: () => undefined,
      }
      // Who may not look at pods waits as without.
      return watchObjects(this.client, this.options.clock, target, handlers, this.deadline.signal).catch(
        () => undefined,
      )
    })
  }

  private judge(member: Tracked, object: KubeObject): void {
    const typed = { ...object, apiVersion: member.info.object.apiVersion, kind: member.info.object.kind }
    member.live = typed
    const now = this.options.clock.nowMs()
    const judged = this.rule(typed, now)
    const failure = this.options.failFast === true ? creationFailure(typed) : undefined
    const result: StatusResult =
      failure === undefined || judged.status !== 'InProgress' ? judged : { status: 'Failed', message: failure }
    this.set(member, result)
    const { version } = member
    if (result.status === 'InProgress' && hasPodController(typed)) {
      // A workload whose pods cannot come up fails before its own status says so.
      podsFailed(this.client, typed, now, this.deadline.signal)
        .then((count) => {
          if (count === 0 || member.version !== version) return
          this.set(member, { status: 'Failed', message: `${count} pods have failed` })
          this.check()
        })
        .catch(() => undefined)
    }
    if (groupKind(typed) === '/Pod' && result.status === 'InProgress' && isUnschedulable(typed)) {
      this.options.clock.after(SCHEDULE_WINDOW_MS, () => {
        if (member.version !== version || this.deadline.signal.aborted) return
        this.set(member, this.rule(typed, this.options.clock.nowMs()))
        this.check()
      })
    }
  }

  private rule(object: KubeObject, nowMs: number): StatusResult {
    const kind = groupKind(object)
    if (this.goal === 'hook') {
      if (kind === 'batch/Job') return completedJobStatus(object)
      if (kind === '/Pod') return completedPodStatus(object)
      return { status: 'Current', message: 'Resource is current' }
    }
    if (this.goal === 'jobs' && kind === 'batch/Job') return completedJobStatus(object)
    return computeStatus(object, nowMs)
  }

  private set(member: Tracked, result: StatusResult): void {
    member.result = result
    member.version++
  }

  private isDone({ result, seen }: Tracked): boolean {
    if (this.goal === 'gone') return seen && result.status === 'NotFound'
    return result.status === 'Current' || result.status === 'Failed'
  }

  private check(): void {
    if (this.deadline.signal.aborted) return
    this.options.onProgress?.(
      this.tracked.map((member) => ({ info: member.info, result: member.result, done: this.isDone(member) })),
    )
    const failed = this.options.failFast === true && this.tracked.some(({ result }) => result.status === 'Failed')
    if (failed || this.tracked.every((member) => this.isDone(member))) this.deadline.finish()
  }

  private report(): void {
    const lines: string[] = []
    for (const { info, result } of this.tracked) {
      const fine = this.goal === 'gone' ? ['NotFound', 'Unknown'] : ['Current']
      if (fine.includes(result.status)) continue
      const words = `${info.mapping.gvk.kind}/${info.mapping.namespaced ? info.namespace : ''}/${info.name}`
      const complaint = this.goal === 'gone' ? 'still exists' : 'not ready'
      lines.push(`resource ${words} ${complaint}. status: ${result.status}, message: ${result.message}`)
    }
    const ended = this.deadline.ended()
    if (ended !== undefined) lines.push(contextFailure(ended).message)
    if (lines.length > 0) throw new KubeClientError(ended === undefined ? 'NOT_READY' : 'TIMEOUT', lines.join('\n'))
  }
}

const NOT_FOUND: StatusResult = { status: 'NotFound', message: 'Resource not found' }

function hasPodController(object: KubeObject): boolean {
  const kind = groupKind(object)
  return kind === 'apps/StatefulSet' || kind === 'apps/ReplicaSet'
}

/** One list and watch per resource and namespace; for a single object, narrowed to it by name. */
function groupTargets(tracked: readonly Tracked[]): { target: WatchTarget; members: Tracked[] }[] {
  const groups = new Map<string, { target: WatchTarget; members: Tracked[] }>()
  for (const member of tracked) {
    const { gvk, gvr, namespaced } = member.info.mapping
    const namespace = namespaced ? member.info.namespace : undefined
    const key = `${gvr.group}/${gvr.version}/${gvr.resource}/${namespace ?? ''}`
    const group = groups.get(key)
    const words = gvkText(gvk)
    if (group === undefined) {
      groups.set(key, { target: { gvr, namespace, name: member.info.name, words }, members: [member] })
    } else {
      group.members.push(member)
      group.target = { gvr, namespace, name: undefined, words }
    }
  }
  return [...groups.values()]
}
