import { BlockList, isIP } from 'node:net'

/** A proxy to send a request through; `protocol` is without the colon (`http`, `https`, `socks5`, `socks5h`). */
export interface Proxy {
  readonly protocol: string
  readonly host: string
  readonly port: number
  readonly auth?: { readonly username: string; readonly password: string }
}

/**
 * The proxy for `url` by HTTP_PROXY, HTTPS_PROXY and NO_PROXY (upper case first). As Go's httpproxy: requests to
 * localhost and loopback addresses go straight, NO_PROXY lists hosts, domains (with or without a leading dot),
 * addresses, networks and `*`, each with an optional port.
 */
export function proxyFor(url: URL, env: Readonly<Record<string, string | undefined>>): Proxy | undefined {
  const secure = url.protocol === 'https:'
  const text = secure ? variable(env, 'HTTPS_PROXY') : variable(env, 'HTTP_PROXY')
  if (text === '') return undefined
  if (!secure && (env.REQUEST_METHOD ?? '') !== '') {
    // A CGI program has HTTP_PROXY from the client's "Proxy" header.
    throw new Error('refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy')
  }
  if (isExempt(url, variable(env, 'NO_PROXY'))) return undefined
  const proxy = parseAddress(text) ?? parseAddress(`http://${text}`)
  if (proxy === undefined) return undefined
  const port = Number(proxy.port || (usualPorts[proxy.protocol] ?? 80))
  const base = { protocol: proxy.protocol.slice(0, -1), host: proxy.hostname.replace(/^\[|\]$/g, ''), port }
  if (proxy.username === '') return base
  return {
    ...base,
    auth: { username: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) },
  }
}

const usualPorts: Readonly<Record<string, number>> = { 'https:': 443, 'socks5:': 1080, 'socks5h:': 1080 }

function parseAddress(text: string): URL | undefined {
  if (!text.includes('://')) return undefined
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function variable(env: Readonly<Record<string, string | undefined>>, name: string): string {
  return env[name] || env[name.toLowerCase()] || ''
}

function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  if (host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.')) || host === '::1') return true
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matches(entry, host, port))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return inNetwork(entry, host)
  const withPort = /^(.*?)(?::([0-9]+))?$/.exec(entry)
  const name = isIP(entry) === 6 ? entry : (withPort?.[1] ?? entry)
  const wantedPort = isIP(entry) === 6 ? undefined : withPort?.[2]
  if (wantedPort !== undefined && wantedPort !== port) return false
  const bare = name.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return bare === host
  if (bare.startsWith('*.')) return host.endsWith(bare.slice(1))
  if (bare.startsWith('.')) return host.endsWith(bare)
  return host === bare || host.endsWith(`.${bare}`)
}

function inNetwork(network: string, host: string): boolean {
  const [base = '', size = ''] = network.split('/')
  const kind = isIP(base)
  if (kind === 0 || isIP(host) !== kind || !/^[0-9]+$/.test(size) || Number(size) > (kind === 4 ? 32 : 128))
    return false
  const family = kind === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(base, Number(size), family)
  return list.check(host, family)
}
