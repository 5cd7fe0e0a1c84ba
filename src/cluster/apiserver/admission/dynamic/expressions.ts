import {
  type AccessQuestion,
  AUTHORIZER_TYPE,
  authorizerValue,
  type CelEnvironment,
  CelError,
  celFromJson,
  celFromSchema,
  type CelType,
  type CelValue,
  type Compiled,
  createCelEnvironment,
  DYN,
  JSON_PATCH_LIBRARY,
  type ObjectType,
  PATCH_STRUCTS,
  RESOURCE_CHECK_TYPE,
  resourceCheckValue,
  schemaCelType,
} from '../../../../api/cel/index.ts'
import type { JsonObject, KubeObject } from '../../../../api/index.ts'
import type { AccessJudge } from '../../authz/attributes.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { AdmissionRequest } from '../chain.ts'

/** Work that all expressions of one policy may do together, and all match conditions. */
export const BUDGET = { policy: 10_000_000, conditions: 2_500_000 } as const

const text = { type: 'string' }
const texts = { type: 'array', items: text }
const textMap = { type: 'object', additionalProperties: text }
const structure = (properties: JsonObject): JsonObject => ({ type: 'object', properties })
const kind = structure({ group: text, version: text, kind: text })
const resource = structure({ group: text, version: text, resource: text })
const userInfo = structure({
  username: text,
  uid: text,
  groups: texts,
  extra: { type: 'object', additionalProperties: texts },
})

/** The shape of the variable `request`. */
const REQUEST: JsonObject = structure({
  kind,
  resource,
  subResource: text,
  requestKind: kind,
  requestResource: resource,
  requestSubResource: text,
  name: text,
  namespace: text,
  operation: text,
  userInfo,
  dryRun: { type: 'boolean' },
})

const time = { type: 'string', format: 'date-time' }
/** The shape of the variable `namespaceObject`. */
const NAMESPACE: JsonObject = structure({
  metadata: structure({
    name: text,
    generateName: text,
    namespace: text,
    labels: textMap,
    annotations: textMap,
    UID: text,
    creationTimestamp: time,
    deletionGracePeriodSeconds: { type: 'integer' },
    deletionTimestamp: time,
    generation: { type: 'integer' },
    resourceVersion: text,
    finalizers: texts,
  }),
  spec: structure({ finalizers: texts }),
  status: structure({
    conditions: {
      type: 'array',
      items: structure({ status: text, type: text, lastTransitionTime: time, message: text, reason: text }),
    },
    phase: text,
  }),
})

/** The type of `request`; its options may be anything. */
function requestType(): CelType {
  const base = schemaCelType(REQUEST, 'kubernetes.AdmissionRequest')?.type as ObjectType
  return { ...base, fields: new Map([...base.fields, ['options', DYN]]) }
}

let shared: Readonly<Record<string, CelType>> | undefined

function baseVariables(): Readonly<Record<string, CelType>> {
  shared ??= {
    object: DYN,
    oldObject: DYN,
    request: requestType(),
    namespaceObject: schemaCelType(NAMESPACE, 'kubernetes.Namespace')?.type ?? DYN,
  }
  return shared
}

/** Variables that only some expressions have. */
export interface ExpressionOptions {
  readonly params: boolean
  readonly authorizer: boolean
  /** Types of the variables that a policy composes, by name. */
  readonly variables?: ReadonlyMap<string, CelType>
  /** Expressions may make objects and patches. */
  readonly patches?: boolean
  /** Types to check expressions against, which then are not run. */
  readonly types?: VariableTypes
}

/** The types of the variables that otherwise are anything. */
export interface VariableTypes {
  readonly object: CelType
  readonly params: CelType | undefined
}

/** Where the expressions of webhooks and policies are compiled. */
export function admissionEnvironment(options: ExpressionOptions): CelEnvironment {
  const variables: ObjectType | undefined = options.variables && {
    kind: 'object',
    name: 'kubernetes.variables',
    fields: options.variables,
  }
  const all = {
    ...baseVariables(),
    ...(options.types && { object: options.types.object, oldObject: options.types.object }),
    ...(options.params && { params: options.types?.params ?? DYN }),
    ...(options.authorizer && { authorizer: AUTHORIZER_TYPE }),
    // Kubernetes' type checker does not know this one.
    ...(options.authorizer && options.types === undefined && { 'authorizer.requestResource': RESOURCE_CHECK_TYPE }),
    ...(variables && { variables }),
  }
  if (options.patches !== true) return createCelEnvironment(all)
  return createCelEnvironment(all, PATCH_STRUCTS, JSON_PATCH_LIBRARY)
}

/** What a request gives expressions. */
export interface ExpressionInput {
  readonly request: AdmissionRequest
  /** The version that matched, and the objects in it. */
  readonly definition: ResourceDefinition
  readonly object: KubeObject | undefined
  readonly oldObject: KubeObject | undefined
  readonly namespace: KubeObject | undefined
  readonly params?: KubeObject | null
  readonly judge: AccessJudge
}

/** The values of the variables. Each is made when it is first used. */
export function activationOf(input: ExpressionInput): (name: string) => CelValue | undefined {
  const made = new Map<string, CelValue>()
  const make = (name: string): CelValue | undefined => {
    switch (name) {
      case 'object':
        return celFromJson(input.object ?? null)
      case 'oldObject':
        return celFromJson(input.oldObject ?? null)
      case 'params':
        return celFromJson(input.params ?? null)
      case 'request':
        return requestValue(input)
      case 'namespaceObject':
        return input.namespace === undefined ? null : celFromSchema(input.namespace, NAMESPACE)
      case 'authorizer':
        return authorizerValue(asking(input))
      case 'authorizer.requestResource':
        return resourceCheckValue(asking(input), requestedResource(input.request))
      default:
        return undefined
    }
  }
  return (name) => {
    if (made.has(name)) return made.get(name)
    const value = make(name)
    if (value !== undefined) made.set(name, value)
    return value
  }
}

function requestedResource({
  definition,
  subresource,
  namespace,
  name,
}: AdmissionRequest): Omit<AccessQuestion, 'verb'> {
  return { group: definition.group, resource: definition.plural, subresource, namespace, name }
}

function asking({
  request,
  judge,
}: ExpressionInput): (question: AccessQuestion) => { allowed: boolean; reason: string } {
  return (question) => {
    const account = question.serviceAccount
    const user =
      account === undefined
        ? request.user
        : {
            name: `system:serviceaccount:${account.namespace}:${account.name}`,
            groups: ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`, 'system:authenticated'],
          }
    const { path = '', ...rest } = question
    return judge({ ...rest, user, path, isResource: question.path === undefined })
  }
}

/** The kind of what is sent; what is created through a sub-resource has one of its own (an Eviction, a TokenRequest). */
function kindOf({ operation, subresource }: AdmissionRequest, definition: ResourceDefinition): JsonObject {
  const own = operation === 'CREATE' ? definition.subresources.find(({ name }) => name === subresource) : undefined
  return {
    group: own?.group ?? (own?.kind === undefined ? definition.group : ''),
    version: own?.version ?? definition.version,
    kind: own?.kind ?? definition.kind,
  }
}

/** What AdmissionReview and the variable `request` tell about a request. */
export function requestFacts(input: ExpressionInput): JsonObject {
  const { request, definition } = input
  const requested = request.definition
  const { user } = request
  return {
    kind: kindOf(request, definition),
    resource: { group: definition.group, version: definition.version, resource: definition.plural },
    ...(request.subresource !== '' && { subResource: request.subresource }),
    requestKind: kindOf(request, requested),
    requestResource: { group: requested.group, version: requested.version, resource: requested.plural },
    ...(request.subresource !== '' && { requestSubResource: request.subresource }),
    name: request.name,
    ...(request.namespace !== '' && { namespace: request.namespace }),
    operation: request.operation,
    userInfo: {
      username: user.name,
      ...(user.uid !== undefined && { uid: user.uid }),
      groups: [...user.groups],
      ...(user.extra !== undefined && { extra: user.extra as unknown as JsonObject }),
    },
    dryRun: request.dryRun,
  }
}

function requestValue(input: ExpressionInput): CelValue {
  return celFromSchema(requestFacts(input), REQUEST)
}

/** A named condition, compiled when it is first needed. */
export interface Condition {
  readonly name: string
  readonly expression: string
  readonly compiled: Compiled
}

/** Compiles conditions that have to be true or false. */
export function compileConditions(conditions: readonly JsonObject[], environment: CelEnvironment): Condition[] {
  return conditions.map((condition) => {
    const expression = String(condition.expression ?? '')
    return { name: String(condition.name ?? ''), expression, compiled: environment.compile(expression) }
  })
}

/** Whether all conditions hold; a text says what went wrong. One that is false decides whatever the others do. */
export function conditionsHold(
  conditions: readonly Condition[],
  activation: (name: string) => CelValue | undefined,
): boolean | string {
  const problems: string[] = []
  let budget: number = BUDGET.conditions
  for (const { expression, compiled } of conditions) {
    if (compiled.program === undefined) {
      problems.push(`compilation error: compilation failed: ${compiled.issues}`)
      continue
    }
    const { value, cost } = compiled.program(activation)
    budget -= cost
    if (value === false) return false
    if (value instanceof CelError) problems.push(failureText(expression, value))
    if (budget < 0) return OUT_OF_BUDGET
  }
  const unique = [...new Set(problems)]
  return unique.length === 0 ? true : unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`
}

/** What is said when the expressions of a policy do too much. */
export const OUT_OF_BUDGET =
  'validation failed due to running out of cost budget, no further validation rules will be run'

/** The text of an expression that failed. */
export function failureText(expression: string, error: CelError): string {
  return `expression '${expression}' resulted in error: ${error.message}`
}
