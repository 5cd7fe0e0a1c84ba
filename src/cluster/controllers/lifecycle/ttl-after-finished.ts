import type { ComponentContext, Job, Requeue } from '../../control/index.ts'
import { isApiError, JOBS, keyOf, splitKey, timeMs } from '../../control/index.ts'
import { endedWith } from '../workload/job-plan.ts'

/** As Kubernetes' TTL-after-finished controller: deletes ended jobs (in the foreground) when their time is up. */
export function startTtlAfterFinished(ctx: ComponentContext): void {
  const jobs = ctx.informers.of(JOBS)
  const loop = ctx.loop('ttl-after-finished-controller', (key) => reconcile(key), 2)
  const offer = (job: Job): void => {
    if (job.spec.ttlSecondsAfterFinished !== undefined && endedWith(job.status?.conditions) !== undefined)
      loop.queue.add(keyOf(job))
  }
  jobs.on({ add: offer, update: (_old, job) => offer(job) })

  async function reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const job = jobs.get(namespace, name)
    const end = endedWith(job?.status?.conditions)
    if (job === undefined || end === undefined || job.spec.ttlSecondsAfterFinished === undefined) return undefined
    if (job.metadata.deletionTimestamp !== undefined) return undefined
    const leftMs = timeMs(end.lastTransitionTime) + job.spec.ttlSecondsAfterFinished * 1000 - ctx.nowMs()
    if (leftMs > 0) return { requeueAfterMs: leftMs }
    const { uid, resourceVersion = '' } = job.metadata
    try {
      await ctx.client.delete(JOBS, { namespace, name }, { uid, resourceVersion, propagationPolicy: 'Foreground' })
    } catch (error) {
      if (!isApiError(error, 'CONFLICT')) throw error
    }
    return undefined
  }
}
