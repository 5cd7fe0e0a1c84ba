import { getServers } from 'node:dns'
import { isIP, isIPv6 } from 'node:net'
import { ChartctlError } from '../base/index.ts'

/** What can go wrong with a request. */
export type NetErrorCode =
  | 'CONNECTION'
  | 'TIMEOUT'
  | 'TLS'
  | 'REDIRECTS'
  | 'TOO_LARGE'
  | 'BAD_URL'
  | 'ABORTED'
  | 'TLS_FILE'

/** No usable HTTP answer could be had. Texts are worded as Go's net/http words them. */
export class NetError extends ChartctlError<NetErrorCode> {}

/** What failed, as `Get "url": reason`. */
export function requestFailed(
  code: NetErrorCode,
  method: string,
  url: string,
  reason: string,
  cause?: unknown,
): NetError {
  const verb = method.charAt(0).toUpperCase() + method.slice(1).toLowerCase()
  return new NetError(code, `${verb} "${url}": ${reason}`, { url }, cause)
}

/** What Go says of a server that speaks HTTP where TLS was expected. */
export const plainAnswer = 'http: server gave HTTP response to HTTPS client'

/** Turns what Node's sockets report into Go's words. */
export function describeSocketFailure(
  error: unknown,
  url: string,
): { readonly code: NetErrorCode; readonly reason: string } {
  const failure = innermost(error)
  const target = new URL(url)
  const port = failure.port ?? (target.port || (target.protocol === 'https:' ? 443 : 80))
  const host = failure.address ?? target.hostname
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  switch (failure.code) {
    case 'ECONNREFUSED':
      return { code: 'CONNECTION', reason: `dial tcp ${address}: connect: connection refused` }
    case 'EHOSTUNREACH':
      return { code: 'CONNECTION', reason: `dial tcp ${address}: connect: no route to host` }
    case 'ENETUNREACH':
      return { code: 'CONNECTION', reason: `dial tcp ${address}: connect: network is unreachable` }
    case 'ENOTFOUND':
      return { code: 'CONNECTION', reason: `dial tcp: ${lookupOf(target.hostname)}: no such host` }
    case 'EAI_AGAIN':
      return { code: 'CONNECTION', reason: `dial tcp: ${lookupOf(target.hostname)}: server misbehaving` }
    case 'ETIMEDOUT':
      return { code: 'TIMEOUT', reason: `dial tcp ${address}: i/o timeout` }
    case 'ECONNRESET':
      return failure.message?.includes('socket hang up') === true
        ? { code: 'CONNECTION', reason: 'EOF' }
        : { code: 'CONNECTION', reason: `read tcp ${address}: read: connection reset by peer` }
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return { code: 'TLS', reason: wrongProtocol(failure.message ?? '') }
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return { code: 'TLS', reason: 'tls: failed to verify certificate: x509: certificate signed by unknown authority' }
    case 'CERT_HAS_EXPIRED':
      return {
        code: 'TLS',
        reason: 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
      }
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        code: 'TLS',
        reason: `tls: failed to verify certificate: x509: ${wrongNames(failure, target.hostname)}`,
      }
    case 'HPE_INVALID_CONSTANT':
    case 'HPE_INVALID_STATUS':
    case 'HPE_INVALID_VERSION':
    case 'HPE_INVALID_CONTENT_LENGTH':
      return { code: 'CONNECTION', reason: brokenAnswer(failure) }
    default:
      if (/SSL alert number/.test(failure.message ?? ''))
        return { code: 'TLS', reason: `remote error: tls: ${alertOf(failure.message ?? '')}` }
      return { code: 'CONNECTION', reason: failure.message ?? String(error) }
  }
}

/** Go's own resolver, which Helm's Linux builds have, names the server that it asked; elsewhere the system is asked. */
function lookupOf(name: string): string {
  if (process.platform !== 'linux') return `lookup ${name}`
  const [server = '127.0.0.1'] = getServers()
  const address = isIPv6(server) ? `[${server}]` : server
  return `lookup ${name} on ${/:\d+$/.test(server) && !isIPv6(server) ? server : `${address}:53`}`
}

/** What is wrong with an answer that is none of HTTP, as Go's http.ReadResponse says it. */
function brokenAnswer({ code, message = '', rawPacket }: SocketFailure): string {
  const text = Buffer.from(rawPacket ?? []).toString('latin1')
  const [line = ''] = text.split(/\r?\n/)
  const [protocol = '', status] = line.split(/ (.*)/s)
  const number = (status ?? '').trimStart().split(' ')[0] ?? ''
  const length = /^content-length:[ \t]*(.*?)[ \t]*\r?$/im.exec(text)?.[1]
  let reason = message
  if (code === 'HPE_INVALID_CONTENT_LENGTH' && length !== undefined)
    reason = `bad Content-Length ${JSON.stringify(length)}`
  else if (status === undefined) reason = `malformed HTTP response ${JSON.stringify(line)}`
  else if (!/^[0-9]{3}$/.test(number)) reason = `malformed HTTP status code ${JSON.stringify(number)}`
  else if (!/^HTTP\/[0-9]\.[0-9]$/.test(protocol)) reason = `malformed HTTP version ${JSON.stringify(protocol)}`
  return `net/http: HTTP/1.x transport connection broken: ${reason}`
}

interface SocketFailure {
  /** What a server sent that is no answer. */
  readonly rawPacket?: Uint8Array
  readonly code?: string
  readonly message?: string
  readonly address?: string
  readonly port?: number
  readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } }
}

/** What a certificate is for, as Go's x509.HostnameError says it. */
function wrongNames({ cert }: SocketFailure, hostname: string): string {
  const host = hostname.replace(/^\[|\]$/g, '')
  const names = (cert?.subjectaltname ?? '').split(', ').filter((name) => name !== '')
  const of = (kind: string): string =>
    names.flatMap((name) => (name.startsWith(kind) ? [name.slice(kind.length)] : [])).join(', ')
  if (isIP(host) !== 0) {
    const addresses = of('IP Address:')
    if (addresses === '') return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`
    return `certificate is valid for ${addresses}, not ${host}`
  }
  if (names.length === 0 && cert?.subject?.CN === host)
    return 'certificate relies on legacy Common Name field, use SANs instead'
  const valid = of('DNS:')
  if (valid === '') return `certificate is not valid for any names, but wanted to match ${host}`
  return `certificate is valid for ${valid}, not ${host}`
}

/** Go's name of the alert that OpenSSL names in its message. */
function alertOf(message: string): string {
  const name = /alert ([a-z ]+):/.exec(message)?.[1] ?? 'unknown'
  return alertNames[name] ?? name
}

const alertNames: Readonly<Record<string, string>> = {
  'certificate expired': 'expired certificate',
  'certificate revoked': 'revoked certificate',
  'certificate unknown': 'unknown certificate',
  'protocol version': 'protocol version not supported',
  'unknown ca': 'unknown certificate authority',
}

/** The socket's own error below wrappers and the several attempts of one connection. */
function innermost(error: unknown): SocketFailure {
  let current = error as { cause?: unknown; errors?: readonly unknown[]; code?: string; address?: string }
  for (let depth = 0; depth < 8; depth++) {
    const next = current.errors?.[0] ?? (current.address === undefined ? current.cause : undefined)
    if (typeof next !== 'object' || next === null) break
    current = next as typeof current
  }
  return current as SocketFailure
}

function wrongProtocol(message: string): string {
  if (/wrong version number|packet length too long|http request/i.test(message)) {
    return plainAnswer
  }
  return `remote error: tls: ${message}`
}
