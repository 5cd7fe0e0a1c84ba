import { formatTime, jsonEqual, type KubeObject, matchesSelector } from '../../../api/index.ts'
import type { ComponentContext, Informer, Job, JobStatus, Pod, Requeue } from '../../control/index.ts'
import {
  claimObjects,
  conditionOf,
  Expectations,
  isApiError,
  isFinished,
  isReady,
  JOBS,
  keyOf,
  PODS,
  splitKey,
} from '../../control/index.ts'
import { completionIndex, indexAnnotation, parseIndexes, printIndexes } from './job-indexes.ts'
import type { Ending, JobCounts } from './job-plan.ts'
import {
  backOffMs,
  endedWith,
  endingOf,
  failureAction,
  finishedMs,
  isJobFinished,
  nextIndexes,
  trackingFinalizer,
  wantedActive,
  withEnding,
} from './job-plan.ts'
import { candidatePods, indexPods, watchOwnedPods } from './owned-pods.ts'
import { isTerminating, PodControl, podFromTemplate, slowStart } from './pod-control.ts'

const component = 'job-controller'

/** Failures in a row of a job's pods, for the back-off. */
interface Failures {
  count: number
  lastMs: number
}

/**
 * As Kubernetes' job controller. Every pod carries a finalizer until its end is counted in the status: first its uid is
 * noted as uncounted, then the finalizer goes, then the count rises, so that no pod is lost or counted twice.
 */
class JobController {
  private readonly ctx: ComponentContext
  private readonly jobs: Informer<Job>
  private readonly pods: Informer<Pod>
  private readonly expectations: Expectations
  private readonly control: PodControl
  private readonly failures = new Map<string, Failures>()
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.jobs = ctx.informers.of(JOBS)
    this.pods = indexPods(ctx)
    this.expectations = new Expectations(ctx.clock)
    this.control = new PodControl(ctx.client, ctx.recorder({ component }))
    const loop = ctx.loop(component, (key) => this.reconcile(key), 5)
    const orphans = ctx.loop('job-orphan-pods', (key) => this.releaseOrphan(key), 4)
    const add = (job: Job): void => loop.queue.add(keyOf(job))
    this.jobs.on({
      add,
      update: (_old, job) => add(job),
      delete: (job) => {
        this.expectations.forget(keyOf(job))
        this.failures.delete(job.metadata.uid)
        for (const pod of this.pods.byIndex('controller', job.metadata.uid)) orphans.queue.add(keyOf(pod))
      },
    })
    const stray = (pod: Pod): void => {
      if (!pod.metadata.finalizers?.includes(trackingFinalizer)) return
      if (pod.metadata.deletionTimestamp !== undefined || !pod.metadata.ownerReferences?.length)
        orphans.queue.add(keyOf(pod))
    }
    this.pods.on({ add: stray, update: (_old, pod) => stray(pod) })
    watchOwnedPods<Job>({
      type: JOBS,
      owners: this.jobs,
      pods: this.pods,
      matches: (job, pod) => matchesSelector(job.spec.selector, pod.metadata.labels),
      changed: (job, pod, what) => {
        if (what === 'add') this.expectations.creationObserved(keyOf(job))
        if (what === 'delete') this.expectations.deletionObserved(keyOf(job), pod.metadata.uid)
        add(job)
      },
    })
  }

  private async reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const job = this.jobs.get(namespace, name)
    if (job === undefined || (job.spec.managedBy && job.spec.managedBy !== 'kubernetes.io/job-controller'))
      return undefined
    const pods = await this.claim(job)
    if (isJobFinished(job)) {
      for (const pod of pods) if (isFinished(pod)) await this.dropFinalizer(pod)
      return undefined
    }
    if (!this.expectations.satisfied(key)) return undefined
    if (job.status?.startTime === undefined && job.spec.suspend !== true) return this.begin(job)
    return this.advance(key, job, pods)
  }

  /** A job that starts gets its start time first: deadlines count from it. */
  private async begin(job: Job): Promise<Requeue | undefined> {
    const status = { ...job.status, startTime: formatTime(this.ctx.nowMs()) }
    const written = await this.ctx.client.update(JOBS, { ...job, status: this.resumed(job, status) }, 'status')
    const pods = await this.claim(written)
    return this.advance(keyOf(written), written, pods)
  }

  private claim(job: Job): Promise<Pod[]> {
    const matches = (pod: Pod): boolean => matchesSelector(job.spec.selector, pod.metadata.labels)
    const claim = { client: this.ctx.client, owner: job, ownerType: JOBS, childType: PODS, matches }
    return claimObjects(claim, candidatePods(this.pods, job))
  }

  private async advance(key: string, start: Job, pods: readonly Pod[]): Promise<Requeue | undefined> {
    const { job: counted, failJob } = await this.count(start, pods)
    let job = counted
    const active = pods.filter((pod) => !isFinished(pod) && pod.metadata.deletionTimestamp === undefined)
    const counts: JobCounts = {
      active,
      succeeded: job.status?.succeeded ?? 0,
      failed: job.status?.failed ?? 0,
      completed: parseIndexes(job.status?.completedIndexes),
      failedIndexes: parseIndexes(job.status?.failedIndexes),
    }
    const nowMs = this.ctx.nowMs()
    const pending = this.pendingEnding(job)
    const ending =
      pending ?? (job.metadata.deletionTimestamp === undefined ? endingOf(job, counts, failJob, nowMs) : undefined)
    let requeueMs: number | undefined
    let left = active.length
    if (ending !== undefined) {
      await this.deletePods(key, job, active)
      // Pods that the ending of their job cuts short count as failed.
      if (active.length > 0) job = { ...job, status: { ...job.status, failed: counts.failed + active.length } }
      left = 0
    } else if (job.metadata.deletionTimestamp === undefined) {
      const result = await this.manage(key, job, counts)
      left = result.active
      requeueMs = result.requeueMs
    }
    await this.writeStatus(job, pods, left, ending)
    const { activeDeadlineSeconds } = job.spec
    if (activeDeadlineSeconds !== undefined && ending === undefined && job.status?.startTime) {
      const dueMs = Date.parse(job.status.startTime) + activeDeadlineSeconds * 1000 - nowMs
      requeueMs = Math.min(requeueMs ?? Number.POSITIVE_INFINITY, Math.max(1, dueMs))
    }
    return requeueMs === undefined ? undefined : { requeueAfterMs: requeueMs }
  }

  /** An ending that was decided before and waits for its pods to go. */
  private pendingEnding(job: Job): Ending | undefined {
    const success = conditionOf(job.status?.conditions, 'SuccessCriteriaMet')
    const failure = conditionOf(job.status?.conditions, 'FailureTarget')
    const found = success?.status === 'True' ? success : failure?.status === 'True' ? failure : undefined
    if (found === undefined) return undefined
    return { type: found === success ? 'Complete' : 'Failed', reason: found.reason ?? '', message: found.message ?? '' }
  }

  /** Counts pods that have ended and lets them go; returns the job with the new counts. */
  private async count(start: Job, pods: readonly Pod[]): Promise<{ job: Job; failJob: string | undefined }> {
    const noted = start.status?.uncountedTerminatedPods ?? {}
    const known = new Set([...(noted.succeeded ?? []), ...(noted.failed ?? [])])
    const succeeded = [...(noted.succeeded ?? [])]
    const failed = [...(noted.failed ?? [])]
    const ended: Pod[] = []
    let failJob: string | undefined
    const failedIndexes = parseIndexes(start.status?.failedIndexes)
    const completed = parseIndexes(start.status?.completedIndexes)
    for (const pod of pods) {
      if (!pod.metadata.finalizers?.includes(trackingFinalizer)) continue
      const over = isFinished(pod) || pod.metadata.deletionTimestamp !== undefined
      if (!over) continue
      ended.push(pod)
      const index = completionIndex(pod)
      if (pod.status?.phase === 'Succeeded') {
        if (index !== undefined) completed.add(index)
        if (!known.has(pod.metadata.uid)) succeeded.push(pod.metadata.uid)
        this.failures.delete(start.metadata.uid)
        continue
      }
      const { action, ...rest } = failureAction(start, pod)
      if (action === 'FailJob' && 'message' in rest) failJob = rest.message
      if (known.has(pod.metadata.uid)) continue
      if (action === 'FailIndex' && index !== undefined) failedIndexes.add(index)
      if (action !== 'Ignore') {
        failed.push(pod.metadata.uid)
        if (index !== undefined && this.indexFailed(start, pods, index)) failedIndexes.add(index)
      }
      const entry = this.failures.get(start.metadata.uid) ?? { count: 0, lastMs: 0 }
      this.failures.set(start.metadata.uid, { count: entry.count + 1, lastMs: Math.max(entry.lastMs, finishedMs(pod)) })
    }
    if (ended.length === 0 && known.size === 0) return { job: start, failJob }
    const uncounted = { ...(succeeded.length > 0 ? { succeeded } : {}), ...(failed.length > 0 ? { failed } : {}) }
    let job = start
    if (!jsonEqual(uncounted, noted)) {
      job = await this.ctx.client.update(
        JOBS,
        { ...job, status: { ...job.status, uncountedTerminatedPods: uncounted } },
        'status',
      )
    }
    await Promise.all(ended.map((pod) => this.dropFinalizer(pod)))
    const indexed = job.spec.completionMode === 'Indexed'
    const status: JobStatus = {
      ...job.status,
      uncountedTerminatedPods: {},
      succeeded: indexed ? completed.size : (job.status?.succeeded ?? 0) + succeeded.length,
      failed: (job.status?.failed ?? 0) + failed.length,
      ...(indexed ? { completedIndexes: printIndexes(completed) } : {}),
      ...(failedIndexes.size > 0 || start.spec.backoffLimitPerIndex !== undefined
        ? { failedIndexes: printIndexes(failedIndexes) }
        : {}),
    }
    return { job: { ...job, status }, failJob }
  }

  private indexFailed(job: Job, pods: readonly Pod[], index: number): boolean {
    const limit = job.spec.backoffLimitPerIndex
    if (limit === undefined) return false
    return pods.filter((pod) => completionIndex(pod) === index && pod.status?.phase === 'Failed').length > limit
  }

  private async dropFinalizer(pod: Pod): Promise<void> {
    const finalizers = pod.metadata.finalizers ?? []
    if (!finalizers.includes(trackingFinalizer)) return
    const left = finalizers.filter((name) => name !== trackingFinalizer)
    try {
      await this.ctx.client.patch(PODS, pod.metadata, {
        metadata: { uid: pod.metadata.uid, finalizers: left.length > 0 ? left : null },
      })
    } catch (error) {
      if (!isApiError(error, 'NOT_FOUND', 'CONFLICT')) throw error
    }
  }

  /** Pods whose job is gone need nobody's count. */
  private async releaseOrphan(key: string): Promise<void> {
    const { namespace, name } = splitKey(key)
    const pod = this.pods.get(namespace, name)
    if (pod === undefined) return
    const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller && reference.kind === 'Job')
    const job = owner === undefined ? undefined : this.jobs.get(namespace, owner.name)
    if (job === undefined || job.metadata.uid !== owner?.uid) await this.dropFinalizer(pod)
  }

  private async manage(key: string, job: Job, counts: JobCounts): Promise<{ active: number; requeueMs?: number }> {
    const wanted = wantedActive(job, counts)
    const { active } = counts
    if (active.length > wanted) {
      await this.deletePods(key, job, active.slice(0, active.length - wanted))
      return { active: wanted }
    }
    const missing = Math.min(500, wanted - active.length)
    if (missing <= 0) return { active: active.length }
    const failures = this.failures.get(job.metadata.uid)
    const waitMs = failures === undefined ? 0 : backOffMs(failures.count, failures.lastMs, this.ctx.nowMs())
    if (waitMs > 0) return { active: active.length, requeueMs: waitMs }
    const indexes = job.spec.completionMode === 'Indexed' ? nextIndexes(job, counts, missing) : undefined
    const count = indexes?.length ?? missing
    this.expectations.expectCreations(key, count)
    let begun = 0
    const { done, error } = await slowStart(count, async (i) => {
      begun++
      try {
        await this.control.create(job, this.podFor(job, indexes?.[i]))
      } catch (problem) {
        this.expectations.creationObserved(key)
        throw problem
      }
    })
    for (; begun < count; begun++) this.expectations.creationObserved(key)
    if (error !== undefined && !isTerminating(error)) throw error
    return { active: active.length + done }
  }

  private podFor(job: Job, index: number | undefined): KubeObject {
    return podFromTemplate(JOBS, job, job.spec.template, (pod) => {
      pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), trackingFinalizer]
      if (index === undefined) return
      const text = String(index)
      pod.metadata.generateName = `${job.metadata.name}-${index}-`
      pod.metadata.annotations = { ...pod.metadata.annotations, [indexAnnotation]: text }
      pod.metadata.labels = { ...pod.metadata.labels, [indexAnnotation]: text }
      pod.spec.hostname = `${job.metadata.name}-${index}`
      for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
        if (container.env?.some(({ name }) => name === 'JOB_COMPLETION_INDEX')) continue
        const valueFrom = { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${indexAnnotation}']` } }
        container.env = [...(container.env ?? []), { name: 'JOB_COMPLETION_INDEX', valueFrom }]
      }
    })
  }

  private async deletePods(key: string, job: Job, pods: readonly Pod[]): Promise<void> {
    if (pods.length === 0) return
    this.expectations.expectDeletions(
      key,
      pods.map((pod) => pod.metadata.uid),
    )
    await Promise.all(
      pods.map(async (pod) => {
        try {
          await this.control.delete(job, pod)
          await this.dropFinalizer(pod)
        } catch (error) {
          this.expectations.deletionObserved(key, pod.metadata.uid)
          throw error
        }
      }),
    )
  }

  /** Status with the condition and event of a job that is suspended, or goes on. */
  private resumed(job: Job, status: JobStatus): JobStatus {
    const now = formatTime(this.ctx.nowMs())
    const old = conditionOf(status.conditions, 'Suspended')
    const others = (status.conditions ?? []).filter((condition) => condition.type !== 'Suspended')
    if (job.spec.suspend === true) {
      if (old?.status === 'True') return status
      this.event(job, 'Normal', 'Suspended', 'Job suspended')
      const { startTime: _start, ...rest } = status
      const condition = {
        type: 'Suspended',
        status: 'True',
        lastProbeTime: now,
        lastTransitionTime: now,
        reason: 'JobSuspended',
        message: 'Job suspended',
      }
      return { ...rest, conditions: [...others, condition] }
    }
    if (old?.status !== 'True') return status
    this.event(job, 'Normal', 'Resumed', 'Job resumed')
    const condition = {
      type: 'Suspended',
      status: 'False',
      lastProbeTime: now,
      lastTransitionTime: now,
      reason: 'JobResumed',
      message: 'Job resumed',
    }
    return { ...status, startTime: now, conditions: [...others, condition] }
  }

  private async writeStatus(job: Job, pods: readonly Pod[], active: number, ending: Ending | undefined): Promise<void> {
    const live = pods.filter((pod) => !isFinished(pod))
    const terminating = live.filter((pod) => pod.metadata.deletionTimestamp !== undefined).length
    let status: JobStatus = {
      ...job.status,
      active,
      ready:
        ending === undefined
          ? live.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined).length
          : 0,
      terminating,
      uncountedTerminatedPods: job.status?.uncountedTerminatedPods ?? {},
    }
    if (ending === undefined) status = this.resumed(job, status)
    const final = ending !== undefined && active === 0
    if (ending !== undefined) status = withEnding(status, ending, final, formatTime(this.ctx.nowMs()))
    const cached = this.jobs.get(job.metadata.namespace ?? '', job.metadata.name)
    if (
      cached?.metadata.resourceVersion === job.metadata.resourceVersion &&
      jsonEqual(trimmed(cached?.status), trimmed(status))
    )
      return
    await this.ctx.client.update(JOBS, { ...job, status }, 'status')
    if (final && endedWith(job.status?.conditions) === undefined && ending !== undefined) {
      if (ending.type === 'Complete') this.event(job, 'Normal', 'Completed', 'Job completed')
      else this.event(job, 'Warning', ending.reason, ending.message)
    }
  }

  private event(job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.ctx.events.record({ component }, job, { type, reason, message })
  }
}

function trimmed(status: JobStatus | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(status ?? {}).filter(([, value]) => value !== 0 && value !== ''))
}

/** Adds the Job controller to a context. */
export function startJobs(ctx: ComponentContext): void {
  new JobController(ctx)
}
