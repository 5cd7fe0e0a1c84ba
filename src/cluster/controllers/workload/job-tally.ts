import { jsonEqual } from '../../../api/index.ts'
import type { ApiClient, Job, JobStatus, Pod } from '../../control/index.ts'
import { isApiError, JOBS, PODS } from '../../control/index.ts'
import { completionIndex, parseIndexes, printIndexes } from './job-indexes.ts'
import { type Failures, failuresAfter, heldPods, isIndexFailed, isPodFailed } from './job-failures.ts'
import { failureAction, trackingFinalizer } from './job-plan.ts'

/** What counting the pods of a job gave. */
export interface Counted {
  readonly job: Job
  /** The message of a rule that fails the job. */
  readonly failJob: string | undefined
  /** Failed pods that wait for the replacement in their index. */
  readonly held: ReadonlyMap<number, Pod>
}

/** True when a pod waits to be counted. */
export function hasFinalizer(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(trackingFinalizer) === true
}

/**
 * Counts the pods of jobs that have ended: first a pod's uid is noted as uncounted, then its finalizer goes, then the count
 * rises, so that no pod is lost or counted twice. Also keeps the failures in a row.
 */
export class JobTally {
  private readonly client: ApiClient
  private readonly failures = new Map<string, Failures>()
  constructor(client: ApiClient) {
    this.client = client
  }

  failuresOf(job: Job): Failures | undefined {
    return this.failures.get(job.metadata.uid)
  }

  forget(job: Job): void {
    this.failures.delete(job.metadata.uid)
  }

  /** Counts pods that have ended and lets them go, but for those that are held; returns the job with the new counts. */
  async count(start: Job, pods: readonly Pod[], active: readonly Pod[]): Promise<Counted> {
    const noted = start.status?.uncountedTerminatedPods ?? {}
    const known = new Set([...(noted.succeeded ?? []), ...(noted.failed ?? [])])
    const tracked = pods.filter(hasFinalizer)
    const won = tracked.filter((pod) => pod.status?.phase === 'Succeeded')
    const lost = tracked.filter((pod) => isPodFailed(start, pod))
    const failedIndexes = parseIndexes(start.status?.failedIndexes)
    const completed = parseIndexes(start.status?.completedIndexes)
    for (const pod of won) completed.add(completionIndex(pod) ?? -1)
    completed.delete(-1)
    for (const pod of lost) if (isIndexFailed(start, pod)) failedIndexes.add(completionIndex(pod) ?? -1)
    failedIndexes.delete(-1)
    const fresh = lost.filter((pod) => !known.has(pod.metadata.uid))
    const held = heldPods(start, fresh, { active, completed, failedIndexes, succeeded: 0 })
    const holds = new Set(held.values())
    const countable = fresh.filter((pod) => !holds.has(pod))
    const actions = lost.map((pod) => failureAction(start, pod))
    const failJob = actions.find((each) => each.action === 'FailJob')?.message
    const newlyWon = won.filter((pod) => !known.has(pod.metadata.uid))
    const failures = failuresAfter(this.failures.get(start.metadata.uid), newlyWon, countable)
    if (failures === undefined) this.failures.delete(start.metadata.uid)
    else this.failures.set(start.metadata.uid, failures)
    const ended = [...won, ...lost.filter((pod) => !holds.has(pod))]
    const indexed = start.spec.completionMode === 'Indexed'
    const indexes = {
      ...(indexed ? { completedIndexes: printIndexes(completed) } : {}),
      ...(start.spec.backoffLimitPerIndex === undefined ? {} : { failedIndexes: printIndexes(failedIndexes) }),
    }
    if (ended.length === 0 && known.size === 0)
      return { job: indexed ? { ...start, status: { ...start.status, ...indexes } } : start, failJob, held }
    const uids = (each: readonly Pod[]): string[] => each.map((pod) => pod.metadata.uid)
    const succeeded = [...(noted.succeeded ?? []), ...uids(newlyWon)]
    const failed = [
      ...(noted.failed ?? []),
      ...uids(countable.filter((pod) => failureAction(start, pod).action !== 'Ignore')),
    ]
    const uncounted = { ...(succeeded.length > 0 ? { succeeded } : {}), ...(failed.length > 0 ? { failed } : {}) }
    let job = start
    if (!jsonEqual(uncounted, noted)) {
      job = await this.client.update(
        JOBS,
        { ...job, status: { ...job.status, uncountedTerminatedPods: uncounted } },
        'status',
      )
    }
    await Promise.all(ended.map((pod) => this.release(pod)))
    const status: JobStatus = {
      ...job.status,
      uncountedTerminatedPods: {},
      succeeded: indexed ? completed.size : (job.status?.succeeded ?? 0) + succeeded.length,
      failed: (job.status?.failed ?? 0) + failed.length,
      ...indexes,
    }
    return { job: { ...job, status }, failJob, held }
  }

  /** Takes the finalizer off a pod. */
  async release(pod: Pod): Promise<void> {
    const finalizers = pod.metadata.finalizers ?? []
    if (!finalizers.includes(trackingFinalizer)) return
    const left = finalizers.filter((name) => name !== trackingFinalizer)
    try {
      await this.client.patch(PODS, pod.metadata, {
        metadata: { uid: pod.metadata.uid, finalizers: left.length > 0 ? left : null },
      })
    } catch (error) {
      if (!isApiError(error, 'NOT_FOUND', 'CONFLICT')) throw error
    }
  }
}
