import type { Job, Pod } from '../../control/index.ts'
import { completionIndex } from './job-indexes.ts'
import { backOffMs, failureAction, finishedMs, type JobCounts } from './job-plan.ts'

/** On pods of jobs with a limit per index: how many pods of the index failed before, without and with ignored failures. */
const failureCount = 'batch.kubernetes.io/job-index-failure-count'
const ignoredFailureCount = 'batch.kubernetes.io/job-index-ignored-failure-count'

/** Failures in a row of a job's pods, for the back-off. */
export interface Failures {
  readonly count: number
  readonly lastMs: number
}

/** True when pods are replaced only once they have failed, not while they terminate. */
export function replacesOnlyFailed(job: Job): boolean {
  return job.spec.podReplacementPolicy === 'Failed'
}

/** Whether a pod counts as failed: so does one that is deleted before it ended, unless only failed ones are replaced. */
export function isPodFailed(job: Job, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true
  if (replacesOnlyFailed(job)) return false
  return pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded'
}

function annotated(pod: Pod, name: string): number {
  const count = Number(pod.metadata.annotations?.[name] ?? 0)
  return Number.isInteger(count) && count >= 0 && count <= 2 ** 31 - 1 ? count : 0
}

/** True when the failure of this pod is one too many for its index. */
export function isIndexFailed(job: Job, pod: Pod): boolean {
  const limit = job.spec.backoffLimitPerIndex
  if (limit === undefined || !isPodFailed(job, pod)) return false
  const { action } = failureAction(job, pod)
  return action === 'FailIndex' || (action !== 'Ignore' && annotated(pod, failureCount) >= limit)
}

/**
 * With a limit per index, the last failed pod of each index that is to be tried again. It keeps its finalizer and is not
 * counted until its replacement is there, which takes its count over.
 */
export function heldPods(job: Job, candidates: readonly Pod[], counts: Omit<JobCounts, 'failed'>): Map<number, Pod> {
  const held = new Map<number, Pod>()
  if (job.spec.backoffLimitPerIndex === undefined) return held
  const active = new Set(counts.active.map(completionIndex))
  const failures = (pod: Pod): number => annotated(pod, failureCount) + annotated(pod, ignoredFailureCount)
  for (const pod of candidates) {
    const index = completionIndex(pod)
    if (index === undefined || index >= (job.spec.completions ?? 0) || !isPodFailed(job, pod)) continue
    if (counts.completed.has(index) || counts.failedIndexes.has(index) || active.has(index)) continue
    const other = held.get(index)
    if (other === undefined || (failures(other) <= failures(pod) && finishedMs(pod) >= finishedMs(other)))
      held.set(index, pod)
  }
  return held
}

/** The annotations with which a new pod of an index counts on from the one that it replaces. */
export function failureCounts(job: Job, replaced: Pod | undefined): Record<string, string> {
  if (job.spec.backoffLimitPerIndex === undefined) return {}
  if (replaced === undefined) return { [failureCount]: '0' }
  const ignored = failureAction(job, replaced).action === 'Ignore'
  const counted = annotated(replaced, failureCount) + (ignored ? 0 : 1)
  const passedOver = annotated(replaced, ignoredFailureCount) + (ignored ? 1 : 0)
  return { [failureCount]: String(counted), ...(passedOver > 0 ? { [ignoredFailureCount]: String(passedOver) } : {}) }
}

/** Which of the indexes may have a pod now, and when none may, after which time one may. */
export function readyIndexes(
  indexes: readonly number[],
  held: ReadonlyMap<number, Pod>,
  nowMs: number,
): { readonly ready: number[]; readonly waitMs: number } {
  const waits = indexes.map((index) => {
    const pod = held.get(index)
    if (pod === undefined) return 0
    return backOffMs(annotated(pod, failureCount) + annotated(pod, ignoredFailureCount) + 1, finishedMs(pod), nowMs)
  })
  const ready = indexes.filter((_index, i) => waits[i] === 0)
  return { ready, waitMs: ready.length > 0 || waits.length === 0 ? 0 : Math.min(...waits) }
}

/** Failures in a row after further pods have ended: a success begins the count again. */
export function failuresAfter(
  before: Failures | undefined,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): Failures | undefined {
  const sinceMs = succeeded.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...succeeded.map(finishedMs))
  const later = failed.map(finishedMs).filter((ms) => ms > sinceMs)
  const start = succeeded.length > 0 ? undefined : before
  if (later.length === 0) return start
  return { count: (start?.count ?? 0) + later.length, lastMs: Math.max(...later) }
}
