import { isIPv4, isIPv6 } from 'node:net'
import { fromBytes, quote, toBytes } from '../../go/index.ts'
import { argumentError, FunctionError } from '../errors.ts'

/** Parts of a URL that are escaped in their own way. */
type Part = 'path' | 'host' | 'zone' | 'user' | 'fragment'

const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'
const HOST = `${UNRESERVED}!"$&'()*+,:;<=>[]`

/** Characters that stand for themselves in each part. */
const ALLOWED: Readonly<Record<Part, ReadonlySet<string>>> = {
  path: new Set(`${UNRESERVED}$&+,/:;=@`),
  host: new Set(HOST),
  zone: new Set(HOST),
  user: new Set(`${UNRESERVED}$&+,;=`),
  fragment: new Set(`${UNRESERVED}!$&()*+,/:;=?@`),
}

/** User name and, if there was a colon, password. */
interface UserInfo {
  readonly name: string
  readonly password: string | undefined
}

/** A parsed URL as Go's net/url: path and fragment are decoded, the `raw` forms kept where they differ. */
export interface GoUrl {
  scheme: string
  opaque: string
  user: UserInfo | undefined
  host: string
  path: string
  rawPath: string
  query: string
  forceQuery: boolean
  omitHost: boolean
  fragment: string
  rawFragment: string
}

/** A URL without any part. */
export function emptyUrl(): GoUrl {
  return {
    scheme: '',
    opaque: '',
    user: undefined,
    host: '',
    path: '',
    rawPath: '',
    query: '',
    forceQuery: false,
    omitHost: false,
    fragment: '',
    rawFragment: '',
  }
}

/** Reads a URL as `url.Parse`; errors carry its text. */
export function parseUrl(text: string): GoUrl {
  const hash = text.indexOf('#')
  const main = hash < 0 ? text : text.slice(0, hash)
  const fragment = hash < 0 ? '' : text.slice(hash + 1)
  const url = named(main, () => parseMain(main))
  if (fragment === '') return url
  return named(text, () => {
    url.fragment = unescapePart(fragment, 'fragment')
    url.rawFragment = escapePart(url.fragment, 'fragment') === fragment ? '' : fragment
    return url
  })
}

/** The URL as text, as `URL.String`. */
export function printUrl(url: GoUrl): string {
  let out = url.scheme === '' ? '' : `${url.scheme}:`
  if (url.opaque !== '') {
    out += url.opaque
  } else {
    out += printAuthority(url)
    const path = escapedPath(url)
    if (path !== '' && !path.startsWith('/') && url.host !== '') out += '/'
    if (out === '' && cut(path, '/').before.includes(':')) out += './'
    out += path
  }
  if (url.forceQuery || url.query !== '') out += `?${url.query}`
  if (url.fragment !== '') out += `#${escapedFragment(url)}`
  return out
}

/** The host without port and brackets. */
export function hostnameOf(url: GoUrl): string {
  const colon = url.host.lastIndexOf(':')
  const host = colon >= 0 && isOptionalPort(url.host.slice(colon)) ? url.host.slice(0, colon) : url.host
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}

/** User name and password as they stand in a URL. */
export function printUser(user: UserInfo): string {
  const password = user.password === undefined ? '' : `:${escapePart(user.password, 'user')}`
  return escapePart(user.name, 'user') + password
}

function named<T>(text: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error
    throw argumentError(`parse ${quote(text)}: ${error.message}`)
  }
}

function cut(text: string, separator: string): { before: string; after: string } {
  const at = text.indexOf(separator)
  return at < 0 ? { before: text, after: '' } : { before: text.slice(0, at), after: text.slice(at + separator.length) }
}

function parseMain(text: string): GoUrl {
  if (/[\0-\x1f\x7f]/.test(text)) throw argumentError('net/url: invalid control character in URL')
  const url = emptyUrl()
  if (text === '*') {
    url.path = '*'
    return url
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]
  if (text.startsWith(':')) throw argumentError('missing protocol scheme')
  url.scheme = (scheme ?? '').toLowerCase()
  let rest = scheme === undefined ? text : text.slice(scheme.length + 1)
  if (rest.endsWith('?') && rest.indexOf('?') === rest.length - 1) {
    url.forceQuery = true
    rest = rest.slice(0, -1)
  } else {
    const parts = cut(rest, '?')
    rest = parts.before
    url.query = parts.after
  }
  if (!rest.startsWith('/')) {
    if (url.scheme !== '') {
      url.opaque = rest
      return url
    }
    if (cut(rest, '/').before.includes(':')) {
      throw argumentError('first path segment in URL cannot contain colon')
    }
  }
  rest = takeAuthority(url, rest)
  url.path = unescapePart(rest, 'path')
  url.rawPath = escapePart(url.path, 'path') === rest ? '' : rest
  return url
}

/** Reads `//user@host` when it is there and returns what follows. */
function takeAuthority(url: GoUrl, rest: string): string {
  if (!rest.startsWith('//') || (url.scheme === '' && rest.startsWith('///'))) {
    url.omitHost = url.scheme !== '' && rest.startsWith('/')
    return rest
  }
  const slash = rest.indexOf('/', 2)
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash)
  const at = authority.lastIndexOf('@')
  url.host = parseHost(url.scheme, authority.slice(at + 1))
  if (at >= 0) url.user = parseUserInfo(authority.slice(0, at))
  return slash < 0 ? '' : rest.slice(slash)
}

function parseUserInfo(text: string): UserInfo {
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text)) throw argumentError('net/url: invalid userinfo')
  const { before, after } = cut(text, ':')
  const name = unescapePart(before, 'user')
  return { name, password: text.includes(':') ? unescapePart(after, 'user') : undefined }
}

const isOptionalPort = (text: string): boolean => /^(?::[0-9]*)?$/.test(text)

function checkPort(port: string): void {
  if (!isOptionalPort(port)) throw argumentError(`invalid port ${quote(port)} after host`)
}

function parseHost(scheme: string, host: string): string {
  const bracket = host.lastIndexOf('[')
  if (bracket > 0) throw argumentError('invalid IP-literal')
  if (bracket === 0) return parseIpLiteral(host)
  const first = host.indexOf(':')
  if (first >= 0) {
    const strict = scheme === 'http' || scheme === 'https'
    checkPort(host.slice(strict ? first : host.lastIndexOf(':')))
  }
  return unescapePart(host, 'host')
}

function parseIpLiteral(host: string): string {
  const close = host.lastIndexOf(']')
  if (close < 0) throw argumentError("missing ']' in host")
  const port = host.slice(close + 1)
  checkPort(port)
  const name = host.slice(1, close)
  const zone = name.indexOf('%25')
  const decoded =
    zone < 0
      ? unescapePart(name, 'host')
      : unescapePart(name.slice(0, zone), 'host') + unescapePart(name.slice(zone), 'zone')
  if (isIPv4(decoded)) throw argumentError('invalid IP-literal')
  if (!isIPv6(decoded)) throw argumentError(`invalid host: ParseAddr(${quote(decoded)}): unable to parse IP`)
  return `[${decoded}]${unescapePart(port, 'host')}`
}

function printAuthority(url: GoUrl): string {
  if (url.scheme === '' && url.host === '' && url.user === undefined) return ''
  if (url.omitHost && url.host === '' && url.user === undefined) return ''
  const slashes = url.host !== '' || url.path !== '' || url.user !== undefined ? '//' : ''
  const user = url.user === undefined ? '' : `${printUser(url.user)}@`
  return slashes + user + escapePart(url.host, 'host')
}

/** Whether the raw form is a valid way to write the decoded one. */
function isValidRaw(raw: string, decoded: string, part: Part): boolean {
  if (raw === '') return false
  for (const char of raw) if (!ALLOWED[part].has(char) && !"!$&'()*+,;=:@[]%".includes(char)) return false
  try {
    return unescapePart(raw, part) === decoded
  } catch {
    return false
  }
}

function escapedPath(url: GoUrl): string {
  if (isValidRaw(url.rawPath, url.path, 'path')) return url.rawPath
  return url.path === '*' ? '*' : escapePart(url.path, 'path')
}

function escapedFragment(url: GoUrl): string {
  if (isValidRaw(url.rawFragment, url.fragment, 'fragment')) return url.rawFragment
  return escapePart(url.fragment, 'fragment')
}

function escapePart(text: string, part: Part): string {
  const allowed = ALLOWED[part]
  let out = ''
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte)
    if (byte < 0x80 && allowed.has(char)) out += char
    else out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return out
}

const badEscape = (text: string): FunctionError => argumentError(`invalid URL escape ${quote(text)}`)

function unescapePart(text: string, part: Part): string {
  const inHost = part === 'host' || part === 'zone'
  const bytes = Buffer.from(toBytes(text))
  const out: number[] = []
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    const char = String.fromCharCode(byte)
    if (char !== '%') {
      if (inHost && byte < 0x80 && !ALLOWED.host.has(char)) {
        throw argumentError(`invalid character ${quote(char)} in host name`)
      }
      out.push(byte)
      continue
    }
    const triple = fromBytes(bytes.subarray(i, i + 3))
    if (!/^%[0-9a-fA-F]{2}$/.test(triple)) throw badEscape(triple)
    const value = Number.parseInt(triple.slice(1), 16)
    if (part === 'host' && value < 0x80 && triple !== '%25') throw badEscape(triple)
    const zoneOk = triple === '%25' || value === 0x20 || (value < 0x80 && ALLOWED.host.has(String.fromCharCode(value)))
    if (part === 'zone' && !zoneOk) throw badEscape(triple)
    out.push(value)
    i += 2
  }
  return fromBytes(Uint8Array.from(out))
}
