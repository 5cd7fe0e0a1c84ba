import { ensureObject, type JsonObject, listAt, objectAt, setDefault, valueAt } from '../../../api/index.ts'

/** HorizontalPodAutoscaler of autoscaling/v1. */
export function defaultHorizontalPodAutoscalerV1(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  if (valueAt(spec, 'minReplicas') === undefined) spec.minReplicas = 1
}

/** HorizontalPodAutoscaler of autoscaling/v2: 80 % of CPU when it names no metric; scaling rules only when it has some. */
export function defaultHorizontalPodAutoscaler(object: JsonObject): void {
  defaultHorizontalPodAutoscalerV1(object)
  const spec = ensureObject(object, 'spec')
  if (listAt(spec, 'metrics').length === 0) {
    const target = { type: 'Utilization', averageUtilization: 80 }
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
  setDefault(rules, 'selectPolicy', 'Max')
  if (valueAt(rules, 'policies') === undefined) rules.policies = policies
}
