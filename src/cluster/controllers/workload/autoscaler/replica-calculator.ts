import type { Pod } from '../../../control/index.ts'
import { conditionOf, isSidecar, milliValue, timeMs } from '../../../control/index.ts'

/** What one pod uses of a resource, in thousandths. */
export interface PodMetric {
  readonly value: number
  readonly atMs: number
  readonly windowMs: number
}

/** By how much usage may miss the target before anything is done: shares of 1. */
export interface Tolerances {
  readonly down: number
  readonly up: number
}

/** What a metric asks for. */
export interface Proposal {
  readonly replicas: number
  /** Percent of the requests that is used; absent where the target is a plain value. */
  readonly utilization?: number
  /** Average use of a pod, in thousandths. */
  readonly average: number
}

/** Why there is no proposal; the text is Kubernetes'. */
export class MetricError extends Error {}

/** Inputs of both calculations. */
export interface CalculationInputs {
  readonly current: number
  readonly pods: readonly Pod[]
  readonly metrics: ReadonlyMap<string, PodMetric>
  readonly resource: string
  readonly tolerances: Tolerances
  readonly nowMs: number
}

const cpuInitializationMs = 300_000
const initialReadinessMs = 30_000

/** The replicas at which the pods would use `target` percent of what they request. As Kubernetes' replica calculator. */
export function replicasByUtilization(inputs: CalculationInputs, target: number, container: string): Proposal {
  const { metrics, groups } = grouped(inputs)
  const requests = requestsOf(inputs.pods, inputs.resource, container)
  const measured = utilizationOf(metrics, requests, target)
  const fallback = Math.max(100, target)
  const replicas = decide(inputs, metrics, groups, {
    ratio: measured.ratio,
    ratioOf: (values) => utilizationOf(values, requests, target).ratio,
    missingOnScaleDown: (name) => Math.trunc(((requests.get(name) ?? 0) * fallback) / 100),
  })
  return { replicas, utilization: measured.utilization, average: measured.average }
}

/** The replicas at which the pods would use `target` thousandths on average. */
export function replicasByValue(inputs: CalculationInputs, target: number): Proposal {
  const { metrics, groups } = grouped(inputs)
  const ratioOf = (values: ReadonlyMap<string, number>): number => averageOf(values) / target
  const replicas = decide(inputs, metrics, groups, {
    ratio: ratioOf(metrics),
    ratioOf,
    missingOnScaleDown: () => target,
  })
  return { replicas, average: averageOf(metrics) }
}

interface Groups {
  readonly ready: number
  readonly unready: readonly string[]
  readonly missing: readonly string[]
}

interface Rule {
  readonly ratio: number
  readonly ratioOf: (values: ReadonlyMap<string, number>) => number
  readonly missingOnScaleDown: (name: string) => number
}

function decide(inputs: CalculationInputs, metrics: Map<string, number>, groups: Groups, rule: Rule): number {
  const { current, tolerances } = inputs
  const { ratio } = rule
  const upWithUnready = groups.unready.length > 0 && ratio > 1
  if (!upWithUnready && groups.missing.length === 0) {
    return within(ratio, tolerances) ? current : Math.ceil(ratio * groups.ready)
  }
  if (ratio < 1) for (const name of groups.missing) metrics.set(name, rule.missingOnScaleDown(name))
  else if (ratio > 1) for (const name of groups.missing) metrics.set(name, 0)
  if (upWithUnready) for (const name of groups.unready) metrics.set(name, 0)
  const next = rule.ratioOf(metrics)
  if (within(next, tolerances) || (ratio < 1 && next > 1) || (ratio > 1 && next < 1)) return current
  const replicas = Math.ceil(next * metrics.size)
  return (next < 1 && replicas > current) || (next > 1 && replicas < current) ? current : replicas
}

function within(ratio: number, { down, up }: Tolerances): boolean {
  return 1 - down <= ratio && ratio <= 1 + up
}

/** Sorts the pods; metrics of those that do not count are left out. */
function grouped(inputs: CalculationInputs): { metrics: Map<string, number>; groups: Groups } {
  if (inputs.pods.length === 0) throw new MetricError('no pods returned by selector while calculating replica count')
  const metrics = new Map([...inputs.metrics].map(([name, { value }]) => [name, value]))
  let ready = 0
  const unready: string[] = []
  const missing: string[] = []
  for (const pod of inputs.pods) {
    const { name, deletionTimestamp } = pod.metadata
    const metric = inputs.metrics.get(name)
    if (deletionTimestamp !== undefined || pod.status?.phase === 'Failed') metrics.delete(name)
    else if (pod.status?.phase === 'Pending' || (metric !== undefined && isUnready(pod, metric, inputs))) {
      unready.push(name)
      metrics.delete(name)
    } else if (metric === undefined) missing.push(name)
    else ready++
  }
  if (metrics.size === 0) {
    throw new MetricError('did not receive metrics for targeted pods (pods might be unready)')
  }
  return { metrics, groups: { ready, unready, missing } }
}

/** A pod that has just started uses CPU for other things than its work. */
function isUnready(pod: Pod, metric: PodMetric, { resource, nowMs }: CalculationInputs): boolean {
  if (resource !== 'cpu') return false
  const condition = conditionOf(pod.status?.conditions, 'Ready')
  const startMs = timeMs(pod.status?.startTime)
  if (condition === undefined || Number.isNaN(startMs)) return true
  const sinceMs = timeMs(condition.lastTransitionTime)
  const notReady = condition.status === 'False'
  if (startMs + cpuInitializationMs > nowMs) return notReady || metric.atMs < sinceMs + metric.windowMs
  return notReady && startMs + initialReadinessMs > sinceMs
}

function requestsOf(pods: readonly Pod[], resource: string, container: string): ReadonlyMap<string, number> {
  const requests = new Map<string, number>()
  for (const pod of pods) {
    let sum = 0
    for (const each of [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)]) {
      if (container !== '' && container !== each.name) continue
      const request = each.resources?.requests?.[resource]
      if (request === undefined) {
        throw new MetricError(`missing request for ${resource} in container ${each.name} of Pod ${pod.metadata.name}`)
      }
      sum += milliValue(request)
    }
    requests.set(pod.metadata.name, sum)
  }
  return requests
}

function utilizationOf(
  metrics: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
  target: number,
): { ratio: number; utilization: number; average: number } {
  let used = 0
  let requested = 0
  let count = 0
  for (const [name, value] of metrics) {
    const request = requests.get(name)
    if (request === undefined) continue
    used += value
    requested += request
    count++
  }
  if (requested === 0) throw new MetricError('no metrics returned matched known pods')
  const utilization = Math.trunc((used * 100) / requested)
  return { ratio: utilization / target, utilization, average: Math.trunc(used / count) }
}

function averageOf(metrics: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const value of metrics.values()) sum += value
  return Math.trunc(sum / metrics.size)
}
