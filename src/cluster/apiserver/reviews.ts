import { apiVersionOf, type KubeObject } from '../../api/index.ts'
import { accessDenied, type Attributes, type Decision } from './authz/attributes.ts'
import { grantsOf } from './authz/rbac.ts'
import type { PolicyRule } from './authz/rules.ts'
import { ISSUER } from './authn/service-account-token.ts'
import { withAuthenticated } from './authn/authenticate.ts'
import { isObject } from './clone.ts'
import { type Scope, timestamp } from './context.ts'
import { decodeObject } from './decode.ts'
import { ApiError, badRequest, invalid, methodNotAllowed } from './errors.ts'
import type { ServerResponse, User } from './exchange.ts'
import { trackUpdate } from './field-manager.ts'
import { managerOf, writeOptions } from './options.ts'
import { objectResponse } from './respond.ts'
import { accessReviewProblems } from './review-rules.ts'

type Review = (scope: Scope, object: KubeObject) => Record<string, unknown>

const REVIEWS: Readonly<Record<string, Review>> = {
  selfsubjectaccessreviews: (scope, object) => decisionOf(scope, object, scope.user),
  subjectaccessreviews: (scope, object) => decisionOf(scope, object, namedUser(object)),
  localsubjectaccessreviews: (scope, object) => decisionOf(scope, object, namedUser(object)),
  selfsubjectrulesreviews: reviewRules,
  selfsubjectreviews: (scope) => ({ userInfo: describeUser(scope.user) }),
  tokenreviews: reviewToken,
}

const GROUPS: ReadonlySet<string> = new Set(['authorization.k8s.io', 'authentication.k8s.io'])

/** Serves the review kinds, which are answered and never stored. Undefined for every other resource. */
export function serveReview(scope: Scope): ServerResponse | undefined {
  const { definition, info, request } = scope
  if (!GROUPS.has(definition.group)) return undefined
  const review = REVIEWS[definition.plural]
  if (review === undefined) return undefined
  if (request.method !== 'POST' || info.name !== '') throw methodNotAllowed()
  const options = writeOptions(request.query, 'CreateOptions')
  const object = decodeObject(scope, definition, options)
  const manager = managerOf(options, request.headers['user-agent'])
  const { status: _ignored, ...asked } = object
  const tracked = trackUpdate(scope, undefined, asked as KubeObject, manager)
  const created = definition.plural === 'selfsubjectreviews' ? { creationTimestamp: timestamp(scope.server.clock) } : {}
  checkAccessReview(scope, object, tracked)
  const status = review(scope, object)
  const answer: KubeObject = {
    kind: definition.kind,
    apiVersion: apiVersionOf(definition),
    metadata: { ...tracked.metadata, ...created },
    ...(object.spec !== undefined && { spec: object.spec }),
    status,
  }
  return objectResponse(scope, 201, { object: answer })
}

interface ReviewSpec {
  readonly user?: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
  readonly resourceAttributes?: Readonly<Record<string, string | undefined>>
  readonly nonResourceAttributes?: Readonly<Record<string, string | undefined>>
}

function specOf(object: KubeObject): ReviewSpec {
  return (isObject(object.spec) ? object.spec : {}) as ReviewSpec
}

function namedUser(object: KubeObject): User {
  const { user = '', uid, groups = [], extra } = specOf(object)
  return { name: user, groups, ...(uid !== undefined && { uid }), ...(extra !== undefined && { extra }) }
}

function attributesIn(spec: ReviewSpec, user: User): Attributes {
  const resource = spec.resourceAttributes
  const other = spec.nonResourceAttributes
  return {
    user,
    isResource: resource !== undefined,
    verb: resource?.verb ?? other?.verb ?? '',
    group: resource?.group ?? '',
    resource: resource?.resource ?? '',
    subresource: resource?.subresource ?? '',
    namespace: resource?.namespace ?? '',
    name: resource?.name ?? '',
    path: other?.path ?? '',
  }
}

function decisionOf(scope: Scope, object: KubeObject, user: User): Record<string, unknown> {
  return printDecision(scope.server.judge(attributesIn(specOf(object), user)))
}

/** Refuses a review of access that is not well asked. `tracked` is it as it would be stored. */
function checkAccessReview(scope: Scope, object: KubeObject, tracked: KubeObject): void {
  const { definition, info } = scope
  if (!definition.plural.endsWith('subjectaccessreviews')) return
  const errors = accessReviewProblems({ ...object, kind: definition.kind }, tracked.metadata, info.namespace)
  if (errors.length > 0) throw invalid({ group: definition.group, kind: '' }, '', errors)
}

function printDecision(decision: Decision): Record<string, unknown> {
  return { allowed: decision.allowed, ...(decision.reason !== '' && { reason: decision.reason }) }
}

/** Everything that the sender may do in a namespace. */
function reviewRules(scope: Scope, object: KubeObject): Record<string, unknown> {
  const namespace = (object.spec as { namespace?: string } | undefined)?.namespace ?? ''
  if (namespace === '') throw badRequest('no namespace on request')
  const { grants, errors } = grantsOf(scope.server.store, scope.user, namespace)
  const rules: readonly PolicyRule[] = grants.flatMap((grant) => grant.rules)
  return {
    resourceRules: rules
      .filter((rule) => (rule.nonResourceURLs ?? []).length === 0)
      .map(({ verbs = [], apiGroups = [], resources = [], resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames !== undefined && { resourceNames }),
      })),
    nonResourceRules: rules
      .filter((rule) => (rule.nonResourceURLs ?? []).length > 0)
      .map(({ verbs = [], nonResourceURLs = [] }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
    ...(errors.length > 0 && { evaluationError: errors.join(', ') }),
  }
}

function describeUser(user: User): Record<string, unknown> {
  return {
    username: user.name,
    ...(user.uid !== undefined && { uid: user.uid }),
    groups: user.groups,
    ...(user.extra !== undefined && { extra: user.extra }),
  }
}

function reviewToken(scope: Scope, object: KubeObject): Record<string, unknown> {
  const spec = (isObject(object.spec) ? object.spec : {}) as { token?: string; audiences?: readonly string[] }
  if ((spec.token ?? '') === '') throw badRequest('token is required for TokenReview in authentication')
  const audiences = spec.audiences ?? [ISSUER]
  const refused = { user: {}, error: 'invalid bearer token' }
  try {
    const user = scope.server.authenticateToken(spec.token ?? '', audiences)
    return user === undefined
      ? refused
      : { authenticated: true, user: describeUser(withAuthenticated(user)), audiences }
  } catch (error) {
    if (error instanceof ApiError) return refused
    throw error
  }
}

/** Checks that `user` may impersonate; throws 403. */
export function checkImpersonation(judge: Scope['server']['judge'], sender: User, target: User): void {
  const check = (group: string, resource: string, name: string, subresource = ''): void => {
    const service = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
    const isAccount = resource === 'users' && service !== null
    const attributes: Attributes = {
      user: sender,
      verb: 'impersonate',
      isResource: true,
      group,
      resource: isAccount ? 'serviceaccounts' : resource,
      subresource,
      namespace: isAccount ? (service[1] ?? '') : '',
      name: isAccount ? (service[2] ?? '') : name,
      path: '',
    }
    const decision = judge(attributes)
    if (!decision.allowed) throw accessDenied(attributes, decision.reason)
  }
  check('', 'users', target.name)
  for (const group of target.groups) {
    const implied =
      group === 'system:authenticated' ||
      group === 'system:unauthenticated' ||
      group.startsWith('system:serviceaccounts')
    if (!implied) check('', 'groups', group)
  }
  if (target.uid !== undefined) check('authentication.k8s.io', 'uids', target.uid)
  for (const [key, values] of Object.entries(target.extra ?? {})) {
    for (const value of values) check('authentication.k8s.io', 'userextras', value, key)
  }
}
