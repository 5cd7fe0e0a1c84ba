import {
  dnsLabelProblems,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  parseQuantity,
  pathSegmentProblems,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { type Findings, forbidden, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateContainerResourceName } from './resources.ts'

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject

/** Checks a HorizontalPodAutoscaler (autoscaling/v2; v1 has a subset of its fields). */
export function validateHorizontalPodAutoscaler(object: KubeObject, old?: KubeObject): Findings {
  const spec = specOf(object)
  const out: Findings = []
  const min = numberAt(spec, 'minReplicas')
  const max = numberAt(spec, 'maxReplicas') ?? 0
  const lowest = numberAt(old?.spec, 'minReplicas') === 0 ? 0 : 1
  if (min !== undefined && min < lowest) {
    out.push(invalid('spec.minReplicas', min, `must be greater than or equal to ${lowest}`))
  }
  if (max === 0) out.push(required('spec.maxReplicas', 'must be set and greater than 0'))
  else if (max < 0) out.push(invalid('spec.maxReplicas', max, 'must be greater than or equal to 1'))
  if (min !== undefined && max < min)
    out.push(invalid('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`'))
  const ref = objectAt(spec, 'scaleTargetRef')
  out.push(...validateReference(ref, 'spec.scaleTargetRef', targetGroups(ref, objectAt(old?.spec, 'scaleTargetRef'))))
  const target = numberAt(spec, 'targetCPUUtilizationPercentage')
  // It is checked as the metric that it stands for in v2.
  if (target !== undefined && target < 1)
    out.push(invalid('spec.metrics[0].resource.target.averageUtilization', target, 'must be greater than 0'))
  const groups: Groups = listAt(old?.spec, 'metrics').some(hasBrokenVersion) ? 'unchecked' : 'any'
  listAt(spec, 'metrics').forEach((metric, index) => {
    out.push(...validateMetric(metric, `spec.metrics[${index}]`, groups))
  })
  const countsPods = listAt(spec, 'metrics').every((m) => !['Object', 'External'].includes(stringAt(m, 'type')))
  if (min === 0 && countsPods) {
    const text = 'must specify at least one Object or External metric to support scaling to zero replicas'
    out.push(forbidden('spec.metrics', text))
  }
  const behavior = objectAt(spec, 'behavior')
  for (const key of ['scaleUp', 'scaleDown']) {
    const rules = objectAt(behavior, key)
    if (rules) out.push(...validateRules(rules, `spec.behavior.${key}`))
  }
  return out
}

/** Which groups a reference may name: any but the core group, any, or whatever it says. */
type Groups = 'named' | 'any' | 'unchecked'

/** A target that stays as it was is not looked at; of the core group, replication controllers can be scaled. */
function targetGroups(ref: JsonObject | undefined, old: JsonObject | undefined): Groups {
  const same = ['apiVersion', 'kind'].every((key) => stringAt(ref, key) === stringAt(old, key))
  if (old !== undefined && same) return 'unchecked'
  return stringAt(ref, 'kind') === 'ReplicationController' ? 'any' : 'named'
}

function hasBrokenVersion(metric: JsonObject): boolean {
  const described = objectAt(objectAt(metric, 'object'), 'describedObject')
  return stringAt(metric, 'type') === 'Object' && versionProblem(stringAt(described, 'apiVersion'), 'any') !== undefined
}

function versionProblem(version: string, groups: Groups): string | undefined {
  if (groups === 'unchecked') return undefined
  const parts = version.split('/')
  if (parts.length > 2) return `unexpected GroupVersion string: ${version}`
  return groups === 'named' && (parts.length < 2 || parts[0] === '') ? 'apiVersion must specify API group' : undefined
}

/** Checks what an autoscaler refers to. */
function validateReference(ref: JsonObject | undefined, field: string, groups: Groups): Findings {
  const out: Findings = []
  for (const key of ['kind', 'name']) {
    const value = stringAt(ref, key)
    if (value === '') out.push(required(`${field}.${key}`))
    else out.push(...invalidEach(`${field}.${key}`, value, pathSegmentProblems(value)))
  }
  const version = stringAt(ref, 'apiVersion')
  const problem = versionProblem(version, groups)
  if (problem !== undefined) out.push(invalid(`${field}.apiVersion`, version, problem))
  return out
}

/** Types of metrics and the fields that hold them. */
const METRICS: Readonly<Record<string, string>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
}

/** Fields of metric sources in the order in which Kubernetes looks at them; only the first that is set is checked. */
const SOURCE_ORDER = ['object', 'external', 'pods', 'resource', 'containerResource']

function validateMetric(metric: JsonObject, field: string, groups: Groups): Findings {
  const type = stringAt(metric, 'type')
  const expected = METRICS[type]
  const out: Findings = []
  if (type === '') out.push(required(`${field}.type`, 'must specify a metric source type'))
  const unknown = expected === undefined ? [notSupported(`${field}.type`, type, Object.keys(METRICS))] : []
  out.push(...unknown)
  const present = SOURCE_ORDER.filter((key) => objectAt(metric, key))
  const [first] = present
  if (first === 'object') {
    const described = objectAt(objectAt(metric, 'object'), 'describedObject')
    out.push(...validateReference(described, `${field}.object.describedObject`, groups))
  }
  if (first !== undefined) out.push(...validateSource(objectAt(metric, first) ?? {}, first, `${field}.${first}`))
  // The type is looked at twice.
  out.push(...unknown)
  if (expected !== undefined && !present.includes(expected)) {
    out.push(required(`${field}.${expected}`, 'must populate information for the given metric source'))
  }
  if (present.length === 1) return out
  for (const key of present) {
    if (key !== expected) out.push(forbidden(`${field}.${key}`, 'must populate the given metric source only'))
  }
  return out
}

function validateSource(source: JsonObject, type: string, field: string): Findings {
  const out: Findings = []
  const target = objectAt(source, 'target')
  if (type === 'resource' || type === 'containerResource') {
    const name = stringAt(source, 'name')
    if (name === '') out.push(required(`${field}.name`, 'must specify a resource name'))
    else if (type === 'containerResource') out.push(...validateContainerResourceName(name, `${field}.name`))
    const container = stringAt(source, 'container')
    if (type === 'containerResource') {
      if (container === '') out.push(required(`${field}.container`, 'must specify a container'))
      else out.push(...invalidEach(`${field}.container`, container, dnsLabelProblems(container)))
    }
  } else {
    const name = stringAt(objectAt(source, 'metric'), 'name')
    if (name === '') out.push(required(`${field}.metric.name`, 'must specify a metric name'))
    else out.push(...invalidEach(`${field}.metric.name`, name, pathSegmentProblems(name)))
  }
  out.push(...validateTarget(target, `${field}.target`))
  const has = (key: string): boolean => valueAt(target, key) !== undefined
  if (type === 'resource' || type === 'containerResource') {
    if (!has('averageUtilization') && !has('averageValue')) {
      out.push(
        required(`${field}.target.averageUtilization`, 'must set either a target raw value or a target utilization'),
      )
    }
    if (has('averageUtilization') && has('averageValue')) {
      out.push(
        forbidden(`${field}.target.averageValue`, 'may not set both a target raw value and a target utilization'),
      )
    }
  } else if (type === 'pods') {
    if (!has('averageValue'))
      out.push(required(`${field}.target.averageValue`, 'must specify a positive target averageValue'))
  } else {
    if (!has('value') && !has('averageValue')) {
      const either =
        type === 'object' ? 'a target value or averageValue' : 'a target value for metric or a per-pod target'
      out.push(required(`${field}.target.averageValue`, `must set either ${either}`))
    }
    if (type === 'external' && has('value') && has('averageValue')) {
      out.push(forbidden(`${field}.target.value`, 'may not set both a target value for metric and a per-pod target'))
    }
  }
  return out
}

const TARGETS = ['Utilization', 'Value', 'AverageValue']

function validateTarget(target: JsonObject | undefined, field: string): Findings {
  const out: Findings = []
  const type = stringAt(target, 'type')
  if (type === '') out.push(required(`${field}.type`, 'must specify a metric target type'))
  if (!TARGETS.includes(type))
    out.push(invalid(`${field}.type`, type, 'must be either Utilization, Value, or AverageValue'))
  for (const key of ['value', 'averageValue']) {
    const value = valueAt(target, key)
    if (value !== undefined && parseQuantity(String(value)).nano <= 0n)
      out.push(invalid(`${field}.${key}`, value, 'must be positive'))
  }
  const utilization = numberAt(target, 'averageUtilization')
  if (utilization !== undefined && utilization < 1) {
    out.push(invalid(`${field}.averageUtilization`, utilization, 'must be greater than 0'))
  }
  return out
}

const MAX_PERIOD = 1800
const MAX_WINDOW = 3600
const SELECT = ['Disabled', 'Max', 'Min']
const POLICY_TYPES = ['Percent', 'Pods']

function validateRules(rules: JsonObject, field: string): Findings {
  const out: Findings = []
  const window = numberAt(rules, 'stabilizationWindowSeconds')
  if (window !== undefined && window < 0) {
    out.push(invalid(`${field}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'))
  }
  if (window !== undefined && window > MAX_WINDOW) {
    out.push(invalid(`${field}.stabilizationWindowSeconds`, window, `must be less than or equal to ${MAX_WINDOW}`))
  }
  const select = valueAt(rules, 'selectPolicy')
  if (select !== undefined && !SELECT.includes(String(select)))
    out.push(notSupported(`${field}.selectPolicy`, select, SELECT))
  const policies = listAt(rules, 'policies')
  if (policies.length === 0) out.push(required(`${field}.policies`, 'must specify at least one Policy'))
  policies.forEach((policy, index) => {
    const at = `${field}.policies[${index}]`
    const type = stringAt(policy, 'type')
    if (!POLICY_TYPES.includes(type)) out.push(notSupported(`${at}.type`, type, POLICY_TYPES))
    const value = numberAt(policy, 'value') ?? 0
    if (value <= 0) out.push(invalid(`${at}.value`, value, 'must be greater than zero'))
    const period = numberAt(policy, 'periodSeconds') ?? 0
    if (period <= 0) out.push(invalid(`${at}.periodSeconds`, period, 'must be greater than zero'))
    if (period > MAX_PERIOD)
      out.push(invalid(`${at}.periodSeconds`, period, `must be less than or equal to ${MAX_PERIOD}`))
  })
  const tolerance = valueAt(rules, 'tolerance')
  if (tolerance !== undefined && parseQuantity(String(tolerance)).nano < 0n) {
    out.push(invalid(`${field}.tolerance`, tolerance, 'must be greater than or equal to 0'))
  }
  return out
}
