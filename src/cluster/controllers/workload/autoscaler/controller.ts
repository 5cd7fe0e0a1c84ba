import { jsonEqual, parseApiVersion } from '../../../../api/index.ts'
import type { ComponentContext, Requeue, ServerObject } from '../../../control/index.ts'
import {
  AUTOSCALERS,
  keyOf,
  type Pod,
  PODS,
  quantityValue,
  resourcePath,
  setCondition,
  splitKey,
  timestamp,
} from '../../../control/index.ts'
import { discoverResources } from '../../lifecycle/api-resources.ts'
import { type AutoscalerMemory, newMemory, normalized, rememberScaling } from './behavior.ts'
import { evaluateMetric, MetricFailure, type MetricResult } from './metrics.ts'
import type { Autoscaler, AutoscalerStatus, NoteCondition, Scale } from './model.ts'
import { selectorMatcher } from './selector-text.ts'

const component = 'horizontal-pod-autoscaler'
/** How long after a change, and how often, an autoscaler is looked at. */
const intervalMs = 15_000
const defaultTolerance = 0.1

/** What the limits alone ask for; undefined: the metrics decide. */
function limitedReplicas(current: number, min: number, max: number): { replicas: number; reason: string } | undefined {
  if (current > max) return { replicas: max, reason: 'Current number of replicas above Spec.MaxReplicas' }
  if (current < min) return { replicas: min, reason: 'Current number of replicas below Spec.MinReplicas' }
  return undefined
}

/** What the metrics together ask for. */
interface Recommendation {
  /** -1: none of them can be followed. */
  readonly replicas: number
  readonly metric: string
  readonly statuses: readonly (object | null)[]
  readonly error?: string
}

/**
 * As Kubernetes' horizontal pod autoscaler: the largest proposal of all metrics, within limits and rates, stabilised over a
 * window. Every autoscaler is looked at 15 seconds after a change, and every 15 seconds.
 */
export function startHorizontalAutoscalers(ctx: ComponentContext): void {
  const autoscalers = ctx.informers.of(AUTOSCALERS)
  const pods = ctx.informers.of(PODS)
  const record = ctx.recorder({ component })
  const memories = new Map<string, AutoscalerMemory>()
  const loop = ctx.loop(component, (key) => reconcile(key), 2)
  const offer = (object: ServerObject): void => loop.queue.addAfter(keyOf(object), intervalMs)
  autoscalers.on({
    add: offer,
    update: (old, object) => {
      if (old.metadata.generation !== object.metadata.generation) offer(object)
    },
    delete: (object) => memories.delete(keyOf(object)),
  })

  async function reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const object = autoscalers.get(namespace, name) as Autoscaler | undefined
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined
    const conditions = (object.status?.conditions ?? []).map((condition) => ({ ...condition }))
    const note: NoteCondition = (type, status, reason, message) =>
      setCondition(conditions, { type, status, lastTransitionTime: timestamp(ctx.nowMs()), reason, message })
    const status = await evaluate(key, object, note)
    const next = { ...object.status, ...status, conditions }
    if (!jsonEqual(withoutNulls(object.status), withoutNulls(next)))
      await ctx.client.update(AUTOSCALERS, { ...object, status: next }, 'status')
    return { requeueAfterMs: intervalMs }
  }

  function warn(object: Autoscaler, reason: string, message: string): void {
    record(object, { type: 'Warning', reason, message })
  }

  async function evaluate(key: string, object: Autoscaler, note: NoteCondition): Promise<AutoscalerStatus> {
    const { namespace = '' } = object.metadata
    const { scaleTargetRef, minReplicas: min = 1, maxReplicas: max } = object.spec
    let path: string
    let scale: Scale
    try {
      path = await scalePath(namespace, scaleTargetRef)
      scale = (await ctx.client.send({ method: 'GET', path })) as Scale
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      const message = `the HPA controller was unable to get the target's current scale: ${text}`
      note('AbleToScale', 'False', 'FailedGetScale', message)
      warn(object, 'FailedGetScale', text)
      return {}
    }
    note('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale")
    const current = scale.spec.replicas ?? 0
    const nowMs = ctx.nowMs()
    let memory = memories.get(key)
    if (memory === undefined) {
      memory = newMemory(current, nowMs)
      memories.set(key, memory)
    }
    if (current === 0 && min !== 0) {
      const message = 'scaling is disabled since the replica count of the target is zero'
      note('ScalingActive', 'False', 'ScalingDisabled', message)
      return { currentReplicas: 0, desiredReplicas: 0, currentMetrics: null }
    }
    const limited = limitedReplicas(current, min, max)
    if (limited !== undefined) {
      return rescale({ object, path, scale, memory, note }, limited.replicas, limited.reason, null)
    }
    const recommended = await recommend(object, scale, note)
    const currentMetrics = recommended.statuses.length === 0 ? null : [...recommended.statuses]
    if (recommended.replicas < 0) {
      warn(object, 'FailedComputeMetricsReplicas', recommended.error ?? '')
      return { currentReplicas: current, desiredReplicas: object.status?.desiredReplicas ?? 0, currentMetrics }
    }
    const wanted = { current, desired: recommended.replicas, min, max, nowMs }
    const desired = normalized(object, memory, wanted, note)
    if (desired === current) return { currentReplicas: current, desiredReplicas: current, currentMetrics }
    const reason = recommended.replicas > current ? `${recommended.metric} above target` : 'All metrics below target'
    return rescale({ object, path, scale, memory, note }, desired, reason, currentMetrics)
  }

  async function rescale(
    target: { object: Autoscaler; path: string; scale: Scale; memory: AutoscalerMemory; note: NoteCondition },
    replicas: number,
    reason: string,
    currentMetrics: unknown[] | null,
  ): Promise<AutoscalerStatus> {
    const { object, path, scale, memory, note } = target
    const current = scale.spec.replicas ?? 0
    await ctx.client.send({ method: 'PUT', path, body: { ...scale, spec: { ...scale.spec, replicas } } })
    const message = `the HPA controller was able to update the target scale to ${replicas}`
    note('AbleToScale', 'True', 'SucceededRescale', message)
    record(object, { type: 'Normal', reason: 'SuccessfulRescale', message: `New size: ${replicas}; reason: ${reason}` })
    rememberScaling(object, memory, current, replicas, ctx.nowMs())
    return {
      currentReplicas: current,
      desiredReplicas: replicas,
      currentMetrics,
      lastScaleTime: timestamp(ctx.nowMs()),
    }
  }

  async function recommend(object: Autoscaler, scale: Scale, note: NoteCondition): Promise<Recommendation> {
    const { namespace = '' } = object.metadata
    const selector = scale.status?.selector ?? ''
    if (selector === '') {
      warn(object, 'SelectorRequired', 'selector is required')
      note('ScalingActive', 'False', 'InvalidSelector', "the HPA target's scale is missing a selector")
      return { replicas: -1, metric: '', statuses: [], error: 'selector is required' }
    }
    const matches = selectorMatcher(selector)
    const selected: Pod[] = pods.list(namespace).filter((pod) => matches(pod.metadata.labels ?? {}))
    const current = scale.spec.replicas ?? 0
    const { metrics = [], behavior } = object.spec
    const tolerances = {
      down: toleranceOf(behavior?.scaleDown?.tolerance),
      up: toleranceOf(behavior?.scaleUp?.tolerance),
    }
    const inputs = { client: ctx.client, selector, current, pods: selected, tolerances, nowMs: ctx.nowMs() }
    const statuses: (object | null)[] = []
    let best: MetricResult | undefined
    let first: MetricFailure | undefined
    let invalid = 0
    for (const spec of metrics) {
      try {
        const result = await evaluateMetric(object, spec, inputs)
        statuses.push(result.status)
        if (best === undefined || result.replicas > best.replicas) best = result
      } catch (error) {
        if (!(error instanceof MetricFailure)) throw error
        warn(object, error.reason, error.message)
        statuses.push({ type: '' })
        first ??= error
        invalid++
      }
    }
    const error =
      first === undefined
        ? undefined
        : `invalid metrics (${invalid} invalid out of ${metrics.length}), first error is: ${first.outer}: ${first.message}`
    if (best === undefined || (first !== undefined && best.replicas < current)) {
      const message = `the HPA was unable to compute the replica count: ${first?.message ?? ''}`
      note('ScalingActive', 'False', first?.reason ?? '', message)
      return { replicas: -1, metric: '', statuses, error: error ?? '' }
    }
    const message = `the HPA was able to successfully calculate a replica count from ${best.name}`
    note('ScalingActive', 'True', 'ValidMetricFound', message)
    return { replicas: best.replicas, metric: best.name, statuses }
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

function toleranceOf(text: string | undefined): number {
  return text === undefined ? defaultTolerance : quantityValue(text)
}

function withoutNulls(status: object | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(status ?? {}).filter(([, value]) => value !== null && value !== 0))
}
