import { formatTime, jsonEqual, type KubeObject, matchesSelector } from '../../../api/index.ts'
import type { ComponentContext, Informer, Job, JobStatus, Pod, Requeue } from '../../control/index.ts'
import {
  claimObjects,
  conditionOf,
  Expectations,
  isFinished,
  isReady,
  JOBS,
  keyOf,
  PODS,
  splitKey,
} from '../../control/index.ts'
import { indexAnnotation, parseIndexes } from './job-indexes.ts'
import { failureCounts, isPodFailed, readyIndexes, replacesOnlyFailed } from './job-failures.ts'
import type { Ending, JobCounts } from './job-plan.ts'
import {
  backOffMs,
  endedWith,
  endingOf,
  failureAction,
  isJobFinished,
  nextIndexes,
  trackingFinalizer,
  wantedActive,
  withEnding,
  withSuspension,
} from './job-plan.ts'
import { hasFinalizer, JobTally } from './job-tally.ts'
import { candidatePods, indexPods, watchOwnedPods } from './owned-pods.ts'
import { sortForDeletion } from './pod-ranking.ts'
import { isTerminating, PodControl, podFromTemplate, slowStart } from './pod-control.ts'

const component = 'job-controller'

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
  private readonly tally: JobTally
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.jobs = ctx.informers.of(JOBS)
    this.pods = indexPods(ctx)
    this.expectations = new Expectations(ctx.clock)
    this.control = new PodControl(ctx.client, ctx.recorder({ component }))
    this.tally = new JobTally(ctx.client)
    const loop = ctx.loop(component, (key) => this.reconcile(key), 5)
    const orphans = ctx.loop('job-orphan-pods', (key) => this.releaseOrphan(key), 4)
    const add = (job: Job): void => loop.queue.add(keyOf(job))
    this.jobs.on({
      add,
      update: (_old, job) => add(job),
      delete: (job) => {
        this.expectations.forget(keyOf(job))
        this.tally.forget(job)
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
      for (const pod of pods) if (isFinished(pod)) await this.tally.release(pod)
      return undefined
    }
    if (!this.expectations.satisfied(key)) return undefined
    if (job.status?.startTime === undefined && job.spec.suspend !== true) return this.begin(job)
    return this.advance(key, job, pods)
  }

  /** A job that starts gets its start time first: deadlines count from it. */
  private async begin(job: Job): Promise<Requeue | undefined> {
    const now = formatTime(this.ctx.nowMs())
    const { status, event } = withSuspension(job, { ...job.status, startTime: now }, now)
    const written = await this.ctx.client.update(JOBS, { ...job, status }, 'status')
    if (event !== undefined) this.event(job, 'Normal', event.reason, event.message)
    const pods = await this.claim(written)
    return this.advance(keyOf(written), written, pods)
  }

  private claim(job: Job): Promise<Pod[]> {
    const matches = (pod: Pod): boolean => matchesSelector(job.spec.selector, pod.metadata.labels)
    const claim = { client: this.ctx.client, owner: job, ownerType: JOBS, childType: PODS, matches }
    return claimObjects(claim, candidatePods(this.pods, job))
  }

  private async advance(key: string, start: Job, pods: readonly Pod[]): Promise<Requeue | undefined> {
    const active = pods.filter((pod) => !isFinished(pod) && pod.metadata.deletionTimestamp === undefined)
    const { job: counted, failJob, held } = await this.tally.count(start, pods, active)
    let job = counted
    const ignored = [...held.values()].filter((pod) => failureAction(job, pod).action === 'Ignore').length
    const counts: JobCounts = {
      active,
      succeeded: job.status?.succeeded ?? 0,
      failed: (job.status?.failed ?? 0) + held.size - ignored,
      completed: parseIndexes(job.status?.completedIndexes),
      failedIndexes: parseIndexes(job.status?.failedIndexes),
    }
    const nowMs = this.ctx.nowMs()
    const pending = this.pendingEnding(job)
    const ending =
      pending ?? (job.metadata.deletionTimestamp === undefined ? endingOf(job, counts, failJob, nowMs) : undefined)
    let requeueMs: number | undefined
    let left = active.length
    let stopping = pods.filter((pod) => !isFinished(pod) && pod.metadata.deletionTimestamp !== undefined)
    if (ending !== undefined) {
      // Nothing is replaced any more: what was held for that is counted, and pods that have not ended are let go.
      await Promise.all([...held.values(), ...stopping].map((pod) => this.tally.release(pod)))
      const waiting = stopping.filter((pod) => hasFinalizer(pod) && !isPodFailed(job, pod))
      await this.deletePods(key, job, active)
      // Pods that the failure of their job cuts short count as failed.
      const cut = ending.type === 'Failed' ? active.length + (pending === undefined ? waiting.length : 0) : 0
      job = { ...job, status: { ...job.status, failed: counts.failed + cut } }
      stopping = [...stopping, ...active]
      left = 0
    } else if (job.metadata.deletionTimestamp === undefined) {
      const result = await this.manage(key, job, counts, { held, stopping })
      left = result.active
      requeueMs = result.requeueMs
    }
    await this.writeStatus(job, pods, { active: left, terminating: stopping.length, ending })
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

  /** Pods whose job is gone need nobody's count. */
  private async releaseOrphan(key: string): Promise<void> {
    const { namespace, name } = splitKey(key)
    const pod = this.pods.get(namespace, name)
    if (pod === undefined) return
    const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller && reference.kind === 'Job')
    const job = owner === undefined ? undefined : this.jobs.get(namespace, owner.name)
    if (job === undefined || job.metadata.uid !== owner?.uid) await this.tally.release(pod)
  }

  private async manage(
    key: string,
    job: Job,
    counts: JobCounts,
    others: { readonly held: ReadonlyMap<number, Pod>; readonly stopping: readonly Pod[] },
  ): Promise<{ active: number; requeueMs?: number }> {
    const wanted = wantedActive(job, counts)
    const { active } = counts
    if (active.length > wanted) {
      const first = sortForDeletion(active, active, this.ctx.nowMs())
      await this.deletePods(key, job, first.slice(0, active.length - wanted))
      return { active: wanted }
    }
    const stopping = replacesOnlyFailed(job) ? others.stopping : []
    const missing = Math.min(500, wanted - stopping.length - active.length)
    if (missing <= 0) return { active: active.length }
    const nowMs = this.ctx.nowMs()
    const failures = job.spec.backoffLimitPerIndex === undefined ? this.tally.failuresOf(job) : undefined
    let waitMs = failures === undefined ? 0 : backOffMs(failures.count, failures.lastMs, nowMs)
    let indexes = job.spec.completionMode === 'Indexed' ? nextIndexes(job, counts, missing, stopping) : undefined
    if (indexes !== undefined && waitMs === 0) {
      const { ready, waitMs: forIndexes } = readyIndexes(indexes, others.held, nowMs)
      indexes = ready
      waitMs = forIndexes
    }
    if (waitMs > 0) return { active: active.length, requeueMs: waitMs }
    const count = indexes?.length ?? missing
    this.expectations.expectCreations(key, count)
    let begun = 0
    const { done, error } = await slowStart(count, async (i) => {
      begun++
      try {
        await this.control.create(job, this.podFor(job, indexes?.[i], others.held))
      } catch (problem) {
        this.expectations.creationObserved(key)
        throw problem
      }
    })
    for (; begun < count; begun++) this.expectations.creationObserved(key)
    if (error !== undefined && !isTerminating(error)) throw error
    return { active: active.length + done }
  }

  private podFor(job: Job, index: number | undefined, held: ReadonlyMap<number, Pod>): KubeObject {
    return podFromTemplate(JOBS, job, job.spec.template, (pod) => {
      pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), trackingFinalizer]
      if (index === undefined) return
      const text = String(index)
      pod.metadata.generateName = `${job.metadata.name}-${index}-`
      const counts = failureCounts(job, held.get(index))
      pod.metadata.annotations = { ...pod.metadata.annotations, [indexAnnotation]: text, ...counts }
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
          await this.tally.release(pod)
        } catch (error) {
          this.expectations.deletionObserved(key, pod.metadata.uid)
          throw error
        }
      }),
    )
  }

  private async writeStatus(
    job: Job,
    pods: readonly Pod[],
    now: { readonly active: number; readonly terminating: number; readonly ending: Ending | undefined },
  ): Promise<void> {
    const { active, terminating, ending } = now
    const live = pods.filter((pod) => !isFinished(pod))
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
    const suspension =
      ending === undefined ? withSuspension(job, status, formatTime(this.ctx.nowMs())) : { status, event: undefined }
    status = suspension.status
    // A job has ended once no pod of it is left that goes on.
    const final = ending !== undefined && terminating === 0
    if (ending !== undefined) status = withEnding(status, ending, final, formatTime(this.ctx.nowMs()))
    const cached = this.jobs.get(job.metadata.namespace ?? '', job.metadata.name)
    if (
      cached?.metadata.resourceVersion === job.metadata.resourceVersion &&
      jsonEqual(trimmed(cached?.status), trimmed(status))
    )
      return
    await this.ctx.client.update(JOBS, { ...job, status }, 'status')
    const { event } = suspension
    if (event !== undefined) this.event(job, 'Normal', event.reason, event.message)
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
