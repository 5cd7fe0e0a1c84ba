import { formatTime, jsonEqual, parseApiVersion } from '../../../../api/index.ts'
import { errorText } from '../../../../base/index.ts'
import type { ComponentContext, Informer, Pod, Requeue, ServerObject } from '../../../control/index.ts'
import { AUTOSCALERS, keyOf, PODS, resourcePath, setCondition, splitKey } from '../../../control/index.ts'
import { discoverResources } from '../../lifecycle/api-resources.ts'
import { type AutoscalerMemory, newMemory, normalized, rememberScaling } from './behavior.ts'
import type { Autoscaler, AutoscalerStatus, NoteCondition, Scale } from './model.ts'
import { type Recommendation, recommend } from './recommend.ts'

const component = 'horizontal-pod-autoscaler'
/** How long after a change, and how often, an autoscaler is looked at. */
const intervalMs = 15_000

/** What the limits alone ask for; undefined: the metrics decide. */
function limitedReplicas(current: number, min: number, max: number): { replicas: number; reason: string } | undefined {
  if (current > max) return { replicas: max, reason: 'Current number of replicas above Spec.MaxReplicas' }
  if (current < min) return { replicas: min, reason: 'Current number of replicas below Spec.MinReplicas' }
  return undefined
}

/**
 * As Kubernetes' horizontal pod autoscaler: the largest proposal of all metrics, within limits and rates, stabilised over a
 * window. Every autoscaler is looked at 15 seconds after a change, and every 15 seconds.
 */
export function startHorizontalAutoscalers(ctx: ComponentContext): void {
  new HorizontalAutoscalers(ctx)
}

class HorizontalAutoscalers {
  private readonly ctx: ComponentContext
  private readonly record: ReturnType<ComponentContext['recorder']>
  private readonly autoscalers: Informer<ServerObject>
  private readonly pods: Informer<Pod>
  private readonly memories = new Map<string, AutoscalerMemory>()

  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.record = ctx.recorder({ component })
    this.autoscalers = ctx.informers.of(AUTOSCALERS)
    this.pods = ctx.informers.of(PODS)
    const loop = ctx.loop(component, (key) => this.reconcile(key), 2)
    const offer = (object: ServerObject): void => loop.queue.addAfter(keyOf(object), intervalMs)
    this.autoscalers.on({
      add: offer,
      update: (old, object) => {
        if (old.metadata.generation !== object.metadata.generation) offer(object)
      },
      delete: (object) => this.memories.delete(keyOf(object)),
    })
  }

  private async reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const object = this.autoscalers.get(namespace, name) as Autoscaler | undefined
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined
    const conditions = (object.status?.conditions ?? []).map((condition) => ({ ...condition }))
    const note: NoteCondition = (type, status, reason, message) =>
      setCondition(conditions, { type, status, lastTransitionTime: formatTime(this.ctx.nowMs()), reason, message })
    const status = await this.evaluate(key, object, note)
    const next = { ...object.status, ...status, conditions }
    if (!jsonEqual(withoutNulls(object.status), withoutNulls(next)))
      await this.ctx.client.update(AUTOSCALERS, { ...object, status: next }, 'status')
    return { requeueAfterMs: intervalMs }
  }

  private warn(object: Autoscaler, reason: string, message: string): void {
    this.record(object, { type: 'Warning', reason, message })
  }

  private async evaluate(key: string, object: Autoscaler, note: NoteCondition): Promise<AutoscalerStatus> {
    const { namespace = '' } = object.metadata
    const { scaleTargetRef, minReplicas: min = 1, maxReplicas: max } = object.spec
    let path: string
    let scale: Scale
    try {
      path = await this.scalePath(namespace, scaleTargetRef)
      scale = (await this.ctx.client.send({ method: 'GET', path })) as Scale
    } catch (error) {
      const text = errorText(error)
      const message = `the HPA controller was unable to get the target's current scale: ${text}`
      note('AbleToScale', 'False', 'FailedGetScale', message)
      this.warn(object, 'FailedGetScale', text)
      return {}
    }
    note('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale")
    const current = scale.spec.replicas ?? 0
    const nowMs = this.ctx.nowMs()
    let memory = this.memories.get(key)
    if (memory === undefined) {
      memory = newMemory(current, nowMs)
      this.memories.set(key, memory)
    }
    if (current === 0 && min !== 0) {
      const message = 'scaling is disabled since the replica count of the target is zero'
      note('ScalingActive', 'False', 'ScalingDisabled', message)
      return { currentReplicas: 0, desiredReplicas: 0, currentMetrics: null }
    }
    const limited = limitedReplicas(current, min, max)
    if (limited !== undefined) {
      return this.rescale({ object, path, scale, memory, note }, limited.replicas, limited.reason, null)
    }
    const recommended = await this.proposal(object, scale, note)
    const currentMetrics = recommended.statuses.length === 0 ? null : [...recommended.statuses]
    if (recommended.replicas < 0) {
      this.warn(object, 'FailedComputeMetricsReplicas', recommended.error ?? '')
      return { currentReplicas: current, desiredReplicas: object.status?.desiredReplicas ?? 0, currentMetrics }
    }
    const wanted = { current, desired: recommended.replicas, min, max, nowMs }
    const desired = normalized(object, memory, wanted, note)
    if (desired === current) return { currentReplicas: current, desiredReplicas: current, currentMetrics }
    const reason = recommended.replicas > current ? `${recommended.metric} above target` : 'All metrics below target'
    return this.rescale({ object, path, scale, memory, note }, desired, reason, currentMetrics)
  }

  private async rescale(
    target: { object: Autoscaler; path: string; scale: Scale; memory: AutoscalerMemory; note: NoteCondition },
    replicas: number,
    reason: string,
    currentMetrics: unknown[] | null,
  ): Promise<AutoscalerStatus> {
    const { object, path, scale, memory, note } = target
    const current = scale.spec.replicas ?? 0
    await this.ctx.client.send({ method: 'PUT', path, body: { ...scale, spec: { ...scale.spec, replicas } } })
    const message = `the HPA controller was able to update the target scale to ${replicas}`
    note('AbleToScale', 'True', 'SucceededRescale', message)
    this.record(object, {
      type: 'Normal',
      reason: 'SuccessfulRescale',
      message: `New size: ${replicas}; reason: ${reason}`,
    })
    rememberScaling(object, memory, current, replicas, this.ctx.nowMs())
    return {
      currentReplicas: current,
      desiredReplicas: replicas,
      currentMetrics,
      lastScaleTime: formatTime(this.ctx.nowMs()),
    }
  }

  private proposal(object: Autoscaler, scale: Scale, note: NoteCondition): Promise<Recommendation> {
    return recommend(object, scale, {
      client: this.ctx.client,
      pods: this.pods.list(object.metadata.namespace ?? ''),
      nowMs: this.ctx.nowMs(),
      note,
      warn: (reason, message) => this.warn(object, reason, message),
    })
  }

  private async scalePath(
    namespace: string,
    target: { apiVersion?: string; kind: string; name: string },
  ): Promise<string> {
    const { group, version } = parseApiVersion(target.apiVersion ?? 'apps/v1')
    const resource = (await discoverResources(this.ctx.client)).find(
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
