import type { ServerRequest, User } from '../exchange.ts'
import { withAuthenticated } from './authenticate.ts'

/** Reads the `Impersonate-*` headers. Undefined: the request impersonates nobody. */
export function impersonatedUser(request: ServerRequest): User | undefined {
  const { headers } = request
  const name = headers['impersonate-user']
  if (name === undefined) return undefined
  const groups = headers['impersonate-group']?.split('\n') ?? []
  const extra: Record<string, string[]> = {}
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith('impersonate-extra-') || value === undefined) continue
    extra[decodeURIComponent(header.slice('impersonate-extra-'.length))] = value.split('\n')
  }
  const uid = headers['impersonate-uid']
  const user: User = {
    name,
    groups: groups.length > 0 ? groups : implicitGroups(name),
    ...(uid !== undefined && { uid }),
    ...(Object.keys(extra).length > 0 && { extra }),
  }
  return name === 'system:anonymous' ? { ...user, groups: ['system:unauthenticated'] } : withAuthenticated(user)
}

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/

/** Service accounts are in the groups of all accounts and of those of their namespace. */
function implicitGroups(name: string): string[] {
  const match = SERVICE_ACCOUNT.exec(name)
  if (match === null) return []
  return ['system:serviceaccounts', `system:serviceaccounts:${match[1] ?? ''}`]
}
