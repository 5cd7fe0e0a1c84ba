import { errorText } from '../../../base/index.ts'
import { formatTime, jsonEqual } from '../../../api/index.ts'
import type { ComponentContext, CronJob, Informer, Job, Requeue } from '../../control/index.ts'
import {
  CRON_JOBS,
  controllerOf,
  controllerReference,
  isApiError,
  JOBS,
  keyOf,
  splitKey,
  timeMs,
} from '../../control/index.ts'
import { dueTimes, parseSchedule } from './cron-schedule.ts'
import { endedWith } from './job-plan.ts'
import { isTerminating } from './pod-control.ts'

const component = 'cronjob-controller'
const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

type CronStatus = NonNullable<CronJob['status']>

/** As Kubernetes' cronjob controller: sleeps until the next time of each schedule. */
class CronJobController {
  private readonly ctx: ComponentContext
  private readonly cronJobs: Informer<CronJob>
  private readonly jobs: Informer<Job>
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.cronJobs = ctx.informers.of(CRON_JOBS)
    this.jobs = ctx.informers.of(JOBS)
    this.jobs.addIndex('controller', (job) => {
      const uid = controllerOf(job)?.uid
      return uid === undefined ? [] : [uid]
    })
    const loop = ctx.loop(component, (key) => this.reconcile(key), 5)
    const add = (cron: CronJob): void => loop.queue.add(keyOf(cron))
    this.cronJobs.on({ add, update: (_old, cron) => add(cron) })
    const owner = (job: Job): void => {
      const reference = controllerOf(job)
      if (reference?.kind === 'CronJob') loop.queue.add(`${job.metadata.namespace}/${reference.name}`)
    }
    this.jobs.on({ add: owner, update: (_old, job) => owner(job), delete: owner })
  }

  private async reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const cron = this.cronJobs.get(namespace, name)
    if (cron === undefined || cron.metadata.deletionTimestamp !== undefined) return undefined
    const jobs = this.jobs.byIndex('controller', cron.metadata.uid)
    const status = this.observe(cron, jobs)
    const started = await this.startDue(cron, jobs, status)
    if (!jsonEqual(withoutEmpty(cron.status), withoutEmpty(started.status))) {
      await this.ctx.client.update(CRON_JOBS, { ...cron, status: started.status }, 'status')
    }
    await this.cleanUp(cron, jobs)
    return started.requeueMs === undefined ? undefined : { requeueAfterMs: started.requeueMs }
  }

  /** Takes ended jobs off the list of active ones. */
  private observe(cron: CronJob, jobs: readonly Job[]): CronStatus {
    const status: CronStatus = { ...cron.status, active: [...(cron.status?.active ?? [])] }
    for (const job of jobs) {
      const index = (status.active ?? []).findIndex((reference) => reference.uid === job.metadata.uid)
      const end = endedWith(job.status?.conditions)
      if (index < 0) {
        if (end === undefined) {
          this.event(
            cron,
            'Warning',
            'UnexpectedJob',
            `Saw a job that the controller did not create or forgot: ${job.metadata.name}`,
          )
        }
        continue
      }
      if (end === undefined) continue
      status.active?.splice(index, 1)
      this.event(cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${end.type}`)
      const { completionTime } = job.status ?? {}
      if (completionTime && (!status.lastSuccessfulTime || completionTime > status.lastSuccessfulTime))
        status.lastSuccessfulTime = completionTime
    }
    const present = new Set(jobs.map((job) => job.metadata.uid))
    status.active = (status.active ?? []).filter((reference) => {
      if (present.has(reference.uid ?? '')) return true
      this.event(cron, 'Normal', 'MissingJob', `Active job went missing: ${reference.name}`)
      return false
    })
    return status
  }

  private async startDue(
    cron: CronJob,
    jobs: readonly Job[],
    status: CronStatus,
  ): Promise<{ status: CronStatus; requeueMs?: number }> {
    if (cron.spec.suspend === true) return { status }
    const schedule = parseSchedule(cron.spec.schedule, cron.spec.timeZone)
    if (schedule === undefined) {
      this.event(cron, 'Warning', 'UnparseableSchedule', `unparseable schedule: ${cron.spec.schedule}`)
      return { status }
    }
    const nowMs = this.ctx.nowMs()
    const last = timeMs(status.lastScheduleTime)
    let earliest = Number.isNaN(last) ? timeMs(cron.metadata.creationTimestamp) : last
    const deadline = cron.spec.startingDeadlineSeconds
    if (deadline !== undefined) earliest = Math.max(earliest, nowMs - deadline * 1000)
    const { due, next, missed } = dueTimes(schedule, earliest, nowMs)
    const later = next === undefined ? {} : { requeueMs: next - nowMs + 100 }
    if (missed > 100) {
      this.event(
        cron,
        'Warning',
        'TooManyMissedTimes',
        'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
      )
    }
    if (due === undefined) return { status, ...later }
    if (deadline !== undefined && due + deadline * 1000 < nowMs) {
      this.event(
        cron,
        'Warning',
        'MissSchedule',
        `Missed scheduled time to start a job: ${new Date(due).toUTCString()}`,
      )
      return { status, ...later }
    }
    const active = status.active ?? []
    if (cron.spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
      this.event(
        cron,
        'Normal',
        'JobAlreadyActive',
        'Not starting job because prior execution is running and concurrency policy is Forbid',
      )
      return { status, ...later }
    }
    if (cron.spec.concurrencyPolicy === 'Replace') {
      for (const reference of active) await this.deleteJob(cron, reference.name ?? '')
      status.active = []
    }
    const job = await this.createJob(cron, due)
    if (job !== undefined) {
      const { name, namespace = '', uid, resourceVersion = '' } = job.metadata
      const known = jobs.some(
        (other) => other.metadata.uid === uid && endedWith(other.status?.conditions) !== undefined,
      )
      if (!known)
        status.active = [
          ...(status.active ?? []),
          { apiVersion: 'batch/v1', kind: 'Job', name, namespace, resourceVersion, uid },
        ]
      status.lastScheduleTime = formatTime(due)
    }
    return { status, ...later }
  }

  private async createJob(cron: CronJob, dueMs: number): Promise<Job | undefined> {
    const { jobTemplate } = cron.spec
    const meta = jobTemplate.metadata ?? {}
    const { namespace = 'default' } = cron.metadata
    const name = `${cron.metadata.name}-${Math.floor(dueMs / 60_000)}`
    const wanted = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name,
        namespace,
        ...(meta.labels ? { labels: { ...meta.labels } } : {}),
        annotations: { ...meta.annotations, [scheduledAnnotation]: formatTime(dueMs) },
        ownerReferences: [controllerReference(CRON_JOBS, cron)],
      },
      spec: structuredClone(jobTemplate.spec),
    }
    try {
      const job = await this.ctx.client.create<Job>(JOBS, wanted)
      this.event(cron, 'Normal', 'SuccessfulCreate', `Created job ${name}`)
      return job
    } catch (error) {
      if (isApiError(error, 'ALREADY_EXISTS')) {
        const existing = await this.ctx.client.get(JOBS, { namespace, name })
        return controllerOf(existing ?? wanted)?.uid === cron.metadata.uid ? existing : undefined
      }
      if (isTerminating(error)) return undefined
      this.event(cron, 'Warning', 'FailedCreate', `Error creating job: ${errorText(error)}`)
      throw error
    }
  }

  private async deleteJob(cron: CronJob, name: string): Promise<void> {
    await this.ctx.client.delete(
      JOBS,
      { namespace: cron.metadata.namespace, name },
      { propagationPolicy: 'Background' },
    )
    this.event(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`)
  }

  private async cleanUp(cron: CronJob, jobs: readonly Job[]): Promise<void> {
    const ended = (type: string): Job[] =>
      jobs
        .filter(
          (job) => endedWith(job.status?.conditions)?.type === type && job.metadata.deletionTimestamp === undefined,
        )
        .sort(
          (a, b) =>
            timeMs(a.status?.startTime ?? a.metadata.creationTimestamp) -
            timeMs(b.status?.startTime ?? b.metadata.creationTimestamp),
        )
    const old = (list: Job[], limit: number): Job[] => list.slice(0, Math.max(0, list.length - limit))
    const excess = [
      ...old(ended('Complete'), cron.spec.successfulJobsHistoryLimit ?? 3),
      ...old(ended('Failed'), cron.spec.failedJobsHistoryLimit ?? 1),
    ]
    for (const job of excess) await this.deleteJob(cron, job.metadata.name)
  }

  private event(cron: CronJob, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.ctx.events.record({ component }, cron, { type, reason, message })
  }
}

function withoutEmpty(status: CronStatus | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(status ?? {}).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  )
}

/** Adds the CronJob controller to a context. */
export function startCronJobs(ctx: ComponentContext): void {
  new CronJobController(ctx)
}
