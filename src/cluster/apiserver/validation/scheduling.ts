import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  type JsonObject,
  labelValueProblems,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  qualifiedNameProblems,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { duplicate, type Findings, forbidden, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateLabelSelector } from './selector.ts'

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** Checks the effect of a taint or toleration. */
export function validateTaintEffect(effect: string, allowEmpty: boolean, field: string): Findings {
  if (effect === '') return allowEmpty ? [] : [required(field)]
  return EFFECTS.includes(effect) ? [] : [notSupported(field, effect, EFFECTS)]
}

/** Comparisons are known, but off. */
const COMPARISONS = ['Equal', 'Exists', 'Lt', 'Gt']
const TOLERATION_OPERATORS: Readonly<Record<string, readonly string[]>> = { Gt: COMPARISONS, Lt: COMPARISONS }

/** Checks the tolerations of a pod. */
export function validateTolerations(tolerations: readonly JsonObject[], field: string): Findings {
  const out: Findings = []
  tolerations.forEach((toleration, index) => {
    const at = `${field}[${index}]`
    const key = stringAt(toleration, 'key')
    const operator = stringAt(toleration, 'operator')
    const value = stringAt(toleration, 'value')
    const effect = stringAt(toleration, 'effect')
    if (key !== '') out.push(...invalidEach(`${at}.key`, key, qualifiedNameProblems(key)))
    if (key === '' && operator !== 'Exists') {
      const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      out.push(invalid(`${at}.operator`, operator, text))
    }
    if (numberAt(toleration, 'tolerationSeconds') !== undefined && effect !== 'NoExecute') {
      out.push(invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    }
    if (operator === 'Equal' || operator === '') {
      const problems = labelValueProblems(value)
      if (problems.length > 0) out.push(invalid(`${at}.operator`, value, problems.join(';')))
    } else if (operator === 'Exists') {
      if (value !== '') out.push(invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"))
    } else out.push(notSupported(`${at}.operator`, operator, TOLERATION_OPERATORS[operator] ?? ['Equal', 'Exists']))
    if (effect !== '') out.push(...validateTaintEffect(effect, true, `${at}.effect`))
  })
  return out
}

/** Checks node, pod and anti-affinity. */
export function validateAffinity(affinity: JsonObject | undefined, field: string): Findings {
  if (!affinity) return []
  const out: Findings = []
  const node = objectAt(affinity, 'nodeAffinity')
  if (node) out.push(...validateNodeAffinity(node, `${field}.nodeAffinity`))
  for (const key of ['podAffinity', 'podAntiAffinity']) {
    const pods = objectAt(affinity, key)
    if (pods) out.push(...validatePodAffinity(pods, `${field}.${key}`))
  }
  return out
}

function validateNodeAffinity(affinity: JsonObject, field: string): Findings {
  const out: Findings = []
  const hard = objectAt(affinity, 'requiredDuringSchedulingIgnoredDuringExecution')
  if (hard) out.push(...validateNodeSelector(hard, `${field}.requiredDuringSchedulingIgnoredDuringExecution`))
  listAt(affinity, 'preferredDuringSchedulingIgnoredDuringExecution').forEach((term, index) => {
    const at = `${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`
    const preference = objectAt(term, 'preference') ?? {}
    // Values of preferences are not looked at: they match nothing then.
    out.push(...validateWeight(term, at), ...validateNodeTerm(preference, `${at}.preference`, false))
  })
  return out
}

/** Checks a node selector: at least one term. */
export function validateNodeSelector(selector: JsonObject, field: string): Findings {
  const terms = listAt(selector, 'nodeSelectorTerms')
  if (terms.length === 0) return [required(`${field}.nodeSelectorTerms`, 'must have at least one node selector term')]
  return terms.flatMap((term, index) => validateNodeTerm(term, `${field}.nodeSelectorTerms[${index}]`))
}

function validateWeight(term: JsonObject, field: string): Findings {
  const weight = numberAt(term, 'weight') ?? 0
  return weight <= 0 || weight > 100 ? [invalid(`${field}.weight`, weight, 'must be in the range 1-100')] : []
}

function validateNodeTerm(term: JsonObject, field: string, checksValues = true): Findings {
  const out: Findings = []
  listAt(term, 'matchExpressions').forEach((expression, index) => {
    out.push(...validateNodeRequirement(expression, `${field}.matchExpressions[${index}]`, checksValues))
  })
  listAt(term, 'matchFields').forEach((expression, index) => {
    const at = `${field}.matchFields[${index}]`
    const operator = stringAt(expression, 'operator')
    if (operator !== 'In' && operator !== 'NotIn')
      out.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'))
    else if (stringsAt(expression, 'values').length !== 1) {
      out.push(
        required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"),
      )
    }
    const key = stringAt(expression, 'key')
    if (key !== 'metadata.name') out.push(invalid(`${at}.key`, key, 'not a valid field selector key'))
    else {
      stringsAt(expression, 'values').forEach((value, i) => {
        out.push(...invalidEach(`${at}.values[${i}]`, value, dnsSubdomainProblems(value)))
      })
    }
  })
  return out
}

function validateNodeRequirement(expression: JsonObject, field: string, checksValues: boolean): Findings {
  const out: Findings = []
  const operator = stringAt(expression, 'operator')
  const values = stringsAt(expression, 'values')
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        out.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        out.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
      }
      break
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) {
        out.push(required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
      }
      break
    default:
      out.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'))
  }
  const key = stringAt(expression, 'key')
  out.push(...invalidEach(`${field}.key`, key, qualifiedNameProblems(key)))
  if (!checksValues) return out
  values.forEach((value, index) => {
    out.push(...invalidEach(`${field}.values[${index}]`, value, labelValueProblems(value)))
  })
  return out
}

function validatePodAffinity(affinity: JsonObject, field: string): Findings {
  const out: Findings = []
  listAt(affinity, 'requiredDuringSchedulingIgnoredDuringExecution').forEach((term, index) => {
    out.push(...validatePodTerm(term, `${field}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`))
  })
  listAt(affinity, 'preferredDuringSchedulingIgnoredDuringExecution').forEach((term, index) => {
    const at = `${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`
    out.push(...validateWeight(term, at))
    out.push(...validatePodTerm(objectAt(term, 'podAffinityTerm') ?? {}, `${at}.podAffinityTerm`))
  })
  return out
}

function validatePodTerm(term: JsonObject, field: string): Findings {
  const out = validateLabelSelector(objectAt(term, 'labelSelector'), `${field}.labelSelector`)
  out.push(...validateLabelSelector(objectAt(term, 'namespaceSelector'), `${field}.namespaceSelector`))
  for (const namespace of stringsAt(term, 'namespaces')) {
    out.push(...invalidEach(`${field}.namespace`, namespace, dnsLabelProblems(namespace)))
  }
  out.push(...validateLabelKeys(term, field))
  const topology = stringAt(term, 'topologyKey')
  if (topology === '') out.push(required(`${field}.topologyKey`, 'can not be empty'))
  out.push(...invalidEach(`${field}.topologyKey`, topology, qualifiedNameProblems(topology)))
  return out
}

/** Checks matchLabelKeys and mismatchLabelKeys, which add to a selector. */
function validateLabelKeys(term: JsonObject, field: string): Findings {
  const out: Findings = []
  const selector = objectAt(term, 'labelSelector')
  for (const list of ['matchLabelKeys', 'mismatchLabelKeys']) {
    const keys = stringsAt(term, list)
    if (keys.length === 0) continue
    if (!selector) out.push(forbidden(`${field}.${list}`, 'must not be specified when labelSelector is not set'))
    else {
      keys.forEach((key, index) => {
        out.push(...invalidEach(`${field}.${list}[${index}]`, key, qualifiedNameProblems(key)))
      })
    }
  }
  const match = stringsAt(term, 'matchLabelKeys')
  const seen = new Set(Object.keys(mapAt(selector, 'matchLabels')))
  for (const expression of listAt(selector, 'matchExpressions')) {
    const key = stringAt(expression, 'key')
    const at = match.lastIndexOf(key)
    if (at >= 0 && seen.has(key)) {
      out.push(invalid(`${field}[${at}]`, key, 'exists in both matchLabelKeys and labelSelector'))
    }
    seen.add(key)
  }
  const mismatch = stringsAt(term, 'mismatchLabelKeys')
  match.forEach((key, index) => {
    if (!mismatch.includes(key)) return
    out.push(invalid(`${field}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'))
  })
  return out
}

const UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway']
const INCLUSION = ['Honor', 'Ignore']

/** Checks topology spread constraints. */
export function validateTopologySpread(constraints: readonly JsonObject[], field: string): Findings {
  const out: Findings = []
  constraints.forEach((constraint, index) => {
    const at = `${field}[${index}]`
    const skew = numberAt(constraint, 'maxSkew') ?? 0
    if (skew <= 0) out.push(invalid(`${at}.maxSkew`, skew, 'must be greater than zero'))
    const topology = stringAt(constraint, 'topologyKey')
    if (topology === '') out.push(required(`${at}.topologyKey`, 'can not be empty'))
    const action = stringAt(constraint, 'whenUnsatisfiable')
    if (!UNSATISFIABLE.includes(action)) out.push(notSupported(`${at}.whenUnsatisfiable`, action, UNSATISFIABLE))
    const same = (other: JsonObject): boolean =>
      stringAt(other, 'topologyKey') === topology && stringAt(other, 'whenUnsatisfiable') === action
    if (constraints.slice(index + 1).some(same)) {
      out.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topology}, ${action}}`))
    }
    const domains = numberAt(constraint, 'minDomains')
    if (domains !== undefined) {
      if (domains <= 0) out.push(invalid(`${at}.minDomains`, domains, 'must be greater than zero'))
      if (action !== 'DoNotSchedule') {
        const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`
        out.push(invalid(`${at}.minDomains`, domains, text))
      }
    }
    for (const key of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) {
      const policy = valueAt(constraint, key)
      if (policy !== undefined && !INCLUSION.includes(String(policy)))
        out.push(notSupported(`${at}.${key}`, policy, INCLUSION))
    }
    const { mismatchLabelKeys: _other, ...withMatch } = constraint
    out.push(...validateLabelKeys(withMatch, at))
    out.push(...validateLabelSelector(objectAt(constraint, 'labelSelector'), `${at}.labelSelector`))
  })
  return out
}
