import {
  type FieldError,
  type JsonObject,
  jsonEqual,
  listAt,
  numberAt,
  objectAt,
  parseTime,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { duplicate, type Findings, IMMUTABLE, invalid, nonNegative, required } from './findings.ts'
import type { StatusCheck } from './status.ts'
import { countIndexes, indexesOf } from './success-policy.ts'

/** A finding about conditions, which shows no value. */
const conditions = (detail: string): FieldError => ({
  type: 'Invalid',
  field: 'status.conditions',
  detail,
  omitValue: true,
})

const COUNTS = ['active', 'succeeded', 'failed', 'ready', 'terminating']
const TERMINAL = ['Failed', 'Complete', 'FailureTarget']

/** A status and what its conditions say. */
class JobState {
  readonly status: JsonObject
  readonly #true: ReadonlySet<string>
  readonly #false: ReadonlySet<string>

  constructor(status: unknown) {
    const found = listAt(status, 'conditions')
    const of = (word: string): Set<string> =>
      new Set(found.filter((each) => stringAt(each, 'status') === word).map((each) => stringAt(each, 'type')))
    this.status = (status ?? {}) as JsonObject
    this.#true = of('True')
    this.#false = of('False')
  }

  is(type: string): boolean {
    return this.#true.has(type)
  }

  isNot(type: string): boolean {
    return this.#false.has(type)
  }

  get finished(): boolean {
    return this.is('Complete') || this.is('Failed')
  }

  count(key: string): number {
    return numberAt(this.status, key) ?? 0
  }

  has(key: string): boolean {
    return valueAt(this.status, key) !== undefined
  }
}

/** What may be said of a job: what a change touches has to make sense. As ValidateJobStatusUpdate. */
export const validateJobStatus: StatusCheck = (object, old) => {
  const spec = (object.spec ?? {}) as JsonObject
  const now = new JobState(object.status)
  const then = new JobState(old.status)
  const out = COUNTS.flatMap((key) => nonNegative(`status.${key}`, numberAt(now.status, key)))
  out.push(...uncountedProblems(objectAt(now.status, 'uncountedTerminatedPods')))
  out.push(...finishProblems(spec, now, then))
  out.push(...indexProblems(spec, now, then))
  const changed = (key: string): boolean => !jsonEqual(now.status[key] ?? null, then.status[key] ?? null)
  if (now.finished !== then.finished || changed('terminating')) {
    if (now.count('terminating') > 0 && now.finished) {
      out.push(invalid('status.terminating', now.count('terminating'), 'terminating>0 is invalid for finished job'))
    }
  }
  if ((changed('ready') || changed('active')) && now.has('ready') && now.count('ready') > now.count('active')) {
    out.push(invalid('status.ready', now.count('ready'), 'cannot set more ready pods than active'))
  }
  out.push(...criteriaProblems(spec, now))
  return [...out, ...transitionProblems(spec, now, then)]
}

function uncountedProblems(uncounted: JsonObject | undefined): Findings {
  const seen = new Set<string>()
  return ['succeeded', 'failed'].flatMap((key) =>
    stringsAt(uncounted, key).flatMap((uid, index) => {
      const at = `status.uncountedTerminatedPods.${key}[${index}]`
      if (uid === '') return [invalid(at, uid, 'must not be empty')]
      if (seen.has(uid)) return [duplicate(at, uid)]
      seen.add(uid)
      return []
    }),
  )
}

function finishProblems(spec: JsonObject, now: JobState, then: JobState): Findings {
  const out: Findings = []
  const changed = (key: string): boolean => !jsonEqual(now.status[key] ?? null, then.status[key] ?? null)
  const turned = (type: string): boolean => now.is(type) !== then.is(type)
  const complete = turned('Complete')
  const finished = now.finished !== then.finished
  const both = (other: string, word: string): void => {
    if ((complete || turned(other)) && now.is('Complete') && now.is(other)) {
      out.push(conditions(`cannot set Complete=True and ${word}=true conditions`))
    }
  }
  both('Failed', 'Failed')
  both('FailureTarget', 'FailureTarget')
  const at = 'status.completionTime'
  const time = valueAt(now.status, 'completionTime')
  const start = valueAt(now.status, 'startTime')
  if (complete || changed('completionTime')) {
    if (time !== undefined && !now.is('Complete')) {
      out.push(invalid(at, time, 'cannot set completionTime when there is no Complete=True condition'))
    }
    if (time === undefined && now.is('Complete')) {
      out.push(required(at, 'completionTime is required for Complete jobs'))
    }
  }
  if (changed('startTime') || changed('completionTime')) {
    const isEarly = (parseTime(String(time)) ?? 0) < (parseTime(String(start)) ?? 0)
    if (time !== undefined && start !== undefined && isEarly) {
      out.push(invalid(at, time, 'must be equal to or after `startTime`'))
    }
  }
  if ((turned('Failed') || changed('failedIndexes')) && now.is('Failed') && !now.is('FailureTarget')) {
    out.push(conditions('cannot set Failed=True condition without the FailureTarget=true condition'))
  }
  if ((complete || turned('SuccessCriteriaMet')) && now.is('Complete') && !now.is('SuccessCriteriaMet')) {
    out.push(conditions('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'))
  }
  if (!now.finished) return out
  if ((finished || changed('active')) && now.count('active') > 0) {
    out.push(invalid('status.active', now.count('active'), 'active>0 is invalid for finished job'))
  }
  const isEmpty = valueAt(spec, 'suspend') === true && numberAt(spec, 'completions') === 0
  if ((finished || changed('startTime')) && !isEmpty && start === undefined) {
    out.push(required('status.startTime', 'startTime is required for finished job'))
  }
  const uncounted = objectAt(now.status, 'uncountedTerminatedPods')
  const left = stringsAt(uncounted, 'failed').length + stringsAt(uncounted, 'succeeded').length
  if ((finished || changed('uncountedTerminatedPods')) && left > 0) {
    const printed = { Succeeded: uncounted?.succeeded ?? null, Failed: uncounted?.failed ?? null }
    out.push(invalid('status.uncountedTerminatedPods', printed, 'must be empty for finished job'))
  }
  return out
}

function indexProblems(spec: JsonObject, now: JobState, then: JobState): Findings {
  const out: Findings = []
  const [completed, failed] = ['completedIndexes', 'failedIndexes'].map((key) => stringAt(now.status, key))
  const isChanged = (key: string): boolean => valueAt(now.status, key) !== valueAt(then.status, key)
  const completions = numberAt(spec, 'completions')
  const perIndex = numberAt(spec, 'backoffLimitPerIndex') !== undefined
  const check = (key: string, text: string): void => {
    const counted = countIndexes(text, completions ?? 0)
    if (typeof counted === 'string') {
      out.push(invalid(`status.${key}`, text, `error parsing ${key}: ${counted}`))
    }
  }
  if (isChanged('completedIndexes') && completions !== undefined) check('completedIndexes', completed ?? '')
  if (isChanged('failedIndexes') && completions !== undefined && perIndex && now.has('failedIndexes')) {
    check('failedIndexes', failed ?? '')
  }
  if (isChanged('completedIndexes') && completed !== '' && stringAt(spec, 'completionMode') !== 'Indexed') {
    const text = 'cannot set non-empty completedIndexes when non-indexed completion mode'
    out.push(invalid('status.completedIndexes', completed, text))
  }
  if (isChanged('failedIndexes') && !perIndex && now.has('failedIndexes')) {
    const text = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'
    out.push(invalid('status.failedIndexes', failed, text))
  }
  if ((isChanged('completedIndexes') || isChanged('failedIndexes')) && completions !== undefined) {
    const done = indexesOf(completed ?? '', completions)
    const overlap = [...indexesOf(failed ?? '', completions)].find((index) => done.has(index))
    if (overlap !== undefined) {
      const text = `failedIndexes and completedIndexes overlap at index: ${overlap}`
      out.push(invalid('status.failedIndexes', failed, text))
    }
  }
  return out
}

function criteriaProblems(spec: JsonObject, now: JobState): Findings {
  const out: Findings = []
  const met = now.is('SuccessCriteriaMet')
  for (const other of ['Failed', 'FailureTarget']) {
    if (met && now.is(other)) out.push(conditions(`cannot set SuccessCriteriaMet=True and ${other}=true conditions`))
  }
  if (objectAt(spec, 'successPolicy') && !met && now.is('Complete')) {
    out.push(conditions('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'))
  }
  return out
}

function transitionProblems(spec: JsonObject, now: JobState, then: JobState): Findings {
  const out: Findings = []
  for (const type of TERMINAL) {
    if (then.is(type) && !now.is(type)) out.push(conditions(`cannot disable the terminal ${type}=True condition`))
  }
  const decreased = (key: string): void => {
    if (now.count(key) < then.count(key)) {
      out.push(invalid(`status.${key}`, now.count(key), `cannot decrease the ${key} counter`))
    }
  }
  decreased('failed')
  const completions = valueAt(spec, 'completions')
  const scales = stringAt(spec, 'completionMode') === 'Indexed' && completions === valueAt(spec, 'parallelism')
  if (!scales) decreased('succeeded')
  const [end, ended] = [valueAt(now.status, 'completionTime'), valueAt(then.status, 'completionTime')]
  if (end !== undefined && ended !== undefined && end !== ended)
    out.push(invalid('status.completionTime', end, IMMUTABLE))
  const [start, started] = [valueAt(now.status, 'startTime'), valueAt(then.status, 'startTime')]
  const isResuming = then.is('Suspended') && now.isNot('Suspended')
  if (started !== undefined && start !== started && !isResuming && valueAt(spec, 'suspend') !== true) {
    out.push(invalid('status.startTime', start, 'field is immutable for unsuspended job once set'))
  }
  const met = now.is('SuccessCriteriaMet')
  if (then.is('SuccessCriteriaMet') && !met)
    out.push(conditions('cannot disable the SuccessCriteriaMet=True condition'))
  if (then.is('Complete') && !then.is('SuccessCriteriaMet') && met) {
    out.push(conditions('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'))
  }
  return out
}
