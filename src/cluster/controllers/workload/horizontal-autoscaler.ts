import type { KubeObject } from '../../../api/index.ts'
import { parseApiVersion } from '../../../api/index.ts'
import type { ComponentContext, Condition, Requeue, ServerObject } from '../../control/index.ts'
import { AUTOSCALERS, keyOf, resourcePath, sameJson, setCondition, splitKey, timestamp } from '../../control/index.ts'
import { discoverResources } from '../lifecycle/api-resources.ts'

const component = 'horizontal-pod-autoscaler'
/** How long after a change, and how often, an autoscaler is looked at. */
const intervalMs = 15_000

interface Autoscaler extends ServerObject {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string }
    minReplicas?: number
    maxReplicas: number
    metrics?: { type: string; resource?: { name: string } }[]
  }
  status?: {
    currentReplicas?: number
    desiredReplicas?: number
    lastScaleTime?: string
    conditions?: Condition[]
    currentMetrics?: unknown
    observedGeneration?: number
  }
}

interface Scale extends KubeObject {
  spec: { replicas?: number }
  status?: { replicas?: number; selector?: string }
}

/** What the limits alone ask for; undefined: the metrics decide. */
export function limitedReplicas(
  current: number,
  min: number,
  max: number,
): { replicas: number; reason: string } | undefined {
  if (current > max) return { replicas: max, reason: 'Current number of replicas above Spec.MaxReplicas' }
  if (current < min) return { replicas: min, reason: 'Current number of replicas below Spec.MinReplicas' }
  return undefined
}

/**
 * As Kubernetes' horizontal pod autoscaler without a metrics API: keeps the target within the limits and says in its
 * conditions that metrics are missing. Every autoscaler is looked at 15 seconds after a change, and every 15 seconds.
 */
export function startHorizontalAutoscalers(ctx: ComponentContext): void {
  const autoscalers = ctx.informers.of(AUTOSCALERS)
  const record = ctx.recorder({ component })
  const loop = ctx.loop(component, (key) => reconcile(key), 2)
  const offer = (object: ServerObject): void => loop.queue.addAfter(keyOf(object), intervalMs)
  autoscalers.on({
    add: offer,
    update: (old, object) => {
      if (old.metadata.generation !== object.metadata.generation) offer(object)
    },
  })

  async function reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const object = autoscalers.get(namespace, name) as Autoscaler | undefined
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined
    const conditions = (object.status?.conditions ?? []).map((condition) => ({ ...condition }))
    const note = (type: string, status: string, reason: string, message: string): boolean =>
      setCondition(conditions, { type, status, lastTransitionTime: timestamp(ctx.nowMs()), reason, message })
    const status = await evaluate(object, note)
    const next = { ...object.status, ...status, currentMetrics: null, conditions }
    if (!sameJson(withoutNulls(object.status), withoutNulls(next)))
      await ctx.client.update(AUTOSCALERS, { ...object, status: next }, 'status')
    return { requeueAfterMs: intervalMs }
  }

  async function evaluate(
    object: Autoscaler,
    note: (type: string, status: string, reason: string, message: string) => boolean,
  ): Promise<Partial<NonNullable<Autoscaler['status']>>> {
    const { namespace = '' } = object.metadata
    const { scaleTargetRef, minReplicas = 1, maxReplicas } = object.spec
    let path: string
    let scale: Scale
    try {
      path = await scalePath(namespace, scaleTargetRef)
      scale = (await ctx.client.send({ method: 'GET', path })) as Scale
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      note(
        'AbleToScale',
        'False',
        'FailedGetScale',
        `the HPA controller was unable to get the target's current scale: ${text}`,
      )
      record(object, { type: 'Warning', reason: 'FailedGetScale', message: text })
      return {}
    }
    note('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale")
    const current = scale.spec.replicas ?? 0
    if (current === 0 && minReplicas !== 0) {
      note(
        'ScalingActive',
        'False',
        'ScalingDisabled',
        'scaling is disabled since the replica count of the target is zero',
      )
      return { currentReplicas: scale.status?.replicas ?? 0, desiredReplicas: 0 }
    }
    const limited = limitedReplicas(current, minReplicas, maxReplicas)
    if (limited === undefined) {
      const metric = object.spec.metrics?.[0]?.resource?.name ?? 'cpu'
      const text = `unable to get metrics for resource ${metric}: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)`
      const long = `the HPA was unable to compute the replica count: failed to get ${metric} utilization: ${text}`
      note('ScalingActive', 'False', 'FailedGetResourceMetric', long)
      record(object, {
        type: 'Warning',
        reason: 'FailedGetResourceMetric',
        message: `failed to get ${metric} utilization: ${text}`,
      })
      const invalid = `invalid metrics (1 invalid out of 1), first error is: failed to get ${metric} resource metric value: failed to get ${metric} utilization: ${text}`
      record(object, { type: 'Warning', reason: 'FailedComputeMetricsReplicas', message: invalid })
      return {
        currentReplicas: scale.status?.replicas ?? 0,
        desiredReplicas: object.status?.desiredReplicas ?? current,
      }
    }
    await ctx.client.send({
      method: 'PUT',
      path,
      body: { ...scale, spec: { ...scale.spec, replicas: limited.replicas } },
    })
    note(
      'AbleToScale',
      'True',
      'SucceededRescale',
      `the HPA controller was able to update the target scale to ${limited.replicas}`,
    )
    record(object, {
      type: 'Normal',
      reason: 'SuccessfulRescale',
      message: `New size: ${limited.replicas}; reason: ${limited.reason}`,
    })
    return {
      currentReplicas: scale.status?.replicas ?? 0,
      desiredReplicas: limited.replicas,
      lastScaleTime: timestamp(ctx.nowMs()),
    }
  }

  async function scalePath(
    namespace: string,
    target: { apiVersion?: string; kind: string; name: string },
  ): Promise<string> {
    const { group, version } = parseApiVersion(target.apiVersion ?? 'apps/v1')
    const resource = (await discoverResources(ctx.client)).find(
      (candidate) => candidate.group === group && candidate.kind === target.kind,
    )
    const type = {
      group,
      version,
      resource: resource?.resource ?? `${target.kind.toLowerCase()}s`,
      kind: target.kind,
      namespaced: true,
    }
    return resourcePath(type, { namespace, name: target.name, subresource: 'scale' })
  }
}

function withoutNulls(status: object | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(status ?? {}).filter(([, value]) => value !== null && value !== 0))
}
