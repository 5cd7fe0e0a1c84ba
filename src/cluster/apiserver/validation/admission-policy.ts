import { BOOL, type CelType, JSON_PATCH_TYPE, listOf, NULL, OBJECT_TYPE, STRING } from '../../../api/cel/index.ts'
import {
  dns1035LabelProblems,
  dnsSubdomainProblems,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  parseApiVersion,
  pathSegmentProblems,
  qualifiedNameProblems,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { admissionEnvironment } from '../admission/dynamic/expressions.ts'
import { compileVariables, expressionProblem, hasParams } from '../admission/dynamic/policy-program.ts'
import {
  duplicate,
  type Findings,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  required,
  tooMany,
} from './findings.ts'
import { validateLabelSelector } from './selector.ts'
import { validateRule } from './webhook-rule.ts'

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']
const CONDITIONS_LIMIT = 64
const ANNOTATIONS_LIMIT = 20
/** Most bytes of the expression of an audit annotation's value. */
const VALUE_LIMIT = 5 * 1024

/** Checks a ValidatingAdmissionPolicy: what it matches and its expressions. */
export function validateValidatingPolicy(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const params = hasParams(spec)
  const out: Findings = [
    ...oneOf(spec, 'failurePolicy', ['Fail', 'Ignore'], 'spec'),
    ...validateParamKind(objectAt(spec, 'paramKind'), 'spec.paramKind'),
    ...validateConstraints(objectAt(spec, 'matchConstraints'), 'spec.matchConstraints'),
    ...validateMatchConditions(listAt(spec, 'matchConditions'), params, 'spec.matchConditions'),
    ...validateVariables(spec, params),
  ]
  const { types } = compileVariables(spec, params)
  const environment = admissionEnvironment({ params, authorizer: true, variables: types })
  const messages = admissionEnvironment({ params, authorizer: false, variables: types })
  const check = (expression: string, wanted: readonly CelType[], field: string, plain = true): void => {
    const problem = expressionProblem(plain ? environment : messages, expression, wanted)
    if (problem !== undefined) out.push(invalid(field, expression, problem))
  }
  const validations = listAt(spec, 'validations')
  const annotations = listAt(spec, 'auditAnnotations')
  if (validations.length === 0 && annotations.length === 0) {
    const detail = 'validations or auditAnnotations must contain at least one item'
    return [...out, required('spec.validations', detail), required('spec.auditAnnotations', detail)]
  }
  validations.forEach((validation, index) => {
    const at = `spec.validations[${index}]`
    const expression = stringAt(validation, 'expression')
    if (expression.trim() === '') out.push(required(`${at}.expression`, 'expression is not specified'))
    else check(expression, [BOOL], `${at}.expression`)
    const message = stringAt(validation, 'messageExpression')
    if (message !== '' && message.trim() === '')
      out.push(invalid(`${at}.messageExpression`, message, 'must be non-empty if specified'))
    else if (message !== '') check(message, [STRING], `${at}.messageExpression`, false)
    const text = stringAt(validation, 'message')
    if (text !== '' && text.trim() === '') out.push(invalid(`${at}.message`, text, 'must be non-empty if specified'))
    else if (/[\n\r]/.test(text.trim())) out.push(invalid(`${at}.message`, text, 'must not contain line breaks'))
    const reason = valueAt(validation, 'reason')
    if (reason !== undefined && !REASONS.includes(String(reason)))
      out.push(notSupported(`${at}.reason`, reason, REASONS))
  })
  if (annotations.length > ANNOTATIONS_LIMIT) {
    const detail = `must not have more than ${ANNOTATIONS_LIMIT} auditAnnotations`
    const printed = annotations.map((each) => ({
      Key: stringAt(each, 'key'),
      ValueExpression: stringAt(each, 'valueExpression'),
    }))
    out.push(invalid('spec.auditAnnotations', printed, detail))
  }
  const keys = new Set<string>()
  annotations.forEach((annotation, index) => {
    const at = `spec.auditAnnotations[${index}]`
    const key = stringAt(annotation, 'key')
    const full = `${object.metadata.name ?? ''}/${key}`
    if ((object.metadata.name ?? '') === '') {
      out.push(invalid(`${at}.key`, key, 'requires metadata.name be non-empty'))
    } else out.push(...invalidEach(`${at}.key`, full, qualifiedNameProblems(full)))
    const expression = stringAt(annotation, 'valueExpression')
    const value = expression.trim()
    if (value === '') out.push(required(`${at}.valueExpression`, 'valueExpression is not specified'))
    else if (Buffer.byteLength(value) > VALUE_LIMIT) {
      out.push(required(`${at}.valueExpression`, `must not exceed ${VALUE_LIMIT} bytes in length`))
    } else {
      const problem = expressionProblem(environment, value, [STRING, NULL])
      if (problem !== undefined) out.push(invalid(`${at}.valueExpression`, expression, problem))
    }
    if (keys.has(key)) out.push(duplicate(`${at}.key`, key))
    keys.add(key)
  })
  return out
}

const MUTATED_OPERATIONS = ['*', 'CONNECT', 'CREATE', 'UPDATE']
const PATCHES = [
  { type: 'ApplyConfiguration', field: 'applyConfiguration', result: OBJECT_TYPE },
  { type: 'JSONPatch', field: 'jsonPatch', result: listOf(JSON_PATCH_TYPE) },
] as const

/** Checks a MutatingAdmissionPolicy: what it matches, its expressions and what they make. */
export function validateMutatingPolicy(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const params = hasParams(spec)
  const match = objectAt(spec, 'matchConstraints')
  const out: Findings = [
    ...oneOf(spec, 'failurePolicy', ['Fail', 'Ignore'], 'spec'),
    ...validateParamKind(objectAt(spec, 'paramKind'), 'spec.paramKind'),
    ...validateConstraints(match, 'spec.matchConstraints'),
    ...validateMutatedOperations(match, 'spec.matchConstraints'),
    ...validateMatchConditions(listAt(spec, 'matchConditions'), params, 'spec.matchConditions'),
    ...validateVariables(spec, params),
  ]
  const mutations = listAt(spec, 'mutations')
  if (mutations.length === 0) out.push(required('spec.mutations', 'mutations must contain at least one item'))
  const { types } = compileVariables(spec, params)
  const environment = admissionEnvironment({ params, authorizer: true, variables: types, patches: true })
  mutations.forEach((mutation, index) => {
    out.push(...validateMutation(mutation, environment, `spec.mutations[${index}]`))
  })
  return [...out, ...oneOf(spec, 'reinvocationPolicy', ['IfNeeded', 'Never'], 'spec')]
}

function validateMutation(
  mutation: JsonObject,
  environment: ReturnType<typeof admissionEnvironment>,
  field: string,
): Findings {
  const type = stringAt(mutation, 'patchType')
  if (type === '') return [required(`${field}.patchType`)]
  const patch = PATCHES.find((each) => each.type === type)
  if (patch === undefined) {
    const known = PATCHES.map((each) => each.type)
    return [notSupported(`${field}.patchType`, type, known)]
  }
  const out: Findings = []
  const holder = objectAt(mutation, patch.field)
  const expression = stringAt(holder, 'expression').trim()
  const at = `${field}.${patch.field}`
  if (holder === undefined) out.push(required(at, `must be specified when patchType is ${type}`))
  else if (expression === '') out.push(required(`${at}.expression`))
  else {
    const problem = expressionProblem(environment, expression, [patch.result])
    if (problem !== undefined) out.push(invalid(`${at}.expression`, expression, problem))
  }
  const other = PATCHES.find((each) => each !== patch)?.field ?? ''
  if (objectAt(mutation, other) !== undefined) {
    out.push(invalid(`${field}.${other}`, `{${other}}`, `must not be specified when patchType is ${type}`))
  }
  return out
}

/** Only what comes into being or changes can be mutated. */
function validateMutatedOperations(match: JsonObject | undefined, field: string): Findings {
  return listAt(match, 'resourceRules')
    .flatMap((rule) => stringsAt(rule, 'operations'))
    .filter((operation) => !MUTATED_OPERATIONS.includes(operation))
    .map((operation) => notSupported(`${field}.resourceRules.operations`, operation, MUTATED_OPERATIONS))
}

/** Checks a MutatingAdmissionPolicyBinding. */
export function validateMutatingPolicyBinding(object: KubeObject): Findings {
  const match = objectAt(object.spec, 'matchResources')
  return [...validateBindingTarget(object.spec), ...validateMutatedOperations(match, 'spec.matchResources')]
}

function oneOf(holder: JsonObject, key: string, allowed: readonly string[], field: string): Findings {
  const value = valueAt(holder, key)
  if (value === undefined) return [required(`${field}.${key}`)]
  return allowed.includes(String(value)) ? [] : [notSupported(`${field}.${key}`, value, allowed)]
}

/** Checks the kind of a policy's parameters. */
function validateParamKind(kind: JsonObject | undefined, field: string): Findings {
  if (kind === undefined) return []
  const out: Findings = []
  const apiVersion = stringAt(kind, 'apiVersion')
  if (apiVersion === '') out.push(required(`${field}.apiVersion`))
  else if (apiVersion.split('/').length > 2) {
    out.push(invalid(`${field}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`))
  } else {
    const { group, version } = parseApiVersion(apiVersion)
    const problems = group === '' ? [] : dnsSubdomainProblems(group)
    if (problems.length > 0) out.push(invalid(`${field}.apiVersion`, group, problems.join(',')))
    const wrong = dns1035LabelProblems(version)
    if (version === '') out.push(invalid(`${field}.apiVersion`, apiVersion, 'version must be specified'))
    else if (wrong.length > 0) out.push(invalid(`${field}.apiVersion`, version, wrong.join(',')))
  }
  const name = stringAt(kind, 'kind')
  const problems = dns1035LabelProblems(name.toLowerCase())
  if (name === '') out.push(required(`${field}.kind`))
  else if (problems.length > 0) {
    const detail = `may have mixed case, but should otherwise match: ${problems.join(',')}`
    out.push(invalid(`${field}.kind`, name, detail))
  }
  return out
}

/** Checks what a policy is for: at least one rule. */
function validateConstraints(match: JsonObject | undefined, field: string): Findings {
  if (match === undefined) return [required(field)]
  const out = validateMatchResources(match, field)
  if (listAt(match, 'resourceRules').length === 0) out.push(required(`${field}.resourceRules`))
  return out
}

/** Checks what a policy or binding matches. */
function validateMatchResources(match: JsonObject | undefined, field: string): Findings {
  if (match === undefined) return []
  const out = oneOf(match, 'matchPolicy', ['Equivalent', 'Exact'], field)
  for (const key of ['namespaceSelector', 'objectSelector']) {
    const selector = objectAt(match, key)
    if (selector === undefined) out.push(required(`${field}.${key}`))
    else out.push(...validateLabelSelector(selector, `${field}.${key}`))
  }
  for (const key of ['resourceRules', 'excludeResourceRules']) {
    listAt(match, key).forEach((rule, index) => {
      const at = `${field}.${key}[${index}]`
      const names = stringsAt(rule, 'resourceNames')
      names.forEach((name, position) => {
        out.push(...invalidEach(`${at}.resourceNames[${position}]`, name, pathSegmentProblems(name)))
        if (names.indexOf(name) < position) out.push(duplicate(`${at}.resourceNames[${position}]`, name))
      })
      out.push(...validateRule(rule, at))
    })
  }
  return out
}

/** Checks the named conditions of a webhook or policy. */
export function validateMatchConditions(conditions: readonly JsonObject[], params: boolean, field: string): Findings {
  if (conditions.length === 0) return []
  const out: Findings = []
  if (conditions.length > CONDITIONS_LIMIT) out.push(tooMany(field, conditions.length, CONDITIONS_LIMIT))
  const environment = admissionEnvironment({ params, authorizer: true })
  const names = new Set<string>()
  conditions.forEach((condition, index) => {
    const at = `${field}[${index}]`
    const expression = stringAt(condition, 'expression').trim()
    const problem = expression === '' ? undefined : expressionProblem(environment, expression, [BOOL])
    if (expression === '') out.push(required(`${at}.expression`))
    else if (problem !== undefined) out.push(invalid(`${at}.expression`, expression, problem))
    const name = stringAt(condition, 'name')
    if (name === '') out.push(required(`${at}.name`))
    else out.push(...invalidEach(`${at}.name`, name, qualifiedNameProblems(name)))
    if (name !== '' && names.has(name)) out.push(duplicate(`${at}.name`, name))
    names.add(name)
  })
  return out
}

function validateVariables(spec: JsonObject, params: boolean): Findings {
  const out: Findings = []
  const { variables } = compileVariables(spec, params)
  listAt(spec, 'variables').forEach((variable, index) => {
    const at = `spec.variables[${index}]`
    const name = stringAt(variable, 'name')
    if (name.trim() === '') out.push(required(`${at}.name`, 'name is not specified'))
    else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name)) {
      out.push(invalid(`${at}.name`, name, 'must be a valid CEL identifier'))
    }
    const expression = stringAt(variable, 'expression')
    const issues = variables[index]?.compiled.issues
    if (expression.trim() === '') out.push(required(`${at}.expression`, 'expression is not specified'))
    else if (issues !== undefined) out.push(invalid(`${at}.expression`, expression, `compilation failed: ${issues}`))
  })
  return out
}

const ACTIONS = ['Audit', 'Deny', 'Warn']

/** Checks a ValidatingAdmissionPolicyBinding. */
export function validateValidatingPolicyBinding(object: KubeObject): Findings {
  const { spec } = object
  const out = validateBindingTarget(spec)
  const actions = stringsAt(spec, 'validationActions')
  actions.forEach((action, index) => {
    const at = `spec.validationActions[${index}]`
    if (!ACTIONS.includes(action)) out.push(notSupported(at, action, ACTIONS))
    if (actions.indexOf(action) < index) out.push(duplicate(at, action))
  })
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const why = 'repeating the same validation failure information in the API response and headers serves no purpose'
    out.push(invalid('spec.validationActions', actions, `must not contain both Deny and Warn (${why})`))
  }
  if (actions.length === 0) out.push(required('spec.validationActions', 'at least one validation action is required'))
  return out
}

/** Checks which policy a binding binds, to which parameters and resources. */
function validateBindingTarget(spec: unknown): Findings {
  const holder = spec as JsonObject | undefined
  const name = stringAt(holder, 'policyName')
  const out: Findings =
    name === '' ? [required('spec.policyName')] : invalidEach('spec.policyName', name, dnsSubdomainProblems(name))
  out.push(...validateParamRef(objectAt(holder, 'paramRef'), 'spec.paramRef'))
  out.push(...validateMatchResources(objectAt(holder, 'matchResources'), 'spec.matchResources'))
  return out
}

function validateParamRef(ref: JsonObject | undefined, field: string): Findings {
  if (ref === undefined) return []
  const name = stringAt(ref, 'name')
  const selector = objectAt(ref, 'selector')
  const out: Findings = name === '' ? [] : invalidEach(`${field}.name`, name, pathSegmentProblems(name))
  const exclusive = 'name and selector are mutually exclusive'
  if (name !== '' && selector !== undefined) out.push(forbidden(`${field}.name`, exclusive))
  if (selector !== undefined) out.push(...validateLabelSelector(selector, `${field}.selector`))
  if (name !== '' && selector !== undefined) out.push(forbidden(`${field}.selector`, exclusive))
  if (name === '' && selector === undefined) out.push(required(field, 'one of name or selector must be specified'))
  return [...out, ...oneOf(ref, 'parameterNotFoundAction', ['Deny', 'Allow'], field)]
}
