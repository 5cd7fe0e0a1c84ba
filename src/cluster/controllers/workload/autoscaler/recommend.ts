import { type ApiClient, type Pod, quantityValue } from '../../../control/index.ts'
import { evaluateMetric, MetricFailure, type MetricResult } from './metrics.ts'
import type { Autoscaler, NoteCondition, Scale } from './model.ts'
import { selectorMatcher } from './selector-text.ts'

const defaultTolerance = 0.1

/** What the metrics together ask for. */
export interface Recommendation {
  /** -1: none of them can be followed. */
  readonly replicas: number
  readonly metric: string
  readonly statuses: readonly (object | null)[]
  readonly error?: string
}

/** What a recommendation is made from, and who is told about it. */
export interface RecommendationInput {
  readonly client: ApiClient
  /** The pods of the autoscaler's namespace. */
  readonly pods: readonly Pod[]
  readonly nowMs: number
  readonly note: NoteCondition
  readonly warn: (reason: string, message: string) => void
}

/** The largest proposal of all metrics; one that fails keeps the others from scaling down. */
export async function recommend(object: Autoscaler, scale: Scale, input: RecommendationInput): Promise<Recommendation> {
  const { note, warn } = input
  const selector = scale.status?.selector ?? ''
  if (selector === '') {
    warn('SelectorRequired', 'selector is required')
    note('ScalingActive', 'False', 'InvalidSelector', "the HPA target's scale is missing a selector")
    return { replicas: -1, metric: '', statuses: [], error: 'selector is required' }
  }
  const { statuses, best, first, error } = await evaluateAll(object, scale, selector, input)
  if (best === undefined || (first !== undefined && best.replicas < (scale.spec.replicas ?? 0))) {
    const message = `the HPA was unable to compute the replica count: ${first?.message ?? ''}`
    note('ScalingActive', 'False', first?.reason ?? '', message)
    return { replicas: -1, metric: '', statuses, error: error ?? '' }
  }
  const message = `the HPA was able to successfully calculate a replica count from ${best.name}`
  note('ScalingActive', 'True', 'ValidMetricFound', message)
  return { replicas: best.replicas, metric: best.name, statuses }
}

interface Evaluated {
  readonly statuses: readonly (object | null)[]
  readonly best: MetricResult | undefined
  /** The first failure, and what is said of all. */
  readonly first: MetricFailure | undefined
  readonly error: string | undefined
}

async function evaluateAll(
  object: Autoscaler,
  scale: Scale,
  selector: string,
  { client, pods, nowMs, warn }: RecommendationInput,
): Promise<Evaluated> {
  const matches = selectorMatcher(selector)
  const { metrics = [], behavior } = object.spec
  const inputs = {
    client,
    selector,
    current: scale.spec.replicas ?? 0,
    pods: pods.filter((pod) => matches(pod.metadata.labels ?? {})),
    tolerances: {
      down: toleranceOf(behavior?.scaleDown?.tolerance),
      up: toleranceOf(behavior?.scaleUp?.tolerance),
    },
    nowMs,
  }
  const statuses: (object | null)[] = []
  const failures: MetricFailure[] = []
  let best: MetricResult | undefined
  for (const spec of metrics) {
    try {
      const result = await evaluateMetric(object, spec, inputs)
      statuses.push(result.status)
      if (best === undefined || result.replicas > best.replicas) best = result
    } catch (error) {
      if (!(error instanceof MetricFailure)) throw error
      warn(error.reason, error.message)
      statuses.push({ type: '' })
      failures.push(error)
    }
  }
  const [first] = failures
  const invalid = `invalid metrics (${failures.length} invalid out of ${metrics.length})`
  const error = first && `${invalid}, first error is: ${first.outer}: ${first.message}`
  return { statuses, best, first, error }
}

function toleranceOf(text: string | undefined): number {
  return text === undefined ? defaultTolerance : quantityValue(text)
}
