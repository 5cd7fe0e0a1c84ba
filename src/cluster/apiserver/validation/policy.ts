import {
  type JsonObject,
  jsonEqual,
  type KubeObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { type Findings, forbidden, IMMUTABLE, invalid, notSupported, required } from './findings.ts'
import { validateQuantity, validateResourceName } from './resources.ts'
import { validateLabelSelector } from './selector.ts'
import { validateAtMost100, validateIntOrPercent } from './workload.ts'

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject
const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget']

/** Checks a PodDisruptionBudget. */
export function validatePodDisruptionBudget(object: KubeObject): Findings {
  const spec = specOf(object)
  const out: Findings = []
  const min = valueAt(spec, 'minAvailable')
  const max = valueAt(spec, 'maxUnavailable')
  if (min !== undefined && max !== undefined) {
    out.push(invalid('spec', printBudget(spec), 'minAvailable and maxUnavailable cannot be both set'))
  }
  for (const [key, value] of [
    ['minAvailable', min],
    ['maxUnavailable', max],
  ] as const) {
    if (value === undefined) continue
    out.push(...validateIntOrPercent(value, `spec.${key}`), ...validateAtMost100(value, `spec.${key}`))
  }
  out.push(...validateLabelSelector(objectAt(spec, 'selector'), 'spec.selector'))
  const policy = valueAt(spec, 'unhealthyPodEvictionPolicy')
  if (policy !== undefined && !EVICTION_POLICIES.includes(String(policy))) {
    out.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES))
  }
  return out
}

function printBudget(spec: JsonObject): JsonObject {
  return {
    MinAvailable: spec.minAvailable ?? null,
    Selector: spec.selector ?? null,
    MaxUnavailable: spec.maxUnavailable ?? null,
    UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
  }
}

const SCOPES = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
  'VolumeAttributesClass',
]

/** What may be counted only in pods, by scope; the other scopes bear everything. */
const POD_RESOURCES = new Set([
  'pods',
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
])

const QUOTA_RESOURCES = new Set([
  ...POD_RESOURCES,
  'requests.storage',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
])

function scopeBears(scope: string, resource: string): boolean {
  switch (scope) {
    case 'Terminating':
    case 'NotTerminating':
    case 'NotBestEffort':
    case 'PriorityClass':
    case 'CrossNamespacePodAffinity':
      return (
        POD_RESOURCES.has(resource) || resource.startsWith('requests.hugepages-') || resource.startsWith('hugepages-')
      )
    case 'BestEffort':
      return resource === 'pods'
    case 'VolumeAttributesClass':
      return resource === 'persistentvolumeclaims' || resource === 'requests.storage'
    default:
      return true
  }
}

/** Checks a ResourceQuota. */
export function validateResourceQuota(object: KubeObject): Findings {
  const spec = specOf(object)
  const out = validateQuotaAmounts(mapAt(spec, 'hard'), 'spec.hard')
  const resources = Object.keys(mapAt(spec, 'hard'))
    .filter((name) => QUOTA_RESOURCES.has(name) || name.includes('hugepages-'))
    .sort()
  const scopes = stringsAt(spec, 'scopes')
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) out.push(invalid('spec.scopes', scopes, 'unsupported scope'))
    for (const name of resources) {
      if (!scopeBears(scope, name)) out.push(invalid('spec.scopes', scopes, 'unsupported scope applied to resource'))
    }
  }
  out.push(...conflicting(scopes, 'spec.scopes', scopes))
  out.push(...validateScopeSelector(spec, resources, scopes))
  return [...out, ...validateResourceQuotaStatus(object)]
}

/** Checks what a quota counted. */
export function validateResourceQuotaStatus(object: KubeObject): Findings {
  return ['hard', 'used'].flatMap((key) => validateQuotaAmounts(mapAt(object.status, key), `status.${key}`))
}

function validateQuotaAmounts(amounts: Readonly<Record<string, string>>, field: string): Findings {
  return Object.entries(amounts).flatMap(([name, value]) => {
    const at = `${field}[${name}]`
    const out = validateResourceName(name, at)
    if (!name.includes('/') && !QUOTA_RESOURCES.has(name) && !/^(requests\.)?hugepages-/.test(name)) {
      out.push(invalid(at, name, 'must be a standard resource for quota'))
    }
    return [...out, ...validateQuantity(name, value, at)]
  })
}

function conflicting(scopes: readonly string[], field: string, shown: readonly string[]): Findings {
  const pairs = [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ]
  return pairs
    .filter((pair) => pair.every((scope) => scopes.includes(scope)))
    .map(() => invalid(field, shown, 'conflicting scopes'))
}

const EXISTING = new Set(['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'])
const EXISTS_TEXT =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

/** Checks the selector of scopes; its findings carry no index, as in Kubernetes. */
function validateScopeSelector(spec: JsonObject, resources: readonly string[], shown: readonly string[]): Findings {
  const selector = objectAt(spec, 'scopeSelector')
  const field = 'spec.scopeSelector.matchExpressions'
  const expressions = listAt(selector, 'matchExpressions')
  const out: Findings = []
  for (const expression of expressions) {
    const scope = stringAt(expression, 'scopeName')
    const operator = stringAt(expression, 'operator')
    const values = stringsAt(expression, 'values')
    if (!SCOPES.includes(scope)) out.push(invalid(`${field}.scopeName`, scope, 'unsupported scope'))
    for (const name of resources) {
      if (scopeBears(scope, name)) continue
      const printed = expressions.map((each) => ({
        ScopeName: stringAt(each, 'scopeName'),
        Operator: stringAt(each, 'operator'),
        Values: each.values ?? null,
      }))
      out.push(invalid(field, { MatchExpressions: printed }, 'unsupported scope applied to resource'))
    }
    if (EXISTING.has(scope) && operator !== 'Exists') out.push(invalid(`${field}.operator`, operator, EXISTS_TEXT))
    if (operator === 'In' || operator === 'NotIn') {
      const text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
      if (values.length === 0) out.push(required(`${field}.values`, text))
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
      if (values.length > 0) out.push(invalid(`${field}.values`, values, text))
    } else out.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'))
  }
  const scopes = expressions.map((each) => stringAt(each, 'scopeName'))
  return [...out, ...conflicting(scopes, field, shown)]
}

/** The scopes of a quota never change; how often they are named does not count. */
export function validateResourceQuotaUpdate(object: KubeObject, old: KubeObject): Findings {
  const scopes = specOf(object).scopes
  const set = (quota: KubeObject): string[] => [...new Set(stringsAt(quota.spec, 'scopes'))].sort()
  return jsonEqual(set(object), set(old)) ? [] : [invalid('spec.scopes', scopes, IMMUTABLE)]
}

const HIGHEST_USER_PRIORITY = 1_000_000_000
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}
const PREEMPTION = ['PreemptLowerPriority', 'Never']

/** Checks a PriorityClass. */
export function validatePriorityClass(object: KubeObject): Findings {
  const out: Findings = []
  const name = object.metadata.name ?? ''
  const value = numberAt(object, 'value') ?? 0
  if (name.startsWith('system-')) {
    if (SYSTEM_PRIORITIES[name] !== value) {
      const text = "priority class names with 'system-' prefix are reserved for system use only. error: "
      const why =
        name in SYSTEM_PRIORITIES
          ? `value of ${name} PriorityClass must be ${SYSTEM_PRIORITIES[name]}`
          : `${name} is not a known system priority class`
      out.push(forbidden('metadata.name', text + why))
    }
  } else if (value > HIGHEST_USER_PRIORITY) {
    out.push(forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`))
  }
  const policy = valueAt(object, 'preemptionPolicy')
  if (policy === '') out.push(required('preemptionPolicy'))
  else if (policy !== undefined && !PREEMPTION.includes(String(policy))) {
    out.push(notSupported('preemptionPolicy', policy, PREEMPTION))
  }
  return out
}

/** Value and preemption of a class never change. */
export function validatePriorityClassUpdate(object: KubeObject, old: KubeObject): Findings {
  const out: Findings = []
  if ((numberAt(object, 'value') ?? 0) !== (numberAt(old, 'value') ?? 0))
    out.push(forbidden('value', 'may not be changed in an update.'))
  if (object.preemptionPolicy !== old.preemptionPolicy)
    out.push(invalid('preemptionPolicy', object.preemptionPolicy, IMMUTABLE))
  return out
}

/** Checks a Lease. */
export function validateLease(object: KubeObject): Findings {
  const spec = specOf(object)
  const out: Findings = []
  const seconds = numberAt(spec, 'leaseDurationSeconds')
  if (seconds !== undefined && seconds <= 0)
    out.push(invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'))
  const transitions = numberAt(spec, 'leaseTransitions')
  if (transitions !== undefined && transitions < 0) {
    out.push(invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'))
  }
  return out
}
