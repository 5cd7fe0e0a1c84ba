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
  throw failures.length === 1 ? failures[0] : new KubeClientError('NOT_READY', failures.map(text).join('\n'))
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function watchOne(client: Client, info: ResourceInfo, options: WaitOptions): Promise<void> {
  const deadline = startDeadline(options.clock, options.timeoutMs, options.signal)
  let failure: KubeClientError | undefined
  const judge = (object: KubeObject): void => {
    const verdict = info.mapping.gvk.kind === 'Job' ? jobVerdict(object) : podVerdict(object)
    if (verdict === undefined) return
    if (verdict !== '') failure = new KubeClientError('NOT_READY', verdict)
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
  if (ended !== undefined) throw contextFailure(ended)
}

/** Undefined: still running; empty: succeeded; else what went wrong. */
function jobVerdict(job: KubeObject): string | undefined {
  for (const { type, status, reason } of conditionsOf(job)) {
    if (status !== 'True') continue
    if (type === 'Complete') return ''
    if (type === 'Failed') return `job ${job.metadata.name ?? ''} failed: ${reason ?? ''}`
  }
  return undefined
}

function podVerdict(pod: KubeObject): string | undefined {
  const phase = textAt(pod, 'status.phase', '')
  if (phase === 'Succeeded') return ''
  return phase === 'Failed' ? `pod ${pod.metadata.name ?? ''} failed` : undefined
}
