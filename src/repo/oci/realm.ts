import { BlockList, isIP } from 'node:net'
import { repoError } from '../errors.ts'
import { parseUrl } from '../url.ts'

/**
 * Throws unless a registry at `registryUrl` may send logins to the token server `realm`: by HTTP only when it is asked by HTTP itself,
 * and to an address inside a network only when that is its own. As oras' auth.validateRealm; an empty realm fails when it is asked.
 */
export function checkRealm(realm: string, registryUrl: string): void {
  if (realm === '') return
  const url = parseUrl(realm)
  if (url === undefined) {
    const why = realm.startsWith(':') ? 'missing protocol scheme' : 'invalid URL'
    throw repoError('CREDENTIALS', `failed to parse bearer realm "${realm}": parse "${realm}": ${why}`)
  }
  const registry = new URL(registryUrl)
  if (url.scheme === 'http') {
    if (registry.protocol === 'https:') {
      throw repoError('CREDENTIALS', `bearer realm "${realm}" uses http but registry was contacted over https`)
    }
  } else if (url.scheme !== 'https') {
    throw repoError('CREDENTIALS', `bearer realm "${realm}" uses unsupported scheme "${url.scheme}"`)
  }
  const host = hostOf(url.host)
  const kind = isIP(host)
  if (kind === 0 || host === hostOf(registry.host)) return
  if (inside().check(host, kind === 4 ? 'ipv4' : 'ipv6')) {
    const text = `bearer realm host "${host}" is a loopback, link-local, private, or unspecified address`
    throw repoError('CREDENTIALS', text)
  }
}

/** A host without port and brackets. */
function hostOf(authority: string): string {
  return /^\[(.*)\](?::\d*)?$/.exec(authority)?.[1] ?? authority.replace(/:\d*$/, '')
}

const networks = [
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 24],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['0.0.0.0', 32],
  ['::1', 128],
  ['fe80::', 10],
  ['ff02::', 16],
  ['fc00::', 7],
  ['::', 128],
] as const

/** Addresses that mean something only inside a machine or a network. */
function inside(): BlockList {
  const list = new BlockList()
  for (const [network, bits] of networks) list.addSubnet(network, bits, network.includes(':') ? 'ipv6' : 'ipv4')
  return list
}
