import { isIP } from 'node:net'
import {
  dnsSubdomainProblems,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  qualifiedNameProblems,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import {
  duplicate,
  type Findings,
  forbidden,
  invalid,
  invalidEach,
  nonNegative,
  notSupported,
  required,
  tooLong,
} from './findings.ts'
import { validateIp } from './ip.ts'

/** A check of a change through the status sub-resource. */
export type StatusCheck = (object: KubeObject, old: KubeObject) => Findings

interface Counts {
  /** Counts that are not negative, in Kubernetes' order. */
  readonly fields: readonly string[]
  /** Counts that are parts of `replicas`. */
  readonly parts?: readonly string[]
  /** How the text calls the count of ready pods, of which the available ones are a part. */
  readonly ready?: string
}

/** The check of a workload's counts; the count of hash collisions never goes down. */
function countsCheck({ fields, parts = [], ready }: Counts): StatusCheck {
  return (object, old) => {
    const { status } = object
    const count = (key: string): number => numberAt(status, key) ?? 0
    const out = fields.flatMap((key) => nonNegative(`status.${key}`, count(key)))
    for (const key of parts) {
      if (count(key) > count('replicas')) {
        out.push(invalid(`status.${key}`, count(key), 'cannot be greater than status.replicas'))
      }
    }
    if (ready !== undefined && count('availableReplicas') > count('readyReplicas')) {
      out.push(invalid('status.availableReplicas', count('availableReplicas'), `cannot be greater than ${ready}`))
    }
    const before = numberAt(old.status, 'collisionCount')
    if (before !== undefined && (valueAt(status, 'collisionCount') === undefined || count('collisionCount') < before)) {
      out.push(invalid('status.collisionCount', count('collisionCount'), 'cannot be decremented'))
    }
    return out
  }
}

/** Deployments. */
export const validateDeploymentStatus = countsCheck({
  fields: [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'terminatingReplicas',
    'collisionCount',
  ],
  parts: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
  ready: 'readyReplicas',
})

/** ReplicaSets and ReplicationControllers. */
export const validateReplicaSetStatus = countsCheck({
  fields: [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
    'terminatingReplicas',
  ],
  parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  ready: 'readyReplicas',
})

/** StatefulSets. */
export const validateStatefulSetStatus = countsCheck({
  fields: [
    'replicas',
    'readyReplicas',
    'currentReplicas',
    'updatedReplicas',
    'availableReplicas',
    'observedGeneration',
    'collisionCount',
  ],
  parts: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
  ready: 'status.readyReplicas',
})

/** DaemonSets. */
export const validateDaemonSetStatus = countsCheck({
  fields: [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ],
})

/** HorizontalPodAutoscalers. */
export const validateAutoscalerStatus = countsCheck({ fields: ['currentReplicas', 'desiredReplicas'] })

/** The phase of a namespace follows from its deletion. */
export const validateNamespaceStatus: StatusCheck = (object) => {
  const phase = stringAt(object.status, 'phase')
  const isGoing = object.metadata.deletionTimestamp !== undefined
  const wanted = isGoing ? 'Terminating' : 'Active'
  if (phase === wanted) return []
  const when = isGoing ? 'is not empty' : 'is empty'
  return [invalid('status.Phase', phase, `may only be '${wanted}' if \`deletionTimestamp\` ${when}`)]
}

/** Services: addresses of load balancers, and conditions. */
export const validateServiceStatus: StatusCheck = (object) => {
  const ingress = listAt(objectAt(object.status, 'loadBalancer'), 'ingress')
  const at = 'status.loadBalancer.ingress'
  if (stringAt(object.spec, 'type') !== 'LoadBalancer') {
    return ingress.length === 0 ? [] : [forbidden(at, "may only be used when `spec.type` is 'LoadBalancer'")]
  }
  return ingress.flatMap((each, index) => {
    const field = `${at}[${index}]`
    return [...validateAddress(each, field), ...validateMode(each, field), ...validateHost(each, field)]
  })
}

/** Ingresses: addresses of load balancers. */
export const validateIngressStatus: StatusCheck = (object) =>
  listAt(objectAt(object.status, 'loadBalancer'), 'ingress').flatMap((each, index) => {
    const field = `status.loadBalancer.ingress[${index}]`
    return [...validateAddress(each, field), ...validateHost(each, field)]
  })

function validateAddress(ingress: JsonObject, field: string): Findings {
  const ip = stringAt(ingress, 'ip')
  return ip === '' ? [] : validateIp(ip, `${field}.ip`)
}

const MODES = ['Proxy', 'VIP']

function validateMode(ingress: JsonObject, field: string): Findings {
  const at = `${field}.ipMode`
  const mode = valueAt(ingress, 'ipMode')
  const hasIp = stringAt(ingress, 'ip') !== ''
  if (mode === undefined) return hasIp ? [required(at, 'must be specified when `ip` is set')] : []
  if (!hasIp) return [forbidden(at, 'may not be specified when `ip` is not set')]
  return MODES.includes(String(mode)) ? [] : [notSupported(at, mode, MODES)]
}

function validateHost(ingress: JsonObject, field: string): Findings {
  const host = stringAt(ingress, 'hostname')
  if (host === '') return []
  const out = invalidEach(`${field}.hostname`, host, dnsSubdomainProblems(host))
  if (isIP(host) !== 0) out.push(invalid(`${field}.hostname`, host, 'must be a DNS name, not an IP address'))
  return out
}

const STATUSES = ['False', 'True', 'Unknown']
const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'

/** Checks conditions in the form that all newer kinds share. As apimachinery's ValidateConditions. */
function validateConditions(conditions: readonly JsonObject[], field: string): Findings {
  const out: Findings = []
  const types = new Set<string>()
  conditions.forEach((condition, index) => {
    const at = `${field}[${index}]`
    const type = stringAt(condition, 'type')
    if (types.has(type)) out.push(duplicate(`${at}.type`, type))
    types.add(type)
    out.push(...validateCondition(condition, type, at))
  })
  return out
}

function validateCondition(condition: JsonObject, type: string, field: string): Findings {
  const out = invalidEach(`${field}.type`, type, qualifiedNameProblems(type))
  const status = stringAt(condition, 'status')
  if (!STATUSES.includes(status)) out.push(notSupported(`${field}.status`, status, STATUSES))
  const generation = numberAt(condition, 'observedGeneration') ?? 0
  if (generation < 0) {
    out.push(invalid(`${field}.observedGeneration`, generation, 'must be greater than or equal to zero'))
  }
  if (valueAt(condition, 'lastTransitionTime') === undefined) {
    out.push(required(`${field}.lastTransitionTime`))
  }
  const reason = stringAt(condition, 'reason')
  if (Buffer.byteLength(reason) > 1024) out.push(tooLong(`${field}.reason`, 1024))
  if (reason === '') out.push(required(`${field}.reason`))
  else if (!new RegExp(`^${REASON}$`).test(reason)) {
    const examples = "(e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', "
    const text = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' ${examples}regex used for validation is '${REASON}')`
    out.push(invalid(`${field}.reason`, reason, text))
  }
  if (Buffer.byteLength(stringAt(condition, 'message')) > 32768) {
    out.push(tooLong(`${field}.message`, 32768))
  }
  return out
}

const HEALTH = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']

/** PodDisruptionBudgets. */
export const validateBudgetStatus: StatusCheck = (object) => [
  ...validateConditions(listAt(object.status, 'conditions'), 'status.conditions'),
  ...HEALTH.flatMap((key) => nonNegative(`status.${key}`, numberAt(object.status, key))),
]
