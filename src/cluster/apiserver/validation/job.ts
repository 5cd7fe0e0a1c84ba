import {
  type JsonObject,
  jsonEqual,
  type KubeObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { scheduleProblem } from './cron.ts'
import { type Findings, forbidden, IMMUTABLE, invalid, nonNegative, notSupported, required } from './findings.ts'
import { validatePodTemplate } from './pod.ts'
import { isSoundSelector, printMap, printSelector, selectorMatches, validateLabelSelector } from './selector.ts'

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
]

const COMPLETION_MODES = ['Indexed', 'NonIndexed']
const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid'

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject

/** Checks a Job; its selector is the generated one unless the client manages it. */
export function validateJob(object: KubeObject): Findings {
  const spec = specOf(object)
  const out: Findings = []
  const selector = objectAt(spec, 'selector')
  if (valueAt(spec, 'manualSelector') !== true && selector) {
    const generated = { matchLabels: { [CONTROLLER_UID]: object.metadata.uid ?? '' } }
    const legacy = { matchLabels: { 'controller-uid': object.metadata.uid ?? '' } }
    if (!jsonEqual(selector, generated) && !jsonEqual(selector, legacy)) {
      out.push(invalid('spec.selector', printSelector(selector), '`selector` not auto-generated'))
    }
  }
  out.push(...validateJobSpec(spec, 'spec'))
  if (!selector) return [...out, required('spec.selector')]
  out.push(...validateLabelSelector(selector, 'spec.selector'))
  const metadata = objectAt(objectAt(spec, 'template'), 'metadata')
  if (isSoundSelector(selector) && !selectorMatches(selector, mapAt(metadata, 'labels'))) {
    const labels = printMap(objectAt(metadata, 'labels'))
    out.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'))
  }
  return out
}

function validateJobSpec(spec: JsonObject, field: string): Findings {
  const out = COUNTS.flatMap((key) => nonNegative(`${field}.${key}`, numberAt(spec, key)))
  const mode = stringAt(spec, 'completionMode')
  if (mode !== '') {
    if (!COMPLETION_MODES.includes(mode)) out.push(notSupported(`${field}.completionMode`, mode, COMPLETION_MODES))
    if (mode === 'Indexed' && numberAt(spec, 'completions') === undefined) {
      out.push(required(`${field}.completions`, 'when completion mode is Indexed'))
    }
  }
  out.push(...validateFailurePolicy(spec, field))
  out.push(...validatePodTemplate(objectAt(spec, 'template'), `${field}.template`))
  const restart = stringAt(objectAt(objectAt(spec, 'template'), 'spec'), 'restartPolicy')
  if (restart === 'Always' || restart === '') {
    out.push(required(`${field}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'))
  }
  return out
}

const FAILURE_ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']

function validateFailurePolicy(spec: JsonObject, field: string): Findings {
  const policy = objectAt(spec, 'podFailurePolicy')
  if (!policy) return []
  const out: Findings = []
  const restart = stringAt(objectAt(objectAt(spec, 'template'), 'spec'), 'restartPolicy')
  if (restart !== 'Never') {
    out.push(
      invalid(
        `${field}.template.spec.restartPolicy`,
        restart,
        'only "Never" is supported when podFailurePolicy is specified',
      ),
    )
  }
  listAt(policy, 'rules').forEach((rule, index) => {
    const at = `${field}.podFailurePolicy.rules[${index}]`
    const action = stringAt(rule, 'action')
    if (action === '') out.push(required(`${at}.action`, 'valid values: ["Count" "FailIndex" "FailJob" "Ignore"]'))
    else if (!FAILURE_ACTIONS.includes(action)) out.push(notSupported(`${at}.action`, action, FAILURE_ACTIONS))
    const codes = objectAt(rule, 'onExitCodes')
    const conditions = listAt(rule, 'onPodConditions')
    if (codes && conditions.length > 0)
      out.push(invalid(at, rule, 'specifying both OnExitCodes and OnPodConditions is not supported'))
    if (!codes && conditions.length === 0)
      out.push(invalid(at, rule, 'specifying one of OnExitCodes and OnPodConditions is required'))
  })
  return out
}

const FIXED = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy']
const SUSPENDED_MUTABLE = ['nodeSelector', 'affinity', 'tolerations', 'schedulingGates']

/** What a Job never changes: completions, selector and template (scheduling hints while it is suspended). */
export function validateJobUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const before = specOf(old)
  const out: Findings = []
  const elastic =
    stringAt(spec, 'completionMode') === 'Indexed' && numberAt(spec, 'completions') === numberAt(spec, 'parallelism')
  if (!elastic) out.push(...fixed(spec, before, 'completions'))
  out.push(...fixed(spec, before, 'selector'))
  out.push(...validateTemplateUpdate(object, old))
  return [...out, ...FIXED.flatMap((key) => fixed(spec, before, key))]
}

function fixed(spec: JsonObject, before: JsonObject, key: string): Findings {
  return jsonEqual(spec[key] ?? null, before[key] ?? null) ? [] : [invalid(`spec.${key}`, spec[key], IMMUTABLE)]
}

function validateTemplateUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const template = objectAt(spec, 'template') ?? {}
  const before = structuredClone(objectAt(specOf(old), 'template') ?? {})
  const suspended = valueAt(specOf(old), 'suspend') === true && stringAt(object.status, 'startTime') === ''
  if (suspended) {
    const pod = objectAt(before, 'spec') ?? {}
    const next = objectAt(template, 'spec') ?? {}
    for (const key of SUSPENDED_MUTABLE) copyKey(pod, next, key)
    const metadata = objectAt(before, 'metadata') ?? {}
    for (const key of ['labels', 'annotations']) copyKey(metadata, objectAt(template, 'metadata') ?? {}, key)
    listAt(pod, 'containers').forEach((container, index) => {
      copyKey(container, listAt(next, 'containers')[index] ?? {}, 'resources')
    })
  }
  return jsonEqual(template, before) ? [] : [invalid('spec.template', template, IMMUTABLE)]
}

function copyKey(to: JsonObject, from: JsonObject, key: string): void {
  if (from[key] === undefined) delete to[key]
  else to[key] = from[key]
}

const CONCURRENCY = ['Allow', 'Forbid', 'Replace']

/** Checks a CronJob; its name leaves room for the suffix of the jobs. */
export function validateCronJob(object: KubeObject): Findings {
  const spec = specOf(object)
  const out: Findings = []
  const name = object.metadata.name ?? ''
  if (name.length > 52) out.push(invalid('metadata.name', name, 'must be no more than 52 characters'))
  const schedule = stringAt(spec, 'schedule')
  if (schedule === '') out.push(required('spec.schedule'))
  else {
    const problem = scheduleProblem(schedule)
    if (problem !== undefined) out.push(invalid('spec.schedule', schedule, problem))
    if (/^(CRON_)?TZ=/.test(schedule)) {
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
  if (valueAt(job, 'manualSelector') === true) {
    out.push(forbidden('spec.jobTemplate.spec.manualSelector', '`manualSelector` is not allowed to be set to true'))
  }
  out.push(...validateJobSpec(job, 'spec.jobTemplate.spec'))
  out.push(...nonNegative('spec.successfulJobsHistoryLimit', numberAt(spec, 'successfulJobsHistoryLimit')))
  return [...out, ...nonNegative('spec.failedJobsHistoryLimit', numberAt(spec, 'failedJobsHistoryLimit'))]
}

function validateTimeZone(zone: unknown): Findings {
  if (zone === undefined) return []
  const name = String(zone)
  if (name === '') return [invalid('spec.timeZone', name, 'timeZone must be nil or non-empty string')]
  if (name.toLowerCase() === 'local')
    return [
      invalid(
        'spec.timeZone',
        name,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
    ]
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return []
  } catch {
    return [invalid('spec.timeZone', name, `unknown time zone ${name}`)]
  }
}
