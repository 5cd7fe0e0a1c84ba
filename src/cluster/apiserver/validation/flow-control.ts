import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import { type Findings, forbidden, invalid, invalidEach, notSupported, required } from './findings.ts'

const MAX_PRECEDENCE = 10_000
const MAX_QUEUES = 10_000_000
/** Bits of a hash from which hands are dealt. */
const HASH_BITS = 60
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']
const KINDS = ['Group', 'ServiceAccount', 'User']
const SUBJECT_FIELDS: Readonly<Record<string, string>> = {
  Group: 'group',
  ServiceAccount: 'serviceAccount',
  User: 'user',
}

/** Checks a FlowSchema. */
export function validateFlowSchema(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const out: Findings = []
  const precedence = numberAt(spec, 'matchingPrecedence') ?? 0
  const wrong = (detail: string): void => {
    out.push(invalid('spec.matchingPrecedence', precedence, detail))
  }
  if (precedence <= 0) wrong('must be a positive value')
  if (precedence > MAX_PRECEDENCE) wrong(`must not be greater than ${MAX_PRECEDENCE}`)
  if (precedence === 1 && object.metadata.name !== 'exempt') {
    wrong("only the schema named 'exempt' may have matchingPrecedence 1")
  }
  const method = objectAt(spec, 'distinguisherMethod')
  const methods = ['ByNamespace', 'ByUser']
  if (method !== undefined && !methods.includes(stringAt(method, 'type'))) {
    out.push(notSupported('spec.distinguisherMethod.type', { Type: stringAt(method, 'type') }, methods))
  }
  const level = stringAt(objectAt(spec, 'priorityLevelConfiguration'), 'name')
  const field = 'spec.priorityLevelConfiguration.name'
  if (level === '') out.push(required(field, 'must reference a priority level'))
  else out.push(...invalidEach(field, level, dnsSubdomainProblems(level)))
  listAt(spec, 'rules').forEach((rule, index) => {
    out.push(...validateRule(rule, `spec.rules[${index}]`))
  })
  return out
}

function validateRule(rule: JsonObject, field: string): Findings {
  const out: Findings = []
  const subjects = listAt(rule, 'subjects')
  if (subjects.length === 0) out.push(required(`${field}.subjects`, 'subjects must contain at least one value'))
  subjects.forEach((subject, index) => {
    out.push(...validateSubject(subject, `${field}.subjects[${index}]`))
  })
  const resources = listAt(rule, 'resourceRules')
  const others = listAt(rule, 'nonResourceRules')
  if (resources.length + others.length === 0) {
    out.push(required(field, 'at least one of resourceRules and nonResourceRules has to be non-empty'))
  }
  resources.forEach((each, index) => {
    out.push(...validateResourceRule(each, `${field}.resourceRules[${index}]`))
  })
  others.forEach((each, index) => {
    const at = `${field}.nonResourceRules[${index}]`
    out.push(...validateVerbs(each, at))
    const missing = 'nonResourceURLs must contain at least one value'
    out.push(...validateWild(each, 'nonResourceURLs', at, missing, 'non-resource URLs'))
  })
  return out
}

function validateSubject(subject: JsonObject, field: string): Findings {
  const kind = stringAt(subject, 'kind')
  const own = SUBJECT_FIELDS[kind]
  if (own === undefined) return [notSupported(`${field}.kind`, kind, KINDS)]
  const out: Findings = []
  const named = objectAt(subject, own)
  if (named === undefined) out.push(required(`${field}.${own}`, `${own} is required when subject kind is '${kind}'`))
  else {
    const name = stringAt(named, 'name')
    if (name === '') out.push(required(`${field}.${own}.name`))
    else if (kind === 'ServiceAccount' && name !== '*') {
      out.push(...invalidEach(`${field}.${own}.name`, name, dnsSubdomainProblems(name)))
    }
    if (kind === 'ServiceAccount') {
      const namespace = stringAt(named, 'namespace')
      const at = `${field}.${own}.namespace`
      if (namespace === '') out.push(required(at, 'must specify namespace for service account'))
      else out.push(...invalidEach(at, namespace, dnsLabelProblems(namespace)))
    }
  }
  for (const [other, key] of Object.entries(SUBJECT_FIELDS)) {
    if (other === kind || objectAt(subject, key) === undefined) continue
    out.push(forbidden(`${field}.${key}`, `${key} is forbidden when subject kind is not '${other}'`))
  }
  return out
}

function validateVerbs(rule: JsonObject, field: string): Findings {
  const verbs = stringsAt(rule, 'verbs')
  const out = validateWild(rule, 'verbs', field, 'verbs must contain at least one value', 'verbs')
  if (out.length > 0 || verbs.includes('*') || verbs.every((verb) => VERBS.includes(verb))) return out
  return [notSupported(`${field}.verbs`, verbs, VERBS)]
}

/** A list that has something in it, and nothing besides `*`. */
function validateWild(rule: JsonObject, key: string, field: string, missing: string, what: string): Findings {
  const values = stringsAt(rule, key)
  if (values.length === 0) return [required(`${field}.${key}`, missing)]
  if (!values.includes('*') || values.length === 1) return []
  return [invalid(`${field}.${key}`, values, `if '*' is present, must not specify other ${what}`)]
}

function validateResourceRule(rule: JsonObject, field: string): Findings {
  const out = [
    ...validateVerbs(rule, field),
    ...validateWild(rule, 'apiGroups', field, 'resource rules must supply at least one api group', 'api groups'),
    ...validateWild(rule, 'resources', field, 'resource rules must supply at least one resource', 'resources'),
  ]
  const namespaces = stringsAt(rule, 'namespaces')
  const missing = 'resource rules that are not cluster scoped must supply at least one namespace'
  if (namespaces.length > 0 || rule.clusterScope !== true) {
    out.push(...validateWild(rule, 'namespaces', field, missing, 'namespaces'))
  }
  if (namespaces.includes('*')) return out
  namespaces.forEach((namespace, index) => {
    const problems = dnsLabelProblems(namespace).map(
      (problem) => `each member of this list must be '*' or a DNS-1123 label; ${problem}`,
    )
    out.push(...invalidEach(`${field}.namespaces[${index}]`, namespace, problems))
  })
  return out
}

/** Checks a PriorityLevelConfiguration. */
export function validatePriorityLevel(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const out: Findings = []
  const type = stringAt(spec, 'type')
  const [limited, exempt] = [objectAt(spec, 'limited'), objectAt(spec, 'exempt')]
  if ((object.metadata.name === 'exempt') !== (type === 'Exempt')) {
    out.push(invalid('spec.type', type, "must be 'Exempt' if and only if `name` is 'exempt'"))
  }
  if (type === 'Exempt') {
    if (limited !== undefined) out.push(forbidden('spec.limited', 'must be nil if the type is not Limited'))
    if (exempt !== undefined) out.push(...validateShares(exempt, 'spec.exempt'))
  } else if (type === 'Limited') {
    if (exempt !== undefined) out.push(forbidden('spec.exempt', 'must be nil if the type is Limited'))
    if (limited === undefined) out.push(required('spec.limited', 'must not be empty when type is Limited'))
    else out.push(...validateLimited(limited, 'spec.limited'))
  } else out.push(notSupported('spec.type', type, ['Exempt', 'Limited']))
  return out
}

function validateShares(level: JsonObject, field: string): Findings {
  const out: Findings = []
  const shares = numberAt(level, 'nominalConcurrencyShares') ?? 0
  if (shares < 0) out.push(invalid(`${field}.nominalConcurrencyShares`, shares, 'must be a non-negative integer'))
  const percent = numberAt(level, 'lendablePercent') ?? 0
  if (percent < 0 || percent > 100) {
    out.push(invalid(`${field}.lendablePercent`, percent, 'must be between 0 and 100, inclusive'))
  }
  return out
}

function validateLimited(limited: JsonObject, field: string): Findings {
  const shares = validateShares(limited, field)
  const isOfShares = ({ field: at }: Findings[number]): boolean => at.endsWith('.nominalConcurrencyShares')
  const out = [
    ...shares.filter(isOfShares),
    ...validateResponse(objectAt(limited, 'limitResponse'), `${field}.limitResponse`),
    ...shares.filter((each) => !isOfShares(each)),
  ]
  const borrowed = numberAt(limited, 'borrowingLimitPercent') ?? 0
  if (borrowed < 0) {
    out.push(invalid(`${field}.borrowingLimitPercent`, borrowed, 'if specified, must be a non-negative integer'))
  }
  return out
}

function validateResponse(response: JsonObject | undefined, field: string): Findings {
  const type = stringAt(response, 'type')
  const queuing = objectAt(response, 'queuing')
  const when = 'if limited.limitResponse.type is'
  if (type === 'Reject') {
    return queuing === undefined ? [] : [forbidden(`${field}.queuing`, `must be nil ${when} not Limited`)]
  }
  if (type !== 'Queue') return [notSupported(`${field}.type`, type, ['Queue', 'Reject'])]
  if (queuing === undefined) return [required(`${field}.queuing`, `must not be empty ${when} Limited`)]
  return validateQueuing(queuing, `${field}.queuing`)
}

function validateQueuing(queuing: JsonObject, field: string): Findings {
  const out: Findings = []
  const [length, queues, hand] = ['queueLengthLimit', 'queues', 'handSize'].map((key) => numberAt(queuing, key) ?? 0)
  const wrong = (key: string, value: unknown, detail: string): void => {
    out.push(invalid(`${field}.${key}`, value, detail))
  }
  if ((length ?? 0) <= 0) wrong('queueLengthLimit', length, 'must be positive')
  const [deck, size] = [queues ?? 0, hand ?? 0]
  if (deck <= 0) wrong('queues', deck, 'must be positive')
  else if (deck > MAX_QUEUES) wrong('queues', deck, `must not be greater than ${MAX_QUEUES}`)
  const bits = Math.ceil(Math.log2(deck) * size)
  if (size <= 0) wrong('handSize', size, 'must be positive')
  else if (size > deck) wrong('handSize', size, `should not be greater than queues (${deck})`)
  else if (bits > HASH_BITS) {
    const detail = `required entropy bits of deckSize ${deck} and handSize ${size} should not be greater than ${HASH_BITS}`
    wrong('handSize', size, detail)
  }
  return out
}
