import {
  dnsLabelProblems,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  percentProblems,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import {
  type Findings,
  forbidden,
  IMMUTABLE,
  invalid,
  invalidEach,
  nonNegative,
  notSupported,
  required,
} from './findings.ts'
import { validateClaimSpec } from './claim.ts'
import { validatePodTemplate, validatePodTemplateMetadata } from './pod.ts'
import {
  isEmptySelector,
  isSoundSelector,
  printMap,
  printSelector,
  selectorMatchesLabels,
  validateLabelSelector,
} from './selector.ts'

const MISMATCH = '`selector` does not match template `labels`'

/** Checks a count that may be a percentage. */
export function validateIntOrPercent(value: unknown, field: string): Findings {
  if (typeof value === 'string') return percentProblems(value).map((problem) => invalid(field, value, problem))
  return nonNegative(field, typeof value === 'number' ? value : 0)
}

/** Checks that a percentage is at most 100 %. */
export function validateAtMost100(value: unknown, field: string): Findings {
  const percent = typeof value === 'string' && /^\d+%$/.test(value) ? Number.parseInt(value, 10) : 0
  return percent > 100 ? [invalid(field, value, 'must not be greater than 100%')] : []
}

/** The number of a count or percentage; 0 for what is neither. */
function intOrPercent(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\d+%$/.test(value) ? Number.parseInt(value, 10) : 0
}

/** How Go's internal strategy types print: with their field names. */
function printStrategy(strategy: JsonObject, keys = ['maxUnavailable', 'maxSurge']): JsonObject {
  const rolling = objectAt(strategy, 'rollingUpdate')
  const inner: JsonObject = {}
  for (const key of keys) inner[key.charAt(0).toUpperCase() + key.slice(1)] = rolling?.[key] ?? null
  return { Type: stringAt(strategy, 'type'), RollingUpdate: rolling ? inner : null }
}

function templateLabels(spec: JsonObject): JsonObject | null {
  return printMap(objectAt(objectAt(objectAt(spec, 'template'), 'metadata'), 'labels'))
}

function matchesTemplate(spec: JsonObject): boolean {
  const selector = objectAt(spec, 'selector')
  // Without a selector nothing matches; an empty one matches everything.
  return (
    selector !== undefined &&
    selectorMatchesLabels(selector, mapAt(objectAt(objectAt(spec, 'template'), 'metadata'), 'labels'))
  )
}

function mismatch(spec: JsonObject): Findings {
  if (matchesTemplate(spec)) return []
  return [invalid('spec.template.metadata.labels', templateLabels(spec), MISMATCH)]
}

function validateLongRunning(spec: JsonObject, kind: string): Findings {
  const pod = objectAt(objectAt(spec, 'template'), 'spec')
  const out: Findings = []
  const restart = stringAt(pod, 'restartPolicy')
  if (restart !== 'Always') out.push(notSupported('spec.template.spec.restartPolicy', restart, ['Always']))
  if (valueAt(pod, 'activeDeadlineSeconds') !== undefined) {
    out.push(forbidden('spec.template.spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${kind} is not Supported`))
  }
  return out
}

function validateSelectorField(spec: JsonObject, kind: string): Findings {
  const selector = objectAt(spec, 'selector')
  if (!selector) return [required('spec.selector')]
  const out = validateLabelSelector(selector, 'spec.selector')
  if (isEmptySelector(selector))
    out.push(invalid('spec.selector', printSelector(selector), `empty selector is invalid for ${kind}`))
  return out
}

function validateTemplateFor(spec: JsonObject, kind: string): Findings {
  const selector = objectAt(spec, 'selector')
  if (selector && !isSoundSelector(selector))
    return [invalid('spec.selector', printSelector(selector), 'invalid label selector')]
  return [
    ...mismatch(spec),
    ...validatePodTemplate(objectAt(spec, 'template'), 'spec.template'),
    ...validateLongRunning(spec, kind),
  ]
}

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject

/** Checks a Deployment. */
export function validateDeployment(object: KubeObject): Findings {
  const spec = specOf(object)
  const out = nonNegative('spec.replicas', numberAt(spec, 'replicas'))
  out.push(...validateSelectorField(spec, 'deployment'), ...validateTemplateFor(spec, 'ReplicaSet'))
  out.push(...validateDeploymentStrategy(objectAt(spec, 'strategy') ?? {}))
  const ready = numberAt(spec, 'minReadySeconds') ?? 0
  out.push(...nonNegative('spec.minReadySeconds', ready))
  out.push(...nonNegative('spec.revisionHistoryLimit', numberAt(spec, 'revisionHistoryLimit')))
  const deadline = numberAt(spec, 'progressDeadlineSeconds')
  if (deadline !== undefined) {
    out.push(...nonNegative('spec.progressDeadlineSeconds', deadline))
    if (deadline <= ready)
      out.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'))
  }
  return out
}

function validateDeploymentStrategy(strategy: JsonObject): Findings {
  const field = 'spec.strategy'
  const rolling = objectAt(strategy, 'rollingUpdate')
  switch (stringAt(strategy, 'type')) {
    case 'Recreate':
      return rolling
        ? [forbidden(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")]
        : []
    case 'RollingUpdate': {
      if (!rolling) return [required(`${field}.rollingUpdate`, 'this should be defaulted and never be nil')]
      const unavailable = valueAt(rolling, 'maxUnavailable')
      const surge = valueAt(rolling, 'maxSurge')
      const at = `${field}.rollingUpdate`
      const out = [
        ...validateIntOrPercent(unavailable, `${at}.maxUnavailable`),
        ...validateIntOrPercent(surge, `${at}.maxSurge`),
      ]
      if (intOrPercent(unavailable) === 0 && intOrPercent(surge) === 0) {
        out.push(invalid(`${at}.maxUnavailable`, unavailable, 'may not be 0 when `maxSurge` is 0'))
      }
      return [...out, ...validateAtMost100(unavailable, `${at}.maxUnavailable`)]
    }
    default:
      return [notSupported(field, printStrategy(strategy), ['Recreate', 'RollingUpdate'])]
  }
}

/** Checks a ReplicaSet. */
export function validateReplicaSet(object: KubeObject): Findings {
  const spec = specOf(object)
  return [
    ...nonNegative('spec.replicas', numberAt(spec, 'replicas')),
    ...nonNegative('spec.minReadySeconds', numberAt(spec, 'minReadySeconds')),
    ...validateSelectorField(spec, 'deployment'),
    ...validateTemplateFor(spec, 'ReplicaSet'),
  ]
}

/** Checks a ReplicationController; its selector is a plain map. */
export function validateReplicationController(object: KubeObject): Findings {
  const spec = specOf(object)
  const selector = mapAt(spec, 'selector')
  const out = nonNegative('spec.minReadySeconds', numberAt(spec, 'minReadySeconds'))
  if (Object.keys(selector).length === 0) out.push(required('spec.selector'))
  out.push(...nonNegative('spec.replicas', numberAt(spec, 'replicas')))
  const template = objectAt(spec, 'template')
  if (!template) return [...out, required('spec.template')]
  const labels = mapAt(objectAt(template, 'metadata'), 'labels')
  const matches = Object.entries(selector).every(([key, value]) => labels[key] === value)
  if (Object.keys(selector).length > 0 && !matches) {
    out.push(invalid('spec.template.metadata.labels', templateLabels(spec), MISMATCH))
  }
  out.push(...validatePodTemplate(template, 'spec.template'))
  return [...out, ...validateLongRunning(spec, 'ReplicationController')]
}

/** Checks a DaemonSet. */
export function validateDaemonSet(object: KubeObject): Findings {
  const spec = specOf(object)
  const selector = objectAt(spec, 'selector')
  const out = validateLabelSelector(selector, 'spec.selector')
  if (isSoundSelector(selector)) out.push(...mismatch(spec))
  if (selector && isEmptySelector(selector)) {
    out.push(invalid('spec.selector', printSelector(selector), 'empty selector is invalid for daemonset'))
  }
  out.push(
    ...validatePodTemplate(objectAt(spec, 'template'), 'spec.template'),
    ...validateLongRunning(spec, 'DaemonSet'),
  )
  out.push(...nonNegative('spec.minReadySeconds', numberAt(spec, 'minReadySeconds')))
  out.push(...validateDaemonStrategy(objectAt(spec, 'updateStrategy') ?? {}))
  return [...out, ...nonNegative('spec.revisionHistoryLimit', numberAt(spec, 'revisionHistoryLimit'))]
}

function validateDaemonStrategy(strategy: JsonObject): Findings {
  const type = stringAt(strategy, 'type')
  const field = 'spec.updateStrategy'
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate') return [notSupported(field, printStrategy(strategy), ['RollingUpdate', 'OnDelete'])]
  const rolling = objectAt(strategy, 'rollingUpdate')
  if (!rolling) return [required(`${field}.rollingUpdate`)]
  const at = `${field}.rollingUpdate`
  const unavailable = valueAt(rolling, 'maxUnavailable')
  const surge = valueAt(rolling, 'maxSurge')
  const out = [
    ...validateIntOrPercent(unavailable, `${at}.maxUnavailable`),
    ...validateIntOrPercent(surge, `${at}.maxSurge`),
  ]
  if (intOrPercent(unavailable) !== 0 && intOrPercent(surge) !== 0) {
    out.push(invalid(`${at}.maxSurge`, surge, 'may not be set when maxUnavailable is non-zero'))
  } else if (intOrPercent(unavailable) === 0 && intOrPercent(surge) === 0) {
    out.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
  }
  return [
    ...out,
    ...validateAtMost100(unavailable, `${at}.maxUnavailable`),
    ...validateAtMost100(surge, `${at}.maxSurge`),
  ]
}

const STATEFUL_ROLLING = ['partition', 'maxUnavailable']
const RETENTION = ['Retain', 'Delete']

/** Checks a new StatefulSet. */
export function validateNewStatefulSet(object: KubeObject): Findings {
  return validateStatefulSpec(specOf(object), true)
}

/** Checks a StatefulSet; what can no longer be changed is not looked at again. */
function validateStatefulSpec(spec: JsonObject, isNew: boolean, skipsTemplate = false): Findings {
  const out: Findings = []
  const management = stringAt(spec, 'podManagementPolicy')
  if (management === '') out.push(required('spec.podManagementPolicy'))
  else if (management !== 'OrderedReady' && management !== 'Parallel') {
    out.push(invalid('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'"))
  }
  out.push(...validateStatefulStrategy(objectAt(spec, 'updateStrategy') ?? {}))
  const retention = objectAt(spec, 'persistentVolumeClaimRetentionPolicy')
  for (const key of ['whenDeleted', 'whenScaled']) {
    const value = stringAt(retention, key)
    if (retention && !RETENTION.includes(value)) {
      out.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${key}`, value, RETENTION))
    }
  }
  if (isNew) {
    listAt(spec, 'volumeClaimTemplates').forEach((template, index) => {
      out.push(...validateClaimSpec(objectAt(template, 'spec') ?? {}, `spec.volumeClaimTemplates[${index}].spec`))
    })
  }
  out.push(...nonNegative('spec.replicas', numberAt(spec, 'replicas')))
  out.push(...nonNegative('spec.minReadySeconds', numberAt(spec, 'minReadySeconds')))
  out.push(...nonNegative('spec.ordinals.start', numberAt(objectAt(spec, 'ordinals'), 'start')))
  const service = stringAt(spec, 'serviceName')
  if (isNew && service !== '') out.push(...invalidEach('spec.serviceName', service, dnsLabelProblems(service)))
  out.push(...validateSelectorField(spec, 'statefulset'))
  const selector = objectAt(spec, 'selector')
  if (selector && !isSoundSelector(selector)) out.push(invalid('spec.selector', printSelector(selector), ''))
  else {
    if (!selector || !isEmptySelector(selector)) out.push(...mismatch(spec))
    const template = statefulTemplate(spec)
    if (!skipsTemplate) out.push(...validatePodTemplate(template, 'spec.template'))
    out.push(...validatePodTemplateMetadata(template, 'spec.template'))
  }
  return [...out, ...validateLongRunning(spec, 'StatefulSet')]
}

/** The template as its pods will be: with volumes for the claims, and without names that pods get themselves. */
function statefulTemplate(spec: JsonObject): JsonObject {
  const template = objectAt(spec, 'template') ?? {}
  const pod = objectAt(template, 'spec')
  const claims = listAt(spec, 'volumeClaimTemplates').map((claim) => stringAt(objectAt(claim, 'metadata'), 'name'))
  if (!pod) return template
  const { subdomain: _domain, hostname: _host, ...rest } = pod
  const own = listAt(pod, 'volumes').filter((volume) => !claims.includes(stringAt(volume, 'name')))
  // Templates of one name give one volume.
  const made = [...new Set(claims)].map((name) => ({
    name,
    persistentVolumeClaim: { claimName: name, readOnly: false },
  }))
  return { ...template, spec: { ...rest, ...(made.length > 0 ? { volumes: [...made, ...own] } : {}) } }
}

function validateStatefulStrategy(strategy: JsonObject): Findings {
  const field = 'spec.updateStrategy'
  const rolling = objectAt(strategy, 'rollingUpdate')
  switch (stringAt(strategy, 'type')) {
    case '':
      return [required(field)]
    case 'OnDelete':
      return rolling
        ? [
            invalid(
              `${field}.rollingUpdate`,
              printStrategy(strategy, STATEFUL_ROLLING).RollingUpdate,
              "only allowed for updateStrategy 'RollingUpdate'",
            ),
          ]
        : []
    case 'RollingUpdate': {
      if (!rolling) return []
      const out = nonNegative(`${field}.rollingUpdate.partition`, numberAt(rolling, 'partition'))
      const unavailable = valueAt(rolling, 'maxUnavailable')
      if (unavailable === undefined) return out
      const at = `${field}.rollingUpdate.maxUnavailable`
      out.push(...validateIntOrPercent(unavailable, at))
      if (intOrPercent(unavailable) === 0) out.push(invalid(at, unavailable, 'cannot be 0'))
      return [...out, ...validateAtMost100(unavailable, at)]
    }
    default:
      return [invalid(field, printStrategy(strategy, STATEFUL_ROLLING), "must be 'RollingUpdate' or 'OnDelete'")]
  }
}

/** The selector of a workload never changes. */
export function validateSelectorUpdate(object: KubeObject, old: KubeObject): Findings {
  const selector = objectAt(specOf(object), 'selector')
  if (jsonEqual(selector, specOf(old).selector)) return []
  return [invalid('spec.selector', printSelector(selector), IMMUTABLE)]
}

const STATEFUL_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

/** Most of a StatefulSet's spec never changes. */
export function validateStatefulSetUpdate(object: KubeObject, old: KubeObject): Findings {
  const skips = validateStatefulSpec(specOf(old), false).length > 0
  const out = validateStatefulSpec(specOf(object), false, skips)
  const fixed = (spec: JsonObject): JsonObject => {
    const rest = { ...spec }
    for (const key of STATEFUL_MUTABLE) delete rest[key]
    return rest
  }
  if (jsonEqual(fixed(specOf(object)), fixed(specOf(old)))) return out
  const text =
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
  return [...out, forbidden('spec', text)]
}
