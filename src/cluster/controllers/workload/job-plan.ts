import type { Condition, Job, JobStatus, Pod } from '../../control/index.ts'
import { conditionOf, timeMs } from '../../control/index.ts'
import { completionIndex, parseIndexes } from './job-indexes.ts'

/** Finalizer that keeps a pod of a job until the job has counted it. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'

/** Why a job ends. */
export interface Ending {
  readonly type: 'Complete' | 'Failed'
  readonly reason: string
  readonly message: string
}

/** True when the job has ended. */
export function isJobFinished(job: Job): boolean {
  return endedWith(job.status?.conditions) !== undefined
}

/** The condition with which a job ended. */
export function endedWith(conditions: readonly Condition[] | undefined): Condition | undefined {
  return conditions?.find(
    (condition) => (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  )
}

/** How a failure of a pod counts, by the job's pod failure policy. */
export function failureAction(
  job: Job,
  pod: Pod,
): { action: 'Count' | 'Ignore' | 'FailIndex' } | { action: 'FailJob'; message: string } {
  for (const [number, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const exits = rule.onExitCodes
    if (exits !== undefined) {
      const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
      for (const { name, state } of statuses) {
        const code = state?.terminated?.exitCode
        if (code === undefined || code === 0 || (exits.containerName && exits.containerName !== name)) continue
        if (exits.values.includes(code) !== (exits.operator === 'In')) continue
        const message = `Container ${name} for pod ${pod.metadata.namespace}/${pod.metadata.name} failed with exit code ${code} matching FailJob rule at index ${number}`
        return rule.action === 'FailJob' ? { action: 'FailJob', message } : { action: actionOf(rule.action) }
      }
    }
    for (const pattern of rule.onPodConditions ?? []) {
      if (conditionOf(pod.status?.conditions, pattern.type)?.status !== (pattern.status ?? 'True')) continue
      const message = `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${pattern.type} matching FailJob rule at index ${number}`
      return rule.action === 'FailJob' ? { action: 'FailJob', message } : { action: actionOf(rule.action) }
    }
  }
  return { action: 'Count' }
}

function actionOf(action: string): 'Count' | 'Ignore' | 'FailIndex' {
  return action === 'Ignore' || action === 'FailIndex' ? action : 'Count'
}

/** What a job has come to. */
export interface JobCounts {
  readonly active: readonly Pod[]
  readonly succeeded: number
  readonly failed: number
  /** Indexed jobs: indexes that succeeded. */
  readonly completed: ReadonlySet<number>
  /** Indexes that failed for good. */
  readonly failedIndexes: ReadonlySet<number>
}

function restarts(pods: readonly Pod[]): number {
  let count = 0
  for (const pod of pods) {
    if (pod.spec.restartPolicy !== 'OnFailure' || pod.status?.phase !== 'Running') continue
    for (const status of [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])])
      count += status.restartCount
  }
  return count
}

/** Whether the job ends now, and how. `failJob` is the message of a FailJob rule that matched. */
export function endingOf(job: Job, counts: JobCounts, failJob: string | undefined, nowMs: number): Ending | undefined {
  const { spec } = job
  if (failJob !== undefined) return { type: 'Failed', reason: 'PodFailurePolicy', message: failJob }
  const limit = spec.backoffLimit ?? (spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1)
  const onFailure = restarts(counts.active)
  if (counts.failed > limit || (onFailure > 0 && (limit === 0 || onFailure >= limit))) {
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }
  }
  const startMs = timeMs(job.status?.startTime)
  if (
    spec.activeDeadlineSeconds !== undefined &&
    spec.suspend !== true &&
    nowMs - startMs >= spec.activeDeadlineSeconds * 1000
  ) {
    return { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' }
  }
  if (spec.maxFailedIndexes !== undefined && counts.failedIndexes.size > spec.maxFailedIndexes) {
    return {
      type: 'Failed',
      reason: 'MaxFailedIndexesExceeded',
      message: 'Job has exceeded the specified maximal number of failed indexes',
    }
  }
  if (spec.completionMode === 'Indexed' && counts.failedIndexes.size > 0) {
    if (counts.completed.size + counts.failedIndexes.size >= (spec.completions ?? 0))
      return { type: 'Failed', reason: 'FailedIndexes', message: 'Job has failed indexes' }
  }
  const rule = matchingSuccessRule(job, counts)
  if (rule >= 0) return { type: 'Complete', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` }
  if (spec.completions === undefined) {
    if (counts.succeeded > 0 && counts.active.length === 0) return completed
    return undefined
  }
  return counts.succeeded >= spec.completions ? completed : undefined
}

const completed: Ending = {
  type: 'Complete',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
}

/** The place of the first rule of the success policy that is met; -1 when none is. */
function matchingSuccessRule(job: Job, counts: JobCounts): number {
  if (counts.completed.size === 0) return -1
  return (job.spec.successPolicy?.rules ?? []).findIndex((rule) => {
    const wanted = rule.succeededIndexes === undefined ? undefined : parseIndexes(rule.succeededIndexes)
    const matching =
      wanted === undefined ? counts.completed.size : [...wanted].filter((index) => counts.completed.has(index)).length
    return matching >= (rule.succeededCount ?? wanted?.size ?? Number.POSITIVE_INFINITY)
  })
}

/** How many pods should be active now. Terminating ones take places where only failed pods are replaced. */
export function wantedActive(job: Job, counts: JobCounts): number {
  const parallelism = job.spec.parallelism ?? 1
  if (job.spec.suspend === true) return 0
  if (job.spec.completions === undefined)
    return counts.succeeded > 0 ? Math.min(counts.active.length, parallelism) : parallelism
  const left = job.spec.completions - counts.succeeded - counts.failedIndexes.size
  return Math.max(0, Math.min(left, parallelism))
}

/** The lowest indexes that are neither done nor failed and have no active pod, nor one of `others`. */
export function nextIndexes(job: Job, counts: JobCounts, count: number, others: readonly Pod[] = []): number[] {
  const taken = new Set<number>([...counts.completed, ...counts.failedIndexes])
  for (const pod of [...counts.active, ...others]) {
    const index = completionIndex(pod)
    if (index !== undefined) taken.add(index)
  }
  const indexes: number[] = []
  for (let index = 0; index < (job.spec.completions ?? 0) && indexes.length < count; index++)
    if (!taken.has(index)) indexes.push(index)
  return indexes
}

/** How long to wait before the next pod after failures: 10 s doubling to 10 min since the last one ended. */
export function backOffMs(failuresInARow: number, lastFailureMs: number, nowMs: number): number {
  if (failuresInARow === 0) return 0
  const delay = Math.min(600_000, 10_000 * 2 ** (failuresInARow - 1))
  return Math.max(0, lastFailureMs + delay - nowMs)
}

/** When the last container of a pod ended; for want of that when it became unready, was deleted or created. */
export function finishedMs(pod: Pod): number {
  const ends = (pod.status?.containerStatuses ?? [])
    .map((status) => timeMs(status.state?.terminated?.finishedAt))
    .filter((ms) => !Number.isNaN(ms))
  if (ends.length > 0) return Math.max(...ends)
  const ready = conditionOf(pod.status?.conditions, 'Ready')
  if (ready?.status === 'False' && ready.lastTransitionTime) return timeMs(ready.lastTransitionTime)
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata
  return deletionTimestamp === undefined
    ? timeMs(creationTimestamp)
    : timeMs(deletionTimestamp) - deletionGracePeriodSeconds * 1000
}

/** Status with the condition of a job that is suspended, or goes on after that; the event that tells it, if it is news. */
export function withSuspension(
  job: Job,
  status: JobStatus,
  now: string,
): { readonly status: JobStatus; readonly event?: { readonly reason: string; readonly message: string } } {
  const suspended = job.spec.suspend === true
  const old = conditionOf(status.conditions, 'Suspended')
  if ((old?.status === 'True') === suspended) return { status }
  const word = suspended ? 'suspended' : 'resumed'
  const reason = suspended ? 'Suspended' : 'Resumed'
  const message = `Job ${word}`
  const condition = {
    type: 'Suspended',
    status: suspended ? 'True' : 'False',
    lastProbeTime: now,
    lastTransitionTime: now,
    reason: `Job${reason}`,
    message,
  }
  const { startTime: _start, ...rest } = status
  const conditions = [...(status.conditions ?? []).filter(({ type }) => type !== 'Suspended'), condition]
  return { status: { ...rest, ...(suspended ? {} : { startTime: now }), conditions }, event: { reason, message } }
}

/** Adds the conditions of an ending: what is being reached first, the final one once no pod is left. */
export function withEnding(status: JobStatus, ending: Ending, final: boolean, now: string): JobStatus {
  const conditions = [...(status.conditions ?? [])]
  const add = (type: string): void => {
    if (conditionOf(conditions, type)?.status === 'True') return
    conditions.push({
      type,
      status: 'True',
      lastProbeTime: now,
      lastTransitionTime: now,
      reason: ending.reason,
      message: ending.message,
    })
  }
  add(ending.type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget')
  if (final) add(ending.type)
  return { ...status, conditions, ...(final && ending.type === 'Complete' ? { completionTime: now } : {}) }
}
