import {
  applyJsonPatch,
  boolAt,
  type Json,
  jsonEqual,
  type JsonObject,
  type JsonPatchOperation,
  type KubeObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  type Status,
  stringAt,
  stringsAt,
} from '../../../../api/index.ts'
import { errorText, type Random } from '../../../../base/index.ts'
import { cloneJson } from '../../clone.ts'
import { typedObject } from '../../decode.ts'
import { badRequest, internalError, statusError } from '../../errors.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusedBy } from '../chain.ts'
import {
  activationOf,
  admissionEnvironment,
  compileConditions,
  type Condition,
  conditionsHold,
  type ExpressionInput,
  requestFacts,
} from './expressions.ts'
import { converted, criteriaOf, isExempt, type MatchCriteria } from './matching.ts'
import { type ExpressionContext, matchedInput } from './matched-input.ts'
import { StoredList } from './stored-list.ts'
import { callWebhook, WebhookCallError } from './webhook-client.ts'

/** What calling webhooks needs. */
export interface WebhookParts extends ExpressionContext {
  readonly random: Random
}

interface Webhook {
  readonly name: string
  readonly config: JsonObject
  readonly criteria: MatchCriteria
  readonly conditions: readonly Condition[]
  readonly ignoresFailure: boolean
}

const PREFIX = 'admissionregistration.k8s.io/'

/** Asks the webhooks of all configurations, in the order of their names. */
export function admissionWebhooks(parts: WebhookParts): AdmissionPlugin[] {
  const mutating = new StoredList(parts.store, `${PREFIX}mutatingwebhookconfigurations/`, webhooksOf)
  const validating = new StoredList(parts.store, `${PREFIX}validatingwebhookconfigurations/`, webhooksOf)
  const change = (request: AdmissionRequest): Promise<boolean> | undefined => {
    if (mutating.items.length === 0 || isExempt(request)) return undefined
    return new Mutation(parts, request).run(mutating.items.flat())
  }
  const remove = (request: AdmissionRequest): Promise<void> | undefined => change(request)?.then(() => {})
  return [
    { name: 'MutatingAdmissionWebhook', reviews: false, admit: change, admitRemoval: remove },
    {
      name: 'ValidatingAdmissionWebhook',
      validate(request) {
        if (validating.items.length === 0 || isExempt(request)) return undefined
        return validateAll(parts, request, validating.items.flat())
      },
    },
  ]
}

function webhooksOf(configuration: KubeObject): Webhook[] {
  return listAt(configuration, 'webhooks').map((config) => {
    const conditions = listAt(config, 'matchConditions')
    const environment = conditions.length === 0 ? undefined : admissionEnvironment({ params: false, authorizer: true })
    return {
      name: stringAt(config, 'name'),
      config,
      criteria: criteriaOf(config, 'rules'),
      conditions: environment === undefined ? [] : compileConditions(conditions, environment),
      ignoresFailure: stringAt(config, 'failurePolicy') === 'Ignore',
    }
  })
}

/** The input of a call when the webhook is to be called. */
async function inputFor(
  parts: WebhookParts,
  hook: Webhook,
  request: AdmissionRequest,
): Promise<ExpressionInput | undefined> {
  const input = await matchedInput(parts, hook.criteria, request)
  if (input === undefined || hook.conditions.length === 0) return input
  const holds = conditionsHold(hook.conditions, activationOf(input))
  if (typeof holds === 'boolean') return holds ? input : undefined
  if (hook.ignoresFailure) return undefined
  throw refusedBy(request, holds)
}

/** Calls a webhook and gives what it allows with; undefined when it failed and that does not matter. Throws refusals. */
async function ask(
  parts: WebhookParts,
  hook: Webhook,
  input: ExpressionInput,
  mutating: boolean,
): Promise<JsonObject | undefined> {
  const { request } = input
  const effects = stringAt(hook.config, 'sideEffects')
  if (request.dryRun && effects !== 'None' && effects !== 'NoneOnDryRun') {
    throw badRequest(`admission webhook ${JSON.stringify(hook.name)} does not support dry run`)
  }
  try {
    return await review(parts, hook, input, mutating)
  } catch (error) {
    if (!(error instanceof WebhookCallError)) throw error
    if (hook.ignoresFailure) return undefined
    throw internalError(`failed calling webhook ${JSON.stringify(hook.name)}: ${error.message}`)
  }
}

async function review(
  parts: WebhookParts,
  hook: Webhook,
  input: ExpressionInput,
  mutating: boolean,
): Promise<JsonObject> {
  const uid = parts.random.uuid()
  const accepted = stringsAt(hook.config, 'admissionReviewVersions')
  const version = accepted.find((each) => each === 'v1' || each === 'v1beta1') ?? 'v1'
  const body = {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${version}`,
    request: reviewRequest(input, uid),
  }
  let answer: JsonObject
  try {
    answer = await callWebhook(
      parts.store,
      objectAt(hook.config, 'clientConfig'),
      body,
      numberAt(hook.config, 'timeoutSeconds'),
    )
  } catch (error) {
    if (error instanceof WebhookCallError) throw new WebhookCallError(`failed to call webhook: ${error.message}`)
    throw error
  }
  const response = checkedResponse(answer, uid, version, mutating)
  input.request.warnings.push(...stringsAt(response, 'warnings'))
  if (!boolAt(response, 'allowed')) throw refusal(hook.name, objectAt(response, 'status'))
  return response
}

function reviewRequest(input: ExpressionInput, uid: string): JsonObject {
  const { request } = input
  const options = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions', CONNECT: '' }[
    request.operation
  ]
  const { dryRun, ...facts } = requestFacts(input)
  return {
    uid,
    ...facts,
    object: (input.object ?? null) as Json,
    oldObject: (input.oldObject ?? null) as Json,
    dryRun: dryRun ?? false,
    options: options === '' ? null : { kind: options, apiVersion: 'meta.k8s.io/v1' },
  }
}

function checkedResponse(answer: JsonObject, uid: string, version: string, mutating: boolean): JsonObject {
  const fail = (why: string): WebhookCallError => new WebhookCallError(`received invalid webhook response: ${why}`)
  const apiVersion = `admission.k8s.io/${version}`
  const response = objectAt(answer, 'response')
  if (response === undefined) throw fail('webhook response was absent')
  if (version === 'v1beta1') return response
  if (stringAt(response, 'uid') !== uid) {
    throw fail(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(stringAt(response, 'uid'))}`)
  }
  const [found, kind] = [stringAt(answer, 'apiVersion'), stringAt(answer, 'kind')]
  if (found !== apiVersion || kind !== 'AdmissionReview') {
    const shown = found === '' && kind === '' ? '/, Kind=' : `${found}, Kind=${kind}`
    throw fail(`expected webhook response of ${apiVersion}, Kind=AdmissionReview, got ${shown}`)
  }
  const [patch, type] = [stringAt(response, 'patch'), response.patchType]
  if (!mutating) {
    if (patch !== '') throw fail('validating webhook may not return response.patch')
    if (type !== undefined && type !== null) throw fail('validating webhook may not return response.patchType')
    return response
  }
  if (patch !== '' && type === undefined) throw fail('webhook returned response.patch but not response.patchType')
  if (patch === '' && type !== undefined && type !== null)
    throw fail('webhook returned response.patchType but not response.patch')
  if (patch !== '' && type !== 'JSONPatch')
    throw fail(`webhook returned invalid response.patchType of ${JSON.stringify(type)}`)
  return response
}

/** The error of a request that a webhook does not allow; it may choose code, reason and text. */
function refusal(name: string, status: JsonObject | undefined): Error {
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`
  const [message, reason] = [stringAt(status, 'message'), stringAt(status, 'reason')]
  const why = message === '' ? reason : message
  const code = numberAt(status, 'code') ?? 0
  const details = objectAt(status, 'details')
  return statusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: why === '' ? `${denied} without explanation` : `${denied}: ${why}`,
    ...(reason !== '' && { reason }),
    ...(details !== undefined && { details: details as NonNullable<Status['details']> }),
    code: code < 400 ? 400 : code,
  })
}

async function validateAll(parts: WebhookParts, request: AdmissionRequest, hooks: readonly Webhook[]): Promise<void> {
  const calls = hooks.map(async (hook) => {
    const input = await inputFor(parts, hook, request)
    if (input !== undefined) await ask(parts, hook, input, false)
  })
  const results = await Promise.allSettled(calls)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** The mutating webhooks of one request: one after another, and again those that ask for it when a later one changed the object. */
class Mutation {
  readonly #parts: WebhookParts
  readonly #request: AdmissionRequest
  /** What each webhook left behind. */
  readonly #seen = new Map<Webhook, Json>()
  #changed = false

  constructor(parts: WebhookParts, request: AdmissionRequest) {
    this.#parts = parts
    this.#request = request
  }

  /** True: the object has changed. */
  async run(hooks: readonly Webhook[]): Promise<boolean> {
    for (const hook of hooks) await this.#call(hook)
    for (const hook of hooks) {
      const before = this.#seen.get(hook)
      if (before === undefined || stringAt(hook.config, 'reinvocationPolicy') !== 'IfNeeded') continue
      if (!jsonEqual(before, this.#request.object)) await this.#call(hook)
    }
    return this.#changed
  }

  async #call(hook: Webhook): Promise<void> {
    const input = await inputFor(this.#parts, hook, this.#request)
    if (input === undefined) return
    const response = await ask(this.#parts, hook, input, true)
    const patch = stringAt(response, 'patch')
    if (patch !== '' && input.object !== undefined) await this.#apply(hook, input.object, input.definition, patch)
    if (this.#request.object !== undefined) this.#seen.set(hook, cloneJson(this.#request.object) as unknown as Json)
  }

  async #apply(hook: Webhook, object: KubeObject, definition: ResourceDefinition, encoded: string): Promise<void> {
    const target = this.#request.object
    if (target === undefined) return
    let patched: KubeObject
    try {
      const operations = JSON.parse(Buffer.from(encoded, 'base64').toString()) as JsonPatchOperation[]
      patched = applyJsonPatch(cloneJson(object) as unknown as Json, operations) as unknown as KubeObject
    } catch (error) {
      if (hook.ignoresFailure) return
      throw internalError(errorText(error), error)
    }
    const own = (await converted(patched, definition, this.#request.definition)) ?? patched
    replaceObject(target, typedObject(this.#request.definition, own, undefined).object)
    this.#changed = true
  }
}

/** Makes an object what another is, in place. */
export function replaceObject(target: KubeObject, source: KubeObject): void {
  for (const key of Object.keys(target)) delete target[key]
  Object.assign(target, source)
  target.metadata = mapAt(source, 'metadata') as KubeObject['metadata']
}
