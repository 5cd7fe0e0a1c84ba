import {
  type FieldError,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  stringAt,
  valueAt,
  dnsLabelProblems,
  qualifiedNameProblems,
} from '../../../api/index.ts'
import { scheduleProblem } from './cron.ts'
import {
  duplicate,
  type Findings,
  IMMUTABLE,
  invalid,
  invalidEach,
  nonNegative,
  notSupported,
  required,
  tooLong,
  tooMany,
} from './findings.ts'
import { validateDomainPath } from './domain-path.ts'
import { validateGeneratedSelector } from './job-labels.ts'
import { validatePodTemplate } from './pod.ts'
import { printMetadata } from './go-print.ts'
import { printPodSpec } from './pod-diff.ts'
import { printSuccessRules, validateSuccessPolicy } from './success-policy.ts'
import { isSoundSelector, printMap, printSelector, selectorMatchesLabels, validateLabelSelector } from './selector.ts'

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
]

const COMPLETION_MODES = ['NonIndexed', 'Indexed']

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject

/** Checks a Job; its selector is the generated one unless the client manages it. */
export function validateJob(object: KubeObject): Findings {
  const spec = specOf(object)
  const out = validateGeneratedSelector(object)
  const selector = objectAt(spec, 'selector')
  out.push(...validateJobSpec(spec, 'spec'))
  if (!selector) {
    const labels = printMap(objectAt(objectAt(objectAt(spec, 'template'), 'metadata'), 'labels'))
    out.push(required('spec.selector'))
    return [...out, invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
  }
  out.push(...validateLabelSelector(selector, 'spec.selector'))
  const metadata = objectAt(objectAt(spec, 'template'), 'metadata')
  if (isSoundSelector(selector) && !selectorMatchesLabels(selector, mapAt(metadata, 'labels'))) {
    const labels = printMap(objectAt(metadata, 'labels'))
    out.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'))
  }
  return [...out, ...validateIndexedName(object, spec)]
}

/** Pods of an indexed job are called after it and their index. */
function validateIndexedName(object: KubeObject, spec: JsonObject): Findings {
  const completions = numberAt(spec, 'completions') ?? 0
  if (stringAt(spec, 'completionMode') !== 'Indexed' || completions <= 0) return []
  const name = object.metadata.name ?? ''
  const host = `${name}-${completions - 1}`
  if (dnsLabelProblems(host).length === 0) return []
  return [invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${host}`)]
}

function validateJobSpec(spec: JsonObject, field: string): Findings {
  const out = COUNTS.flatMap((key) => nonNegative(`${field}.${key}`, numberAt(spec, key)))
  if (numberAt(spec, 'maxFailedIndexes') !== undefined && numberAt(spec, 'backoffLimitPerIndex') === undefined) {
    out.push(required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'))
  }
  out.push(...validateCompletionMode(spec, field))
  out.push(...validateSuccessPolicy(spec, `${field}.successPolicy`))
  const manager = valueAt(spec, 'managedBy')
  if (manager !== undefined) {
    out.push(...validateDomainPath(String(manager), `${field}.managedBy`))
    if (Buffer.byteLength(String(manager)) > 63) out.push(tooLong(`${field}.managedBy`, 63))
  }
  out.push(...validateFailurePolicy(spec, `${field}.podFailurePolicy`))
  out.push(...validateReplacementPolicy(spec, `${field}.podReplacementPolicy`))
  out.push(...validatePodTemplate(objectAt(spec, 'template'), `${field}.template`))
  const restart = stringAt(objectAt(objectAt(spec, 'template'), 'spec'), 'restartPolicy')
  const at = `${field}.template.spec.restartPolicy`
  if (restart === 'Always' || restart === '') out.push(required(at, 'valid values: "OnFailure", "Never"'))
  else if (restart !== 'OnFailure' && restart !== 'Never') out.push(notSupported(at, restart, ['OnFailure', 'Never']))
  else if (objectAt(spec, 'podFailurePolicy') && restart !== 'Never') {
    out.push(invalid(at, restart, 'only "Never" is supported when podFailurePolicy is specified'))
  }
  return out
}

const MAX_INDEXED_PARALLELISM = 100_000
const MAX_FAILED_INDEXES = 100_000
/** Jobs with a back-off limit per index and more completions than this are limited further. */
const MANY_COMPLETIONS = 100_000
const MANY_COMPLETIONS_LIMIT = 10_000

function validateCompletionMode(spec: JsonObject, field: string): Findings {
  const out: Findings = []
  const mode = stringAt(spec, 'completionMode')
  const completions = numberAt(spec, 'completions')
  const parallelism = numberAt(spec, 'parallelism')
  const failed = numberAt(spec, 'maxFailedIndexes')
  if (valueAt(spec, 'completionMode') !== undefined && !COMPLETION_MODES.includes(mode))
    out.push(notSupported(`${field}.completionMode`, mode, COMPLETION_MODES))
  if (mode === 'Indexed') {
    if (completions === undefined) out.push(required(`${field}.completions`, 'when completion mode is Indexed'))
    if (parallelism !== undefined && parallelism > MAX_INDEXED_PARALLELISM) {
      const text = `must be less than or equal to ${MAX_INDEXED_PARALLELISM} when completion mode is Indexed`
      out.push(invalid(`${field}.parallelism`, parallelism, text))
    }
    if (completions !== undefined && failed !== undefined && failed > completions) {
      out.push(invalid(`${field}.maxFailedIndexes`, failed, 'must be less than or equal to completions'))
    }
    if (failed !== undefined && failed > MAX_FAILED_INDEXES) {
      out.push(invalid(`${field}.maxFailedIndexes`, failed, `must be less than or equal to ${MAX_FAILED_INDEXES}`))
    }
    if ((completions ?? 0) > MANY_COMPLETIONS && numberAt(spec, 'backoffLimitPerIndex') !== undefined) {
      const text = `must be less than or equal to ${MANY_COMPLETIONS_LIMIT} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`
      if (failed === undefined) {
        const why = `must be specified when completions is above ${MANY_COMPLETIONS}`
        out.push(required(`${field}.maxFailedIndexes`, why))
      }
      for (const [key, value] of [
        ['parallelism', parallelism],
        ['maxFailedIndexes', failed],
      ] as const) {
        if (value !== undefined && value > MANY_COMPLETIONS_LIMIT) out.push(invalid(`${field}.${key}`, value, text))
      }
    }
  }
  if (valueAt(spec, 'completionMode') === undefined || mode === 'NonIndexed') {
    for (const key of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
      const value = numberAt(spec, key)
      if (value !== undefined) out.push(invalid(`${field}.${key}`, value, 'requires indexed completion mode'))
    }
  }
  return out
}

function validateReplacementPolicy(spec: JsonObject, field: string): Findings {
  const policy = valueAt(spec, 'podReplacementPolicy')
  const allowed = objectAt(spec, 'podFailurePolicy') ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  return policy === undefined || allowed.includes(String(policy)) ? [] : [notSupported(field, policy, allowed)]
}

/** A finding that shows no value. */
const plain = (field: string, detail: string): FieldError => ({ type: 'Invalid', field, detail, omitValue: true })

const FAILURE_ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const EXIT_OPERATORS = ['In', 'NotIn']
const STATUSES = ['False', 'True', 'Unknown']
/** So many conditions of pods may one rule name. */
const MAX_PATTERNS = 20
const MAX_RULES = 20
const MAX_EXIT_CODES = 255

/** Go's `%q` of a list. */
const quoted = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`

function validateFailurePolicy(spec: JsonObject, field: string): Findings {
  const rules = listAt(objectAt(spec, 'podFailurePolicy'), 'rules')
  const out: Findings = rules.length > MAX_RULES ? [tooMany(`${field}.rules`, rules.length, MAX_RULES)] : []
  const pod = objectAt(objectAt(spec, 'template'), 'spec')
  const names = [...listAt(pod, 'containers'), ...listAt(pod, 'initContainers')].map((each) => stringAt(each, 'name'))
  rules.forEach((rule, index) => {
    const at = `${field}.rules[${index}]`
    const action = stringAt(rule, 'action')
    if (action === '') out.push(required(`${at}.action`, `valid values: ${quoted(FAILURE_ACTIONS)}`))
    else if (action === 'FailIndex' && numberAt(spec, 'backoffLimitPerIndex') === undefined) {
      out.push(invalid(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'))
    } else if (!FAILURE_ACTIONS.includes(action)) out.push(notSupported(`${at}.action`, action, FAILURE_ACTIONS))
    const codes = objectAt(rule, 'onExitCodes')
    const conditions = listAt(rule, 'onPodConditions')
    if (codes) out.push(...validateExitCodes(codes, names, `${at}.onExitCodes`))
    if (conditions.length > MAX_PATTERNS) {
      out.push(tooMany(`${at}.onPodConditions`, conditions.length, MAX_PATTERNS))
    }
    conditions.forEach((pattern, i) => {
      const status = stringAt(pattern, 'status')
      const type = stringAt(pattern, 'type')
      out.push(...invalidEach(`${at}.onPodConditions[${i}].type`, type, qualifiedNameProblems(type)))
      if (!STATUSES.includes(status)) out.push(notSupported(`${at}.onPodConditions[${i}].status`, status, STATUSES))
    })
    const count = (codes ? 1 : 0) + (conditions.length > 0 ? 1 : 0)
    if (count > 1) out.push(plain(at, 'specifying both OnExitCodes and OnPodConditions is not supported'))
    if (count === 0) out.push(plain(at, 'specifying one of OnExitCodes and OnPodConditions is required'))
  })
  return out
}

function validateExitCodes(codes: JsonObject, names: readonly string[], field: string): Findings {
  const out: Findings = []
  const operator = stringAt(codes, 'operator')
  if (operator === '') out.push(required(`${field}.operator`, `valid values: ${quoted(EXIT_OPERATORS)}`))
  else if (!EXIT_OPERATORS.includes(operator)) out.push(notSupported(`${field}.operator`, operator, EXIT_OPERATORS))
  const container = valueAt(codes, 'containerName')
  if (container !== undefined && !names.includes(String(container))) {
    const text = 'must be one of the container or initContainer names in the pod template'
    out.push(invalid(`${field}.containerName`, container, text))
  }
  const values = valueAt(codes, 'values')
  const list = Array.isArray(values) ? values : []
  if (list.length === 0) out.push(invalid(`${field}.values`, values, 'at least one value is required'))
  else if (list.length > MAX_EXIT_CODES) out.push(tooMany(`${field}.values`, list.length, MAX_EXIT_CODES))
  list.forEach((value, index) => {
    const at = `${field}.values[${index}]`
    if (operator === 'In' && value === 0) out.push(invalid(at, 0, 'must not be 0 for the In operator'))
    if (list.indexOf(value) < index) out.push(duplicate(at, value))
  })
  const isOrdered = list.every((value, index) => index === 0 || Number(list[index - 1]) <= Number(value))
  return isOrdered ? out : [...out, invalid(`${field}.values`, list, 'must be ordered')]
}

const FIXED = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy']
const SUSPENDED_MUTABLE = ['nodeSelector', 'tolerations', 'schedulingGates']

/** What a Job never changes: completions, selector and template (scheduling hints while it is suspended). */
export function validateJobUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const before = specOf(old)
  const out: Findings = []
  const completions = numberAt(spec, 'completions')
  if (stringAt(spec, 'completionMode') !== 'Indexed') out.push(...fixed(spec, before, 'completions'))
  else if (
    completions !== undefined &&
    completions !== numberAt(before, 'completions') &&
    completions !== numberAt(spec, 'parallelism')
  ) {
    out.push(invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism'))
  }
  out.push(...fixed(spec, before, 'selector'))
  out.push(...validateTemplateUpdate(object, old))
  return [...out, ...FIXED.flatMap((key) => fixed(spec, before, key))]
}

function fixed(spec: JsonObject, before: JsonObject, key: string): Findings {
  if (jsonEqual(spec[key] ?? null, before[key] ?? null)) return []
  const value = objectAt(spec, key)
  return [invalid(`spec.${key}`, value ? (PRINTED[key]?.(value) ?? value) : spec[key], IMMUTABLE)]
}

function validateTemplateUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const template = objectAt(spec, 'template') ?? {}
  const before = structuredClone(objectAt(specOf(old), 'template') ?? {})
  const pod = objectAt(before, 'spec') ?? {}
  const next = objectAt(template, 'spec') ?? {}
  const suspended = valueAt(specOf(old), 'suspend') === true
  const waits = suspended && isIdle(old)
  if (waits) {
    for (const key of SUSPENDED_MUTABLE) copyKey(pod, next, key)
    copyNodeAffinity(pod, next)
    const metadata = objectAt(before, 'metadata') ?? {}
    for (const key of ['labels', 'annotations']) copyKey(metadata, objectAt(template, 'metadata') ?? {}, key)
    for (const key of ['containers', 'initContainers']) copyResources(listAt(pod, key), listAt(next, key))
    return jsonEqual(next, pod) ? [] : [invalid('spec.template.spec', printPodSpec(next), IMMUTABLE)]
  }
  return jsonEqual(template, before) ? [] : [invalid('spec.template', printTemplate(template), IMMUTABLE)]
}

/** Takes over the affinity to nodes, which may change, but not that to pods. */
function copyNodeAffinity(pod: JsonObject, next: JsonObject): void {
  const now = objectAt(next, 'affinity')
  const before = objectAt(pod, 'affinity')
  if (!now && !before) return
  const { nodeAffinity: _nodes, ...others } = before ?? {}
  const nodes = now?.nodeAffinity
  if (now) pod.affinity = { ...others, ...(nodes !== undefined && { nodeAffinity: nodes }) }
  else if (Object.keys(others).length === 0) delete pod.affinity
  else pod.affinity = others
}

/** Whether a suspended job has no pods: it has not begun, or says that it is suspended. */
function isIdle(job: KubeObject): boolean {
  const says = listAt(job.status, 'conditions').some(
    (each) => stringAt(each, 'type') === 'Suspended' && stringAt(each, 'status') === 'True',
  )
  return (stringAt(job.status, 'startTime') === '' || says) && (numberAt(job.status, 'active') ?? 0) === 0
}

function copyResources(to: readonly JsonObject[], from: readonly JsonObject[]): void {
  if (to.length !== from.length) return
  to.forEach((container, index) => {
    const next = from[index] ?? {}
    if (container.name === next.name) copyKey(container, next, 'resources')
  })
}

/** A pod template in Kubernetes' internal form: the fields of its metadata, and its spec. */
function printTemplate(template: JsonObject): JsonObject {
  return { ...printMetadata(objectAt(template, 'metadata')), Spec: printPodSpec(objectAt(template, 'spec') ?? {}) }
}

function printFailurePolicy(policy: JsonObject): JsonObject {
  return {
    Rules: listAt(policy, 'rules').map((rule) => {
      const codes = objectAt(rule, 'onExitCodes')
      const patterns = valueAt(rule, 'onPodConditions')
      return {
        Action: stringAt(rule, 'action'),
        OnExitCodes: codes
          ? {
              ContainerName: codes.containerName ?? null,
              Operator: stringAt(codes, 'operator'),
              Values: codes.values ?? null,
            }
          : null,
        OnPodConditions:
          patterns === undefined
            ? null
            : listAt(rule, 'onPodConditions').map((each) => ({
                Type: stringAt(each, 'type'),
                Status: stringAt(each, 'status'),
              })),
      }
    }),
  }
}

const PRINTED: Readonly<Record<string, (value: JsonObject) => JsonObject>> = {
  podFailurePolicy: printFailurePolicy,
  successPolicy: (policy) => ({ Rules: printSuccessRules(policy) }),
  selector: (selector) => printSelector(selector) ?? {},
}

function copyKey(to: JsonObject, from: JsonObject, key: string): void {
  if (from[key] === undefined) delete to[key]
  else to[key] = from[key]
}

const CONCURRENCY = ['Allow', 'Forbid', 'Replace']

/** The name of a new CronJob leaves room for the suffix of its jobs. */
export function validateNewCronJob(object: KubeObject): Findings {
  const name = object.metadata.name ?? ''
  const long = name.length > 52 ? [invalid('metadata.name', name, 'must be no more than 52 characters')] : []
  return [...validateCronJob(object), ...long]
}

/** Checks a CronJob. */
export function validateCronJob(object: KubeObject): Findings {
  const spec = specOf(object)
  const out: Findings = []
  const schedule = stringAt(spec, 'schedule')
  if (schedule === '') out.push(required('spec.schedule'))
  else {
    const problem = scheduleProblem(schedule)
    if (problem !== undefined) out.push(invalid('spec.schedule', schedule, problem))
    if (schedule.includes('TZ')) {
      const text = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
      out.push(invalid('spec.schedule', schedule, text))
    }
  }
  out.push(...nonNegative('spec.startingDeadlineSeconds', numberAt(spec, 'startingDeadlineSeconds')))
  out.push(...validateTimeZone(valueAt(spec, 'timeZone')))
  const policy = stringAt(spec, 'concurrencyPolicy')
  if (policy === '') out.push(required('spec.concurrencyPolicy'))
  else if (!CONCURRENCY.includes(policy)) out.push(notSupported('spec.concurrencyPolicy', policy, CONCURRENCY))
  const job = objectAt(objectAt(spec, 'jobTemplate'), 'spec') ?? {}
  out.push(...validateJobSpec(job, 'spec.jobTemplate.spec'))
  const selector = objectAt(job, 'selector')
  if (selector) {
    out.push(invalid('spec.jobTemplate.spec.selector', printSelector(selector), '`selector` will be auto-generated'))
  }
  if (valueAt(job, 'manualSelector') === true) {
    out.push(notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']))
  }
  out.push(...nonNegative('spec.successfulJobsHistoryLimit', numberAt(spec, 'successfulJobsHistoryLimit')))
  return [...out, ...nonNegative('spec.failedJobsHistoryLimit', numberAt(spec, 'failedJobsHistoryLimit'))]
}

const ZONE_PART = /^[A-Za-z.\-_0-9+]{1,14}$/

function validateTimeZone(zone: unknown): Findings {
  if (zone === undefined) return []
  const field = 'spec.timeZone'
  const name = String(zone)
  if (name === '') return [invalid(field, name, 'timeZone must be nil or non-empty string')]
  const bad = name
    .split('/')
    .some((part) => part === '.' || part === '..' || part.startsWith('-') || !ZONE_PART.test(part))
  if (bad) return [invalid(field, name, `unknown time zone ${name}`)]
  const out: Findings = []
  if (name.toLowerCase() === 'local') {
    const text = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
    out.push(invalid(field, name, text))
    // Go takes this very name for the zone of its machine.
    if (name === 'Local') return out
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    out.push(invalid(field, name, `unknown time zone ${name}`))
  }
  return out
}
