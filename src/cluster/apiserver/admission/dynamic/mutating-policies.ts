import {
  type JsonObject,
  jsonEqual,
  type KubeObject,
  listAt,
  objectAt,
  type Status,
  stringAt,
} from '../../../../api/index.ts'
import { cloneJson } from '../../clone.ts'
import { statusError } from '../../errors.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../chain.ts'
import {
  activationOf,
  admissionEnvironment,
  compileConditions,
  type Condition,
  conditionsHold,
  type ExpressionInput,
} from './expressions.ts'
import { type ExpressionContext, matchedInput } from './matched-input.ts'
import { converted, criteriaOf, isExempt, type MatchCriteria } from './matching.ts'
import { type Mutation, MutationError, mutated, readMutation } from './mutation.ts'
import { paramsFor, PolicyConfigurationError } from './params.ts'
import { bindingMatches, type PolicyBinding, readBinding } from './policy-binding.ts'
import { compileVariables, hasParams, type PolicyVariable, withVariables } from './policy-program.ts'
import { StoredList } from './stored-list.ts'
import { replaceObject } from './webhooks.ts'

interface Policy {
  readonly name: string
  readonly paramKind: JsonObject | undefined
  readonly criteria: MatchCriteria
  readonly ignoresFailure: boolean
  readonly reinvoked: boolean
  readonly conditions: readonly Condition[]
  readonly variables: readonly PolicyVariable[]
  readonly mutations: readonly Mutation[]
}

/** A policy with one of its bindings and parameters. */
interface Invocation {
  readonly policy: Policy
  readonly binding: PolicyBinding
  readonly params: KubeObject | null
}

interface Failure {
  readonly message: string
  readonly reason: 'Forbidden' | 'Invalid'
}

const PREFIX = 'admissionregistration.k8s.io/'

/** Changes requests by the stored MutatingAdmissionPolicies that are bound, in the order of their names. */
export function mutatingPolicies(parts: ExpressionContext): AdmissionPlugin {
  const policies = new StoredList(parts.store, `${PREFIX}mutatingadmissionpolicies/`, readPolicy)
  const bindings = new StoredList(parts.store, `${PREFIX}mutatingadmissionpolicybindings/`, readBinding)
  return {
    name: 'MutatingAdmissionPolicy',
    reviews: false,
    admit(request) {
      if (policies.items.length === 0 || bindings.items.length === 0 || isExempt(request)) return undefined
      return new PolicyRun(parts, request).run(policies.items, bindings.items)
    },
  }
}

function readPolicy(object: KubeObject): Policy {
  const spec = (object.spec ?? {}) as JsonObject
  const params = hasParams(spec)
  const { variables, types } = compileVariables(spec, params)
  const environment = admissionEnvironment({ params, authorizer: true, variables: types, patches: true })
  return {
    name: object.metadata.name ?? '',
    paramKind: objectAt(spec, 'paramKind'),
    criteria: criteriaOf(objectAt(spec, 'matchConstraints'), 'resourceRules'),
    ignoresFailure: stringAt(spec, 'failurePolicy') === 'Ignore',
    reinvoked: stringAt(spec, 'reinvocationPolicy') === 'IfNeeded',
    conditions: compileConditions(listAt(spec, 'matchConditions'), admissionEnvironment({ params, authorizer: true })),
    variables,
    mutations: listAt(spec, 'mutations').map((mutation) => readMutation(mutation, environment)),
  }
}

/** The policies of one request: all that match at first, one after another, and once more those that ask for it. */
class PolicyRun {
  readonly #parts: ExpressionContext
  readonly #request: AdmissionRequest
  readonly #failures: Failure[] = []
  #changed = false
  /** What each invocation left behind. */
  readonly #left = new Map<Invocation, KubeObject>()

  constructor(parts: ExpressionContext, request: AdmissionRequest) {
    this.#parts = parts
    this.#request = request
  }

  /** True: the object has changed. */
  async run(policies: readonly Policy[], bindings: readonly PolicyBinding[]): Promise<boolean> {
    const invocations: Invocation[] = []
    for (const policy of policies) {
      const own = bindings.filter((binding) => binding.policy === policy.name)
      if (own.length > 0) invocations.push(...(await this.#invocations(policy, own)))
    }
    for (const invocation of invocations) await this.#invoke(invocation)
    for (const [invocation, left] of [...this.#left]) {
      const changed = !jsonEqual(left as unknown as JsonObject, this.#request.object as unknown as JsonObject)
      if (invocation.policy.reinvoked && changed) await this.#invoke(invocation)
    }
    if (this.#failures.length > 0) throw refusal(this.#request, this.#failures)
    return this.#changed
  }

  async #invocations(policy: Policy, bindings: readonly PolicyBinding[]): Promise<Invocation[]> {
    const found: Invocation[] = []
    const { namespace } = this.#request
    if ((await matchedInput(this.#parts, policy.criteria, this.#request)) === undefined) return found
    for (const binding of bindings) {
      if (!bindingMatches(this.#parts, binding, this.#request)) continue
      try {
        const all = await paramsFor(this.#parts, policy.paramKind, binding.paramRef, namespace)
        found.push(...all.map((params) => ({ policy, binding, params })))
      } catch (error) {
        if (!(error instanceof PolicyConfigurationError)) throw error
        const ofPolicy = error.part === 'policy'
        this.#fail(policy, ofPolicy ? undefined : binding, {
          message: `failed to configure ${error.part}: ${error.message}`,
          reason: 'Forbidden',
        })
        if (ofPolicy) break
      }
    }
    return found
  }

  #fail(policy: Policy, binding: PolicyBinding | undefined, { message, reason }: Failure): void {
    if (policy.ignoresFailure) return
    const who =
      binding === undefined
        ? `policy ${JSON.stringify(policy.name)}`
        : `policy '${policy.name}' with binding '${binding.name}'`
    this.#failures.push({ message: `${who} denied request: ${message}`, reason })
  }

  async #invoke(invocation: Invocation): Promise<void> {
    const { policy, binding, params } = invocation
    const input = await this.#input(policy, params)
    if (input === undefined) return
    const fail = (message: string): void => this.#fail(policy, binding, { message, reason: 'Invalid' })
    if (policy.conditions.length > 0) {
      const holds = conditionsHold(policy.conditions, activationOf(input))
      if (typeof holds === 'string') fail(holds)
      if (holds !== true) return
    }
    for (const mutation of policy.mutations) {
      try {
        await this.#mutate(policy, mutation, params)
      } catch (error) {
        if (!(error instanceof MutationError)) throw error
        fail(error.message)
      }
    }
    if (this.#request.object !== undefined) this.#left.set(invocation, cloneJson(this.#request.object))
  }

  async #mutate(policy: Policy, mutation: Mutation, params: KubeObject | null): Promise<void> {
    const input = await this.#input(policy, params)
    const target = this.#request.object
    if (input?.object === undefined || target === undefined) return
    const activation = withVariables(policy.variables, activationOf(input))
    const result = mutated(mutation, input.definition, input.object, activation)
    if (result === input.object) return
    const own = await converted(result, input.definition, this.#request.definition)
    replaceObject(target, own ?? result)
    this.#changed = true
  }

  /** What expressions see now. */
  async #input(policy: Policy, params: KubeObject | null): Promise<ExpressionInput | undefined> {
    const input = await matchedInput(this.#parts, policy.criteria, this.#request)
    return input && { ...input, params }
  }
}

/** The refusal of a request that mutations fail on: the first failure is the text, all are causes. */
function refusal({ definition, object, name }: AdmissionRequest, failures: readonly Failure[]): Error {
  const { name: own, generateName } = object?.metadata ?? {}
  const called = [name, own, generateName].find((each) => (each ?? '') !== '')
  const details: Status['details'] = {
    ...(called !== undefined && { name: called }),
    ...(definition.group !== '' && { group: definition.group }),
    kind: definition.plural,
    causes: failures.map(({ message }) => ({ message })),
  }
  const [first] = failures
  return statusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: first?.message ?? '',
    reason: first?.reason ?? 'Forbidden',
    details,
    code: 403,
  })
}
