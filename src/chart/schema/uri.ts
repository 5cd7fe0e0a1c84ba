import { quote } from '../../go/index.ts'

/** Parts of a URI that the formats look at. */
export interface Uri {
  readonly scheme: string
  readonly host: string
  readonly rawPath: string
}

/** Splits a URI, or says in the words of Go's net/url why it is none. */
export function parseUri(text: string): Uri | { readonly problem: string } {
  const fail = (reason: string): { problem: string } => ({ problem: `parse ${quote(text)}: ${reason}` })
  if (/[\0-\x1f\x7f]/.test(text)) return fail('net/url: invalid control character in URL')
  const hash = text.indexOf('#')
  const body = hash < 0 ? text : text.slice(0, hash)
  if (body.startsWith(':')) return fail('missing protocol scheme')
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(body)?.[1] ?? ''
  let rest = scheme === '' ? body : body.slice(scheme.length + 1)
  rest = rest.replace(/\?.*$/s, '')
  if (scheme === '' && !rest.startsWith('/') && (rest.split('/', 1)[0] ?? '').includes(':')) {
    return fail('first path segment in URL cannot contain colon')
  }
  const authority = /^\/\/([^/]*)/.exec(rest)
  const host = authority?.[1] ?? ''
  const hostProblem = authority ? checkHost(host) : undefined
  if (hostProblem !== undefined) return fail(hostProblem)
  const rawPath = authority ? rest.slice(authority[0].length) : rest
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(rawPath)?.[0]
  if (badEscape !== undefined && !(scheme !== '' && !rest.startsWith('/'))) {
    return fail(`invalid URL escape ${quote(badEscape)}`)
  }
  return { scheme, host: host.slice(host.lastIndexOf('@') + 1), rawPath }
}

function checkHost(authority: string): string | undefined {
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']')
    if (close < 0) return "missing ']' in host"
    const port = host.slice(close + 1)
    return /^(:\d*)?$/.test(port) ? undefined : `invalid port ${quote(port)} after host`
  }
  const colon = host.lastIndexOf(':')
  if (colon >= 0 && !/^:\d*$/.test(host.slice(colon))) return `invalid port ${quote(host.slice(colon))} after host`
  const bad = /[ "<>\\^`{|}]/.exec(host)?.[0]
  return bad === undefined ? undefined : `invalid character ${quote(bad)} in host name`
}
