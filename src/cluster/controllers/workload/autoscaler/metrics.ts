import type { ApiClient } from '../../../control/index.ts'
import { formatQuantity, milliValue, quantityValue, timeMs } from '../../../control/index.ts'
import type { Autoscaler, MetricSpec, MetricTarget } from './model.ts'
import {
  type CalculationInputs,
  MetricError,
  type PodMetric,
  type Proposal,
  replicasByUtilization,
  replicasByValue,
} from './replica-calculator.ts'

/** What one metric gives: the number it asks for, its name in messages, and its entry in the status. */
export interface MetricResult {
  readonly replicas: number
  readonly name: string
  readonly status: object
}

/** A metric that gives nothing: the reason of condition and event, and the texts on both levels. */
export class MetricFailure extends Error {
  readonly reason: string
  readonly outer: string
  constructor(reason: string, message: string, outer: string) {
    super(message)
    this.reason = reason
    this.outer = outer
  }
}

/** What evaluating a metric needs besides its spec. */
export interface MetricContext extends Omit<CalculationInputs, 'metrics' | 'resource'> {
  readonly client: ApiClient
  readonly selector: string
}

/** Evaluates one metric of an autoscaler; throws MetricFailure. */
export async function evaluateMetric(object: Autoscaler, spec: MetricSpec, ctx: MetricContext): Promise<MetricResult> {
  const namespace = object.metadata.namespace ?? ''
  if (spec.resource !== undefined) {
    const { name, target } = spec.resource
    const result = await resourceMetric(namespace, { name, target, container: '' }, ctx).catch((error: unknown) => {
      throw failure('FailedGetResourceMetric', error, `failed to get ${name} resource metric value`)
    })
    return { ...result, status: { type: spec.type, resource: { name, current: result.current } } }
  }
  if (spec.containerResource !== undefined) {
    const { name, container, target } = spec.containerResource
    const result = await resourceMetric(namespace, { name, target, container }, ctx).catch((error: unknown) => {
      throw failure('FailedGetContainerResourceMetric', error, `failed to get ${container} container metric value`)
    })
    return { ...result, status: { type: spec.type, containerResource: { name, container, current: result.current } } }
  }
  throw foreignMetric(namespace, spec)
}

function failure(reason: string, error: unknown, outer: string): unknown {
  return error instanceof MetricError ? new MetricFailure(reason, error.message, outer) : error
}

/** Metrics of APIs that this cluster does not have. */
function foreignMetric(namespace: string, spec: MetricSpec): MetricFailure {
  const noCustom =
    'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
  if (spec.pods !== undefined) {
    const { name } = spec.pods.metric
    return new MetricFailure(
      'FailedGetPodsMetric',
      `unable to get metric ${name}: ${noCustom}`,
      'failed to get pods metric value',
    )
  }
  if (spec.object !== undefined) {
    const { metric, describedObject } = spec.object
    const message = `unable to get metric ${metric.name}: ${describedObject.kind} on ${namespace} ${describedObject.name}/${noCustom}`
    return new MetricFailure('FailedGetObjectMetric', message, 'failed to get object metric value')
  }
  const name = spec.external?.metric.name ?? ''
  const message = `unable to get external metric ${namespace}/${name}/nil: unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`
  return new MetricFailure('FailedGetExternalMetric', message, `failed to get ${name} external metric value`)
}

interface ResourceMetric {
  readonly name: string
  readonly container: string
  readonly target: MetricTarget
}

async function resourceMetric(
  namespace: string,
  metric: ResourceMetric,
  ctx: MetricContext,
): Promise<{ replicas: number; name: string; current: object }> {
  const { name, target, container } = metric
  const what = target.averageValue === undefined ? 'utilization' : 'usage'
  let proposal: Proposal
  try {
    const inputs = { ...ctx, resource: name, metrics: await podMetrics(namespace, metric, ctx) }
    if (target.averageValue !== undefined) proposal = replicasByValue(inputs, milliValue(target.averageValue))
    else if (target.averageUtilization !== undefined)
      proposal = replicasByUtilization(inputs, target.averageUtilization, container)
    else {
      throw new MetricError(
        'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
      )
    }
  } catch (error) {
    if (error instanceof MetricError) throw new MetricError(`failed to get ${name} ${what}: ${error.message}`)
    throw error
  }
  const averageValue = formatQuantity(proposal.average / 1000, name === 'memory' ? 'binary' : 'decimal')
  const kind = container === '' ? 'resource' : 'container resource'
  return {
    replicas: proposal.replicas,
    name:
      proposal.utilization === undefined ? `${name} resource` : `${name} ${kind} utilization (percentage of request)`,
    current: {
      ...(proposal.utilization !== undefined && { averageUtilization: proposal.utilization }),
      averageValue,
    },
  }
}

interface PodMetricsList {
  readonly items?: readonly {
    readonly metadata: { readonly name: string }
    readonly timestamp: string
    readonly window: string
    readonly containers?: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[]
  }[]
}

async function podMetrics(
  namespace: string,
  metric: ResourceMetric,
  ctx: MetricContext,
): Promise<ReadonlyMap<string, PodMetric>> {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`
  const unable = `unable to get metrics for resource ${metric.name}`
  let list: PodMetricsList
  try {
    list = (await ctx.client.send({ method: 'GET', path, query: { labelSelector: ctx.selector } })) as PodMetricsList
  } catch {
    const text = 'the server could not find the requested resource (get pods.metrics.k8s.io)'
    throw new MetricError(`${unable}: unable to fetch metrics from resource metrics API: ${text}`)
  }
  const { items = [] } = list
  if (items.length === 0) throw new MetricError(`${unable}: no metrics returned from resource metrics API`)
  const found = new Map<string, PodMetric>()
  for (const { metadata, timestamp, window, containers = [] } of items) {
    const counted = containers.filter(({ name }) => metric.container === '' || name === metric.container)
    if (counted.length === 0 || counted.some(({ usage }) => usage[metric.name] === undefined)) continue
    const value = counted.reduce((sum, { usage }) => sum + Math.ceil(quantityValue(usage[metric.name]) * 1000), 0)
    found.set(metadata.name, { value, atMs: timeMs(timestamp), windowMs: Number.parseFloat(window) * 1000 })
  }
  return found
}
