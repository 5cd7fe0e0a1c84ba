import { errorText } from '../../base/index.ts'
import type { KubeObject } from '../../api/index.ts'
import type { Client } from '../client.ts'
import { KubeClientError } from '../errors.ts'
import type { ResourceInfo } from '../resources/info.ts'
import { conditionsOf, textAt } from '../status/model.ts'
import { contextFailure, startDeadline } from './deadline.ts'
import type { WaitOptions } from './wait-status.ts'
import { watchObjects } from './watch-objects.ts'

/** Helm 3's way of waiting for hooks: jobs and pods until they finish, with its own words for failures. */
export async function watchHooksLegacy(
  client: Client,
  infos: readonly ResourceInfo[],
  options: WaitOptions,
): Promise<void> {
  const failures: unknown[] = []
  await Promise.all(
    infos
      .filter((info) => info.mapping.gvk.kind === 'Job' || info.mapping.gvk.kind === 'Pod')
      .map((info) => watchOne(client, info, options).catch((error: unknown) => failures.push(error))),
  )
  if (failures.length === 0) return
  throw failures.length === 1 ? failures[0] : new KubeClientError('NOT_READY', failures.map(errorText).join('\n'))
}

async function watchOne(client: Client, info: ResourceInfo, options: WaitOptions): Promise<void> {
  const deadline = startDeadline(options.clock, options.timeoutMs, options.signal)
  let failure: KubeClientError | undefined
  const isJob = info.mapping.gvk.kind === 'Job'
  const judge = (object: KubeObject): void => {
    const verdict = isJob ? jobVerdict(object) : podVerdict(object)
    if (verdict === undefined || failure !== undefined) return
    if (verdict.failure !== '') {
      failure = new KubeClientError('NOT_READY', verdict.failure)
      options.onError?.(isJob ? 'job failed' : 'pod failed', verdict.attributes)
    }
    deadline.finish()
  }
  const target = { gvr: info.mapping.gvr, namespace: info.namespace, name: info.name }
  await watchObjects(
    client,
    options.clock,
    target,
    { onList: (objects) => objects.forEach(judge), onChange: judge, onDelete: () => deadline.finish() },
    deadline.signal,
  )
  const ended = deadline.ended()
  deadline.finish()
  if (failure !== undefined) throw failure
  if (ended === 'timeout') throw new KubeClientError('TIMEOUT', 'timed out waiting for the condition')
  if (ended !== undefined) throw contextFailure(ended)
}

/** How a hook ended: `failure` is empty when it succeeded; the attributes are those of the logged line. */
interface Verdict {
  readonly failure: string
  readonly attributes: Readonly<Record<string, string>>
}

const SUCCESS: Verdict = { failure: '', attributes: {} }

/** Undefined: still running. */
function jobVerdict(job: KubeObject): Verdict | undefined {
  for (const { type, status, reason = '' } of conditionsOf(job)) {
    if (status !== 'True') continue
    if (type === 'Complete') return SUCCESS
    const { name = '' } = job.metadata
    if (type === 'Failed') return { failure: `job ${name} failed: ${reason}`, attributes: { job: name, reason } }
  }
  return undefined
}

function podVerdict(pod: KubeObject): Verdict | undefined {
  const phase = textAt(pod, 'status.phase', '')
  if (phase === 'Succeeded') return SUCCESS
  const { name = '' } = pod.metadata
  return phase === 'Failed' ? { failure: `pod ${name} failed`, attributes: { pod: name } } : undefined
}
