import { getServers } from 'node:dns'
import { isIP } from 'node:net'
import { KubeClientError } from '../errors.ts'
import type { ApiRequest } from '../transport.ts'

interface NodeFailure {
  readonly code?: string
  readonly message?: string
  readonly address?: string
  readonly port?: number
  readonly hostname?: string
  readonly syscall?: string
  readonly errors?: readonly NodeFailure[]
  /** The name that a certificate was checked for. */
  readonly host?: string
  /** The connection that failed was that to a proxy. */
  readonly viaProxy?: boolean
}

/** Words of the operating system for error numbers, as Go prints them. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  EPIPE: 'broken pipe',
  ETIMEDOUT: 'connection timed out',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'cannot assign requested address',
}

/** Words of crypto/x509 for the verification errors of OpenSSL. */
const TLS_WORDS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'x509: certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'x509: certificate signed by unknown authority',
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
}

/** The error of a request that got no answer, in the words of Go's net/http: `Get "URL": dial tcp …`. */
export function connectionFailure(request: ApiRequest, url: string, error: unknown): KubeClientError {
  const why = error instanceof KubeClientError ? error.message : reason(error as NodeFailure, url)
  const text = `${requestWords(request, url)}: ${why}`
  return new KubeClientError('UNREACHABLE', text, { url }, error)
}

/** A connection's failure alone, in Go's words: `dial tcp ADDRESS: connect: …`; `url` names what was to be reached. */
export function dialFailure(error: unknown, url: string): string {
  return plainReason(error as NodeFailure, url)
}

/** `Get "URL"`: how Go's url.Error names a request. */
export function requestWords(request: ApiRequest, url: string): string {
  return `${request.method.charAt(0)}${request.method.slice(1).toLowerCase()} "${url}"`
}

/** True when the connection was cut before an answer came: of one that was idle before, it is likely that the request was not read. */
export function wasCut(error: unknown): boolean {
  const code = (error as NodeFailure | undefined)?.code
  return code === 'ECONNRESET' || code === 'EPIPE'
}

function reason(error: NodeFailure, url: string): string {
  return `${error.viaProxy === true ? 'proxyconnect tcp: ' : ''}${plainReason(error, url)}`
}

function plainReason(error: NodeFailure, url: string): string {
  const single = pick(error)
  const code = single.code ?? ''
  const tls = TLS_WORDS[code]
  if (tls !== undefined) return `tls: failed to verify certificate: ${tls}`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `tls: failed to verify certificate: ${hostMismatch(single, url)}`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return lookupFailure(single, code)
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return 'http: server gave HTTP response to HTTPS client'
  if (code === 'HPE_INVALID_CONSTANT') return 'net/http: HTTP/1.x transport connection broken: malformed HTTP response'
  const words = SYSTEM_WORDS[code]
  if (words !== undefined && single.syscall === 'connect') {
    return `dial tcp ${hostAndPort(single, url)}: connect: ${words}`
  }
  if (code === 'ECONNRESET' && (single.message ?? '').includes('socket hang up')) return 'EOF'
  if (words !== undefined)
    return `${single.syscall === 'write' ? 'write' : 'read'} tcp ${hostAndPort(single, url)}: ${words}`
  return single.message ?? 'unknown failure'
}

/** Of several addresses that were tried, Go reports the first of IPv4. */
function pick(error: NodeFailure): NodeFailure {
  const list = error.errors ?? []
  return list.find((item) => item.address?.includes('.') === true) ?? list[0] ?? error
}

function hostAndPort(error: NodeFailure, url: string): string {
  const { hostname, port, protocol } = new URL(url)
  const address = error.address ?? hostname
  const fallback = protocol === 'https:' ? '443' : '80'
  const number = error.port === undefined ? (port === '' ? fallback : port) : String(error.port)
  return address.includes(':') && !address.startsWith('[') ? `[${address}]:${number}` : `${address}:${number}`
}

function lookupFailure(error: NodeFailure, code: string): string {
  const words = code === 'ENOTFOUND' ? 'no such host' : 'server misbehaving'
  const resolver = getServers()[0]
  const via =
    resolver === undefined
      ? ''
      : ` on ${resolver.includes(':') && !resolver.includes('[') ? `[${resolver}]:53` : resolver.includes(']:') ? resolver : `${resolver}:53`}`
  return `dial tcp: lookup ${error.hostname ?? ''}${via}: ${words}`
}

/** Go lists the addresses of a certificate for an address, its names for a name. */
function hostMismatch(error: NodeFailure, url: string): string {
  const wanted = error.host ?? new URL(url).hostname
  const names = /altnames:?\s*(.*)$/i.exec(error.message ?? '')?.[1] ?? ''
  const sort = isIP(wanted) === 0 ? /DNS:([^,\s]+)/g : /IP Address:([^,\s]+)/g
  const valid = [...names.matchAll(sort)].map((match) => match[1])
  if (valid.length > 0) return `x509: certificate is valid for ${valid.join(', ')}, not ${wanted}`
  return isIP(wanted) === 0
    ? `x509: certificate is not valid for any names, but wanted to match ${wanted}`
    : `x509: cannot validate certificate for ${wanted} because it doesn't contain any IP SANs`
}
