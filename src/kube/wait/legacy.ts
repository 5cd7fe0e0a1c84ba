import type { KubeObject } from '../../api/index.ts'
import type { Client } from '../client.ts'
import { isNotFound, KubeClientError, KubeError } from '../errors.ts'
import { getLive, type ResourceInfo } from '../resources/info.ts'
import { groupKind } from '../status/compute.ts'
import { conditionsOf, intAt, textAt, valueAt } from '../status/model.ts'
import { contextFailure, startDeadline } from './deadline.ts'
import { podsOf } from './pods.ts'
import type { WaitOptions } from './wait-status.ts'
import { sleep } from './watch-objects.ts'

const REPLICA_SETS = { group: 'apps', version: 'v1', resource: 'replicasets' } as const
const INTERVAL_MS = 2_000
/** Failing looks at one object in a row before giving up. */
const MAX_RETRIES = 30

/**
 * Helm 3's way of waiting: looks every two seconds, by Helm 3's own rules of readiness. Needs only the right to read the
 * objects, not to watch them. Stops at the first object that is not ready in each round.
 */
export async function waitLegacy(
  client: Client,
  infos: readonly ResourceInfo[],
  goal: 'ready' | 'jobs' | 'gone',
  options: WaitOptions,
): Promise<void> {
  const deadline = startDeadline(options.clock, options.timeoutMs, options.signal)
  const failures = new Map<ResourceInfo, number>()
  try {
    for (;;) {
      if (await roundDone(client, infos, goal, { failures, failFast: options.failFast === true }, deadline.signal))
        return
      await sleep(options.clock, INTERVAL_MS, deadline.signal)
      const ended = deadline.ended()
      if (ended !== undefined) throw contextFailure(ended)
    }
  } catch (error) {
    const ended = deadline.ended()
    throw ended === undefined ? error : contextFailure(ended)
  } finally {
    deadline.finish()
  }
}

async function roundDone(
  client: Client,
  infos: readonly ResourceInfo[],
  goal: 'ready' | 'jobs' | 'gone',
  { failures, failFast }: { readonly failures: Map<ResourceInfo, number>; readonly failFast: boolean },
  signal: AbortSignal,
): Promise<boolean> {
  for (const info of infos) {
    try {
      const done = goal === 'gone' ? await isGoneNow(client, info, signal) : await isReady(client, info, goal, signal)
      failures.delete(info)
      if (!done) return false
    } catch (error) {
      if (goal === 'gone' || !isRetryable(error, failFast)) throw error
      const count = (failures.get(info) ?? 0) + 1
      failures.set(info, count)
      if (count > MAX_RETRIES) throw error
      return false
    }
  }
  return true
}

async function isGoneNow(client: Client, info: ResourceInfo, signal: AbortSignal): Promise<boolean> {
  try {
    await getLive(client, info, signal)
    return false
  } catch (error) {
    if (isNotFound(error)) return true
    throw error
  }
}

/** Helm goes on even when a job has failed for good, until the time or its retries are over. */
function isRetryable(error: unknown, failFast: boolean): boolean {
  if (failFast && error instanceof KubeClientError && error.code === 'NOT_READY') return false
  if (!(error instanceof KubeError)) return true
  const code = error.status.code ?? error.httpStatus
  return code === 0 || code === 429 || (code >= 500 && code !== 501)
}

async function isReady(
  client: Client,
  info: ResourceInfo,
  goal: 'ready' | 'jobs',
  signal: AbortSignal,
): Promise<boolean> {
  const kind = groupKind(info.object)
  if (kind === 'batch/Job' && goal !== 'jobs') return true
  const rule = READY[kind]
  if (rule === undefined) return true
  return rule(await getLive(client, info, signal), client, signal)
}

type ReadyRule = (object: KubeObject, client: Client, signal: AbortSignal) => boolean | Promise<boolean>

const READY: Readonly<Record<string, ReadyRule>> = {
  '/Pod': (pod) => podReady(pod),
  'batch/Job': jobReady,
  'apps/Deployment': deploymentReady,
  '/PersistentVolumeClaim': (claim) => textAt(claim, 'status.phase', '') === 'Bound',
  '/Service': serviceReady,
  'apps/DaemonSet': daemonSetReady,
  'apiextensions.k8s.io/CustomResourceDefinition': crdReady,
  'apps/StatefulSet': statefulSetReady,
  '/ReplicationController': async (rc, client, signal) =>
    observed(rc) && (await podsOf(client, asSelecting(rc), signal)).every(podReady),
  'apps/ReplicaSet': async (rs, client, signal) => observed(rs) && (await podsOf(client, rs, signal)).every(podReady),
}

function asSelecting(rc: KubeObject): KubeObject {
  const { selector } = (rc.spec ?? {}) as { selector?: Record<string, string> }
  return { ...rc, spec: { selector: { matchLabels: selector ?? {} } } }
}

function observed(object: KubeObject): boolean {
  return intAt(object, 'status.observedGeneration', 0) === intAt(object, 'metadata.generation', 0)
}

function podReady(pod: KubeObject): boolean {
  return conditionsOf(pod).some((condition) => condition.type === 'Ready' && condition.status === 'True')
}

function jobReady(job: KubeObject): boolean {
  if (intAt(job, 'status.failed', 0) > intAt(job, 'spec.backoffLimit', 6)) {
    const words = `${job.metadata.namespace ?? ''}/${job.metadata.name ?? ''}`
    throw new KubeClientError('NOT_READY', `job is failed: ${words}`)
  }
  const completions = intAt(job, 'spec.completions', -1)
  return completions === -1 || intAt(job, 'status.succeeded', 0) >= completions
}

function serviceReady(service: KubeObject): boolean {
  const type = textAt(service, 'spec.type', 'ClusterIP')
  if (type === 'ExternalName') return true
  if (textAt(service, 'spec.clusterIP', '') === '') return false
  if (type !== 'LoadBalancer') return true
  const external = valueAt(service, ['spec', 'externalIPs'])
  return (
    (Array.isArray(external) && external.length > 0) ||
    valueAt(service, ['status', 'loadBalancer', 'ingress']) !== undefined
  )
}

function scaled(value: unknown, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^\d+%$/.test(value)) return 0
  const share = (Number.parseInt(value, 10) * total) / 100
  return roundUp ? Math.ceil(share) : Math.floor(share)
}

async function deploymentReady(deployment: KubeObject, client: Client, signal: AbortSignal): Promise<boolean> {
  if (valueAt(deployment, ['spec', 'paused']) === true) return true
  const newest = await newReplicaSet(deployment, client, signal)
  if (newest === undefined || !observed(newest) || !observed(deployment)) return false
  const replicas = intAt(deployment, 'spec.replicas', 1)
  return intAt(newest, 'status.readyReplicas', 0) >= replicas - maxUnavailable(deployment, replicas)
}

/** As the deployment controller: rolling updates only, at most all, at least one when surge is zero too. */
function maxUnavailable(deployment: KubeObject, replicas: number): number {
  if (textAt(deployment, 'spec.strategy.type', '') !== 'RollingUpdate' || replicas === 0) return 0
  const rolling = ['spec', 'strategy', 'rollingUpdate']
  const surge = scaled(valueAt(deployment, [...rolling, 'maxSurge']), replicas, true)
  const unavailable = scaled(valueAt(deployment, [...rolling, 'maxUnavailable']), replicas, false)
  const usable = surge === 0 && unavailable === 0 ? 1 : unavailable
  return Math.min(usable, replicas)
}

/** The replica set whose revision is the deployment's. */
async function newReplicaSet(
  deployment: KubeObject,
  client: Client,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const list = await client.list(REPLICA_SETS, { namespace: deployment.metadata.namespace }, { signal })
  const revision = deployment.metadata.annotations?.[REVISION]
  return list.items.find(
    (set) =>
      set.metadata.ownerReferences?.some((owner) => owner.uid === deployment.metadata.uid) === true &&
      set.metadata.annotations?.[REVISION] === revision,
  )
}

const REVISION = 'deployment.kubernetes.io/revision'

function daemonSetReady(set: KubeObject): boolean {
  if (!observed(set)) return false
  if (textAt(set, 'spec.updateStrategy.type', '') !== 'RollingUpdate') return true
  const desired = intAt(set, 'status.desiredNumberScheduled', 0)
  if (intAt(set, 'status.updatedNumberScheduled', 0) !== desired) return false
  const limit = scaled(valueAt(set, ['spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable']), desired, true)
  return intAt(set, 'status.numberReady', 0) >= desired - limit
}

function statefulSetReady(set: KubeObject): boolean {
  if (!observed(set)) return false
  if (textAt(set, 'spec.updateStrategy.type', '') !== 'RollingUpdate') return true
  const partition = intAt(set, 'spec.updateStrategy.rollingUpdate.partition', 0)
  const replicas = intAt(set, 'spec.replicas', 1)
  if (intAt(set, 'status.updatedReplicas', 0) < replicas - partition) return false
  if (intAt(set, 'status.readyReplicas', 0) !== replicas) return false
  const current = textAt(set, 'status.currentRevision', '')
  return partition !== 0 || current === textAt(set, 'status.updateRevision', '')
}

function crdReady(crd: KubeObject): boolean {
  return conditionsOf(crd).some(
    ({ type, status }) =>
      (type === 'Established' && status === 'True') || (type === 'NamesAccepted' && status === 'False'),
  )
}
