import { unauthorized } from '../errors.ts'
import type { ServerRequest, User } from '../exchange.ts'

/** A way of telling who sent a request. Undefined: it does not apply; throws 401 when it applies and fails. */
export type AuthMethod = (request: ServerRequest) => User | undefined | Promise<User | undefined>

const AUTHENTICATED = 'system:authenticated'

/** The user that nobody is known as. */
const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** Tries the methods in turn; a request without credentials is anonymous. */
export function authenticator(methods: readonly AuthMethod[]): (request: ServerRequest) => Promise<User> {
  return async (request) => {
    if (request.user !== undefined) return request.user
    for (const method of methods) {
      const user = await method(request)
      if (user !== undefined) return withAuthenticated(user)
    }
    if (request.headers.authorization !== undefined) throw unauthorized()
    return ANONYMOUS
  }
}

/** Everybody who is known is in this group. */
export function withAuthenticated(user: User): User {
  if (user.groups.includes(AUTHENTICATED) || user.name === ANONYMOUS.name) return user
  return { ...user, groups: [...user.groups, AUTHENTICATED] }
}

/** Client certificates: the common name is the user, the organisations are its groups. */
export const certificateMethod: AuthMethod = ({ certificate }) =>
  certificate === undefined ? undefined : { name: certificate.commonName, groups: certificate.organizations }

/** The bearer token of a request. */
export function bearerToken(request: ServerRequest): string | undefined {
  const match = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')
  return match?.[1]
}

/** Tokens known in advance. */
export function staticTokenMethod(tokens: ReadonlyMap<string, User>): AuthMethod {
  return (request) => {
    const token = bearerToken(request)
    return token === undefined ? undefined : tokens.get(token)
  }
}
