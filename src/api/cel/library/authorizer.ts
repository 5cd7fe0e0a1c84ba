import { type Library, method, type Overload } from '../declarations.ts'
import { celError } from '../errors.ts'
import { dnsLabelProblems, dnsSubdomainProblems } from '../../names.ts'
import { BOOL, type CelType, STRING } from '../types.ts'
import type { CelValue } from '../values.ts'
import { Box, type BoxKind, boxKind, unbox } from './opaque.ts'

/** What an expression asks an authoriser. */
export interface AccessQuestion {
  readonly path?: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly verb: string
  /** Asked for this service account instead of the sender of the request. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
}

/** An answer. */
export interface AccessAnswer {
  readonly allowed: boolean
  readonly reason: string
  readonly error?: string
}

/** Judges what expressions ask. */
export type AskAccess = (question: AccessQuestion) => AccessAnswer

interface Check {
  readonly ask: AskAccess
  readonly question: AccessQuestion
}

const kind = <Data>(name: string): BoxKind<Data> =>
  boxKind<Data>(
    `kubernetes.authorization.${name}`,
    (a, b) => a === b,
    () => name,
  )
const AUTHORIZER = kind<Check>('Authorizer')
const PATH_CHECK = kind<Check>('PathCheck')
const GROUP_CHECK = kind<Check>('GroupCheck')
const RESOURCE_CHECK = kind<Check>('ResourceCheck')
const DECISION = kind<AccessAnswer>('Decision')

/** The type of the variable `authorizer`. */
export const AUTHORIZER_TYPE: CelType = AUTHORIZER.type
/** The type of the variable `authorizer.requestResource`. */
export const RESOURCE_CHECK_TYPE: CelType = RESOURCE_CHECK.type

const NOTHING: AccessQuestion = { group: '', resource: '', subresource: '', namespace: '', name: '', verb: '' }

/** The value of `authorizer`. */
export function authorizerValue(ask: AskAccess): CelValue {
  return new Box(AUTHORIZER, { ask, question: NOTHING })
}

/** The value of `authorizer.requestResource`. */
export function resourceCheckValue(ask: AskAccess, about: Omit<AccessQuestion, 'verb'>): CelValue {
  return new Box(RESOURCE_CHECK, { ask, question: { ...about, verb: '' } })
}

function refine(
  id: string,
  from: BoxKind<Check>,
  to: BoxKind<Check>,
  add: (text: string) => Partial<AccessQuestion>,
): Overload[] {
  return [
    method(id, [from.type, STRING], to.type, (value, text) => {
      const check = unbox(value, from)
      return new Box(to, { ...check, question: { ...check.question, ...add(text as string) } })
    }),
  ]
}

function notEmpty(text: string, what: string): string {
  if (text.trim() === '') throw celError(`${what} must not be empty`)
  return text
}

function forServiceAccount(value: CelValue, namespace: CelValue, name: CelValue): CelValue {
  const check = unbox(value, AUTHORIZER)
  if (dnsSubdomainProblems(name as string).length > 0) throw celError('Invalid service account name')
  if (dnsLabelProblems(namespace as string).length > 0) throw celError('Invalid service account namespace')
  const serviceAccount = { namespace: namespace as string, name: name as string }
  return new Box(AUTHORIZER, { ...check, question: { ...check.question, serviceAccount } })
}

const decide = (id: string, from: BoxKind<Check>): Overload =>
  method(id, [from.type, STRING], DECISION.type, (value, verb) => {
    const { ask, question } = unbox(value, from)
    return new Box(DECISION, ask({ ...question, verb: verb as string }))
  })

/** Questions to the authoriser: `authorizer.group('apps').resource('deployments').check('create').allowed()`. */
export const AUTHORIZER_LIBRARY: Library = {
  path: refine('authorizer_path', AUTHORIZER, PATH_CHECK, (text) => ({ path: notEmpty(text, 'path') })),
  group: refine('authorizer_group', AUTHORIZER, GROUP_CHECK, (group) => ({ group })),
  serviceAccount: [
    method('authorizer_serviceaccount', [AUTHORIZER.type, STRING, STRING], AUTHORIZER.type, forServiceAccount),
  ],
  resource: refine('groupcheck_resource', GROUP_CHECK, RESOURCE_CHECK, (text) => ({
    resource: notEmpty(text, 'resource'),
  })),
  subresource: refine('resourcecheck_subresource', RESOURCE_CHECK, RESOURCE_CHECK, (subresource) => ({ subresource })),
  namespace: refine('resourcecheck_namespace', RESOURCE_CHECK, RESOURCE_CHECK, (namespace) => ({ namespace })),
  name: refine('resourcecheck_name', RESOURCE_CHECK, RESOURCE_CHECK, (name) => ({ name })),
  fieldSelector: refine('authorizer_fieldselector', RESOURCE_CHECK, RESOURCE_CHECK, () => ({})),
  labelSelector: refine('authorizer_labelselector', RESOURCE_CHECK, RESOURCE_CHECK, () => ({})),
  check: [decide('pathcheck_check', PATH_CHECK), decide('resourcecheck_check', RESOURCE_CHECK)],
  allowed: [method('decision_allowed', [DECISION.type], BOOL, (value) => unbox(value, DECISION).allowed)],
  reason: [method('decision_reason', [DECISION.type], STRING, (value) => unbox(value, DECISION).reason)],
  errored: [method('decision_errored', [DECISION.type], BOOL, (value) => (unbox(value, DECISION).error ?? '') !== '')],
  error: [method('decision_error', [DECISION.type], STRING, (value) => unbox(value, DECISION).error ?? '')],
}
