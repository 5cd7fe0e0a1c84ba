import { ensureObject, type JsonObject, listAt, mapAt, objectAt, valueAt } from '../../../api/index.ts'

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'

/** HorizontalPodAutoscaler of autoscaling/v1: 80 % of CPU when neither a field nor its annotation names a metric. */
export function defaultHorizontalPodAutoscalerV1(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  defaultMinimum(spec)
  if (valueAt(spec, 'targetCPUUtilizationPercentage') !== undefined) return
  const annotations = mapAt(objectAt(object, 'metadata'), 'annotations')
  if (!listsSomething(annotations[METRICS])) spec.targetCPUUtilizationPercentage = DEFAULT_UTILIZATION
}

function listsSomething(text: string | undefined): boolean {
  if (text === undefined) return false
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.length > 0
  } catch {
    return false
  }
}

function defaultMinimum(spec: JsonObject): void {
  if (valueAt(spec, 'minReplicas') === undefined) spec.minReplicas = 1
}

const DEFAULT_UTILIZATION = 80

/** HorizontalPodAutoscaler of autoscaling/v2: 80 % of CPU when it names no metric; scaling rules only when it has some. */
export function defaultHorizontalPodAutoscaler(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  defaultMinimum(spec)
  if (listAt(spec, 'metrics').length === 0) {
    const target = { type: 'Utilization', averageUtilization: DEFAULT_UTILIZATION }
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }]
  }
  const behavior = objectAt(spec, 'behavior')
  if (!behavior) return
  const up = ensureObject(behavior, 'scaleUp')
  if (valueAt(up, 'stabilizationWindowSeconds') === undefined) up.stabilizationWindowSeconds = 0
  defaultRules(up, [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ])
  defaultRules(ensureObject(behavior, 'scaleDown'), [{ type: 'Percent', value: 100, periodSeconds: 15 }])
}

function defaultRules(rules: JsonObject, policies: JsonObject[]): void {
  if (valueAt(rules, 'selectPolicy') === undefined) rules.selectPolicy = 'Max'
  if (valueAt(rules, 'policies') === undefined) rules.policies = policies
}
