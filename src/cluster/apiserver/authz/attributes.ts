import { forbidden } from '../errors.ts'
import type { User } from '../exchange.ts'
import type { RequestInfo } from '../request-info.ts'

/** What somebody wants to do, as authorisers judge it. */
export interface Attributes {
  readonly user: User
  readonly verb: string
  readonly isResource: boolean
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** For requests that are about no resource. */
  readonly path: string
  /** The field selector of a list, as it was sent. */
  readonly fieldSelector?: string
}

/** An authoriser's answer. `reason` is what access reviews show. */
export interface Decision {
  readonly allowed: boolean
  readonly reason: string
}

/** Judges one action. */
export type AccessJudge = (attributes: Attributes) => Decision

/** The attributes of a request. */
export function attributesOf(user: User, info: RequestInfo): Attributes {
  const { verb, isResource, group, resource, subresource, namespace, name, path } = info
  // What happens to a Namespace object is judged in that namespace.
  const attributes = { user, verb, isResource, group, resource, subresource, namespace, name, path }
  return info.fieldSelector === '' ? attributes : { ...attributes, fieldSelector: info.fieldSelector }
}

/** 403 in Kubernetes' words. */
export function accessDenied(attributes: Attributes, reason: string): Error {
  const { user, verb, group, resource, subresource, namespace, name, path } = attributes
  const tail = reason === '' ? '' : `: ${reason}`
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`
  if (!attributes.isResource) {
    return forbidden({ group: '', resource: '' }, '', `${who} path ${JSON.stringify(path)}${tail}`)
  }
  const what = JSON.stringify(subresource === '' ? resource : `${resource}/${subresource}`)
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return forbidden(
    { group, resource },
    name,
    `${who} resource ${what} in API group ${JSON.stringify(group)} ${where}${tail}`,
  )
}
