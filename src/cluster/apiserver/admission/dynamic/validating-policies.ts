import { CelError, type CelValue, type Compiled } from '../../../../api/cel/index.ts'
import { type JsonObject, type KubeObject, listAt, objectAt, type Status, stringAt } from '../../../../api/index.ts'
import { groupResourceText, statusError } from '../../errors.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../chain.ts'
import {
  activationOf,
  admissionEnvironment,
  BUDGET,
  compileConditions,
  type Condition,
  conditionsHold,
  type ExpressionInput,
  failureText,
  OUT_OF_BUDGET,
} from './expressions.ts'
import { type ExpressionContext, matchedInput } from './matched-input.ts'
import { criteriaOf, isExempt, type MatchCriteria } from './matching.ts'
import { paramsFor, PolicyConfigurationError } from './params.ts'
import { type PolicyBinding, bindingMatches, readBinding } from './policy-binding.ts'
import { compileVariables, hasParams, type PolicyVariable, withVariables } from './policy-program.ts'
import { StoredList } from './stored-list.ts'

interface Validation {
  readonly spec: JsonObject
  readonly check: Compiled
  readonly message: Compiled | undefined
}

interface Policy {
  readonly name: string
  readonly spec: JsonObject
  readonly criteria: MatchCriteria
  readonly ignoresFailure: boolean
  readonly conditions: readonly Condition[]
  readonly variables: readonly PolicyVariable[]
  readonly validations: readonly Validation[]
  readonly auditAnnotations: readonly {
    readonly key: string
    readonly expression: string
    readonly compiled: Compiled
  }[]
}

interface Denial {
  readonly message: string
  /** Which of the policy's validations it is. */
  readonly index?: number
  readonly reason?: string
}

interface Evaluation {
  readonly denials: readonly Denial[]
  readonly notes: readonly { readonly key: string; readonly value: string }[]
}

const PREFIX = 'admissionregistration.k8s.io/'

/** Checks requests by the stored ValidatingAdmissionPolicies that are bound. */
export function validatingPolicies(parts: ExpressionContext): AdmissionPlugin {
  const policies = new StoredList(parts.store, `${PREFIX}validatingadmissionpolicies/`, readPolicy)
  const bindings = new StoredList(parts.store, `${PREFIX}validatingadmissionpolicybindings/`, readBinding)
  return {
    name: 'ValidatingAdmissionPolicy',
    validate(request) {
      if (policies.items.length === 0 || bindings.items.length === 0 || isExempt(request)) return undefined
      return validateAll(parts, policies.items, bindings.items, request)
    },
  }
}

async function validateAll(
  parts: ExpressionContext,
  policies: readonly Policy[],
  bindings: readonly PolicyBinding[],
  request: AdmissionRequest,
): Promise<void> {
  for (const policy of policies) {
    const bound = bindings.filter((binding) => binding.policy === policy.name)
    if (bound.length > 0) await applyPolicy(parts, policy, bound, request)
  }
}

function readPolicy(object: KubeObject): Policy {
  const spec = (object.spec ?? {}) as JsonObject
  const params = hasParams(spec)
  const { variables, types } = compileVariables(spec, params)
  const environment = admissionEnvironment({ params, authorizer: true, variables: types })
  const messages = admissionEnvironment({ params, authorizer: false, variables: types })
  return {
    name: object.metadata.name ?? '',
    spec,
    criteria: criteriaOf(objectAt(spec, 'matchConstraints'), 'resourceRules'),
    ignoresFailure: stringAt(spec, 'failurePolicy') === 'Ignore',
    conditions: compileConditions(listAt(spec, 'matchConditions'), admissionEnvironment({ params, authorizer: true })),
    variables,
    validations: listAt(spec, 'validations').map((validation) => {
      const text = stringAt(validation, 'messageExpression')
      const message = text === '' ? undefined : messages.compile(text)
      return { spec: validation, check: environment.compile(stringAt(validation, 'expression')), message }
    }),
    auditAnnotations: listAt(spec, 'auditAnnotations').map((annotation) => {
      const expression = stringAt(annotation, 'valueExpression')
      return { key: stringAt(annotation, 'key'), expression, compiled: environment.compile(expression) }
    }),
  }
}

async function applyPolicy(
  parts: ExpressionContext,
  policy: Policy,
  bindings: readonly PolicyBinding[],
  request: AdmissionRequest,
): Promise<void> {
  const input = await matchedInput(parts, policy.criteria, request)
  if (input === undefined) return
  const published = new Map<string, readonly string[]>()
  for (const binding of bindings) {
    if (!bindingMatches(parts, binding, request)) continue
    let params: (KubeObject | null)[]
    try {
      params = await paramsFor(parts, objectAt(policy.spec, 'paramKind'), binding.paramRef, request.namespace)
    } catch (error) {
      if (!(error instanceof PolicyConfigurationError)) throw error
      if (policy.ignoresFailure) continue
      const cause = error.part === 'policy' ? undefined : binding
      throw denied(policy, cause, request, { message: `failed to configure ${error.part}: ${error.message}` })
    }
    for (const each of params) {
      const { denials, notes } = evaluate(policy, { ...input, params: each })
      for (const denial of denials) act(policy, binding, request, denial)
      for (const { key, value } of notes) {
        const full = `${policy.name}/${key}`
        const known = published.get(full) ?? []
        if (known.includes(value)) continue
        published.set(full, [...known, value])
        request.annotate?.(full, [...known, value].join(', '))
      }
    }
  }
}

/** What is done about a denial. */
function act(policy: Policy, binding: PolicyBinding, request: AdmissionRequest, denial: Denial): void {
  if (binding.actions.includes('Warn')) {
    const who = `ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}'`
    request.warnings.push(`Validation failed for ${who}: ${denial.message}`)
  }
  if (binding.actions.includes('Audit')) {
    const { message, index: expressionIndex = 0 } = denial
    const failure = { message, policy: policy.name, binding: binding.name, expressionIndex }
    const value = JSON.stringify([{ ...failure, validationActions: binding.actions }])
    request.annotate?.('validation.policy.admission.k8s.io/validation_failure', value)
  }
  if (binding.actions.includes('Deny')) throw denied(policy, binding, request, denial)
}

const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
}

function denied(policy: Policy, binding: PolicyBinding | undefined, request: AdmissionRequest, denial: Denial): Error {
  const { definition, object } = request
  const reason = denial.reason ?? 'Invalid'
  const by = binding === undefined ? '' : ` with binding '${binding.name}'`
  const message = `ValidatingAdmissionPolicy '${policy.name}'${by} denied request: ${denial.message}`
  const resource = { group: definition.group, resource: definition.plural }
  const name = [request.name, object?.metadata.name, object?.metadata.generateName].find((each) => (each ?? '') !== '')
  const details: Status['details'] = {
    ...(name !== undefined && { name }),
    ...(definition.group !== '' && { group: definition.group }),
    kind: definition.plural,
    causes: [{ message }],
  }
  return statusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${groupResourceText(resource)} ${JSON.stringify(name ?? 'Unknown')} is forbidden: ${message}`,
    reason,
    details,
    code: CODES[reason] ?? 422,
  })
}

const NOTE_LIMIT = 10 * 1024

/** Everything that a policy has against a request, and what it notes in the audit record. */
function evaluate(policy: Policy, input: ExpressionInput): Evaluation {
  const notes: { key: string; value: string }[] = []
  return { denials: denialsOf(policy, input, (key, value) => notes.push({ key, value })), notes }
}

function denialsOf(policy: Policy, input: ExpressionInput, note: (key: string, value: string) => void): Denial[] {
  const failure = (message: string): Denial[] => (policy.ignoresFailure ? [] : [{ message }])
  const plain = activationOf(input)
  if (policy.conditions.length > 0) {
    const holds = conditionsHold(policy.conditions, plain)
    if (typeof holds === 'string') return failure(holds)
    if (!holds) return []
  }
  const activation = withVariables(policy.variables, plain)
  const denials: Denial[] = []
  let budget: number = BUDGET.policy
  for (const [index, { spec, check, message }] of policy.validations.entries()) {
    if (check.program === undefined) {
      denials.push(...failure(`compilation error: compilation failed: ${check.issues}`))
      continue
    }
    const { value, cost } = check.program(activation)
    budget -= cost
    if (budget < 0) return [...denials, ...failure(OUT_OF_BUDGET)]
    if (value instanceof CelError) denials.push(...failure(failureText(stringAt(spec, 'expression'), value)))
    else if (value !== true) {
      const reason = stringAt(spec, 'reason')
      denials.push({ index, message: messageOf(spec, message, activation), ...(reason !== '' && { reason }) })
    }
  }
  for (const { key, expression, compiled } of policy.auditAnnotations) {
    const result = compiled.program?.(activation).value
    if (result instanceof CelError) denials.push(...failure(failureText(expression, result)))
    else if (typeof result === 'string' && result.trim() !== '') note(key, result.trim().slice(0, NOTE_LIMIT))
  }
  return denials
}

function messageOf(
  spec: JsonObject,
  compiled: Compiled | undefined,
  activation: (name: string) => CelValue | undefined,
): string {
  const value = compiled?.program?.(activation).value
  const text = typeof value === 'string' ? value.trim() : ''
  if (text !== '' && !text.includes('\n') && text.length <= 5 * 1024) return text
  const own = stringAt(spec, 'message').trim()
  return own === '' ? `failed expression: ${stringAt(spec, 'expression').trim()}` : own
}
