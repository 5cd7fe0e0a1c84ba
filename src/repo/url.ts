import { posix } from 'node:path'

/** A URL in the parts that Go's net/url gives it. */
export interface UrlParts {
  readonly scheme: string
  readonly user: string | undefined
  readonly host: string
  readonly path: string
  readonly query: string | undefined
  readonly fragment: string | undefined
  /** `//` stands before the host, which may be empty. */
  readonly hasAuthority: boolean
}

/** Splits text as Go's url.Parse does (a text without `//` has no host); undefined when it is not a URL. */
export function parseUrl(text: string): UrlParts | undefined {
  if (/[\x00-\x1f\x7f]/.test(text) || text.startsWith(':')) return undefined
  const hash = text.indexOf('#')
  const fragment = hash < 0 ? undefined : text.slice(hash + 1)
  const beforeFragment = hash < 0 ? text : text.slice(0, hash)
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(beforeFragment)?.[1] ?? ''
  let rest = scheme === '' ? beforeFragment : beforeFragment.slice(scheme.length + 1)
  if (scheme === '' && /^[^/?]*:/.test(rest)) return undefined
  const question = rest.indexOf('?')
  const query = question < 0 ? undefined : rest.slice(question + 1)
  if (question >= 0) rest = rest.slice(0, question)
  let user: string | undefined
  let host = ''
  let path = rest
  if (rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2)
    const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash)
    path = slash < 0 ? '' : rest.slice(slash)
    const at = authority.lastIndexOf('@')
    user = at < 0 ? undefined : authority.slice(0, at)
    host = authority.slice(at + 1)
    if (/[ ]/.test(host) || !/^(\[.*\]|[^:]*)(:[0-9]*)?$/.test(host)) return undefined
  }
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined
  const hasAuthority = rest.startsWith('//')
  return { scheme: scheme.toLowerCase(), user, host, path: escapedPath(path), query, fragment, hasAuthority }
}

/** Why a text is no URL, as Go says it: `parse ":": missing protocol scheme`; undefined when it is one. */
export function urlProblem(text: string): string | undefined {
  if (parseUrl(text) !== undefined) return undefined
  return `parse ${JSON.stringify(text)}: ${reasonOf(text)}`
}

function reasonOf(text: string): string {
  if (/[\x00-\x1f\x7f]/.test(text)) return 'net/url: invalid control character in URL'
  if (text.startsWith(':')) return 'missing protocol scheme'
  const broken = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text)?.[0]
  if (broken !== undefined) return `invalid URL escape ${JSON.stringify(broken)}`
  const host = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(text)?.[1]
  if (host === undefined) return 'first path segment in URL cannot contain colon'
  if (host.startsWith('[') && !host.includes(']')) return "missing ']' in host"
  if (host.includes(' ')) return 'invalid character " " in host name'
  return `invalid port ${JSON.stringify(host.slice(host.indexOf(':')))} after host`
}

/** The path as Go prints it: as it came where that is valid, else with everything escaped that Go escapes. */
function escapedPath(path: string): string {
  if (/^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:@/[\]]|%[0-9a-fA-F]{2})*$/.test(path)) return path
  return encodeURIComponent(unescapedPath(path))
    .replace(/%(24|26|2B|2C|2F|3A|3B|3D|40)/g, (code) => decodeURIComponent(code))
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function unescapedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Puts the parts together again. */
export function printUrl(url: UrlParts): string {
  const isBare = url.host === '' && url.scheme !== 'file' && !(url.hasAuthority && url.path !== '')
  const authority = isBare ? '' : `//${url.user === undefined ? '' : `${url.user}@`}${url.host}`
  const slash = url.host !== '' && url.path !== '' && !url.path.startsWith('/') ? '/' : ''
  const tail = `${url.query === undefined ? '' : `?${url.query}`}${url.fragment === undefined ? '' : `#${url.fragment}`}`
  return `${url.scheme === '' ? '' : `${url.scheme}:`}${authority}${slash}${url.path}${tail}`
}

/** Whether two addresses mean the same place: paths are cleaned, an empty path is `/`. As Helm's `urlutil.Equal`. */
export function sameUrl(a: string, b: string): boolean {
  const left = parseUrl(a)
  const right = parseUrl(b)
  if (left === undefined) return cleanPath(a) === cleanPath(b)
  if (right === undefined) return false
  const normal = (url: UrlParts): string => printUrl({ ...url, path: cleanPath(url.path === '' ? '/' : url.path) })
  return normal(left) === normal(right)
}

/** Whether two addresses have the same scheme and host. */
export function sameOrigin(a: string, b: string): boolean {
  const left = parseUrl(a)
  const right = parseUrl(b)
  return left !== undefined && right !== undefined && left.scheme === right.scheme && left.host === right.host
}

/** The address `reference` means below `base`, keeping the query of `base`. Absolute references stay. */
export function resolveReference(base: string, reference: string): string | undefined {
  const wanted = parseUrl(reference)
  if (wanted === undefined) return undefined
  if (wanted.scheme !== '') return reference
  const from = parseUrl(base)
  if (from === undefined) return undefined
  const folder = `${from.path.replace(/\/$/, '')}/`
  if (wanted.host !== '') return printUrl({ ...wanted, scheme: from.scheme, query: from.query })
  const joined = wanted.path.startsWith('/') ? wanted.path : folder + wanted.path
  return printUrl({ ...from, path: removeDots(joined), query: from.query, fragment: wanted.fragment })
}

/** Joins path elements to a base URL. As Helm's `urlutil.URLJoin`. */
export function joinUrl(base: string, ...elements: readonly string[]): string {
  const url = parseUrl(base)
  if (url === undefined) return posix.join(base, ...elements)
  const parts = [url.path, ...elements].filter((part) => part !== '')
  return printUrl({ ...url, path: parts.length === 0 ? '' : cleanPath(parts.join('/')) })
}

function cleanPath(path: string): string {
  if (path === '') return '.'
  const normal = posix.normalize(path)
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal
}

function removeDots(path: string): string {
  const out: string[] = []
  const segments = path.split('/')
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '.') {
      if (isLast) out.push('')
    } else if (segment === '..') {
      if (out.length > 1) out.pop()
      if (isLast) out.push('')
    } else out.push(segment)
  }
  return out.join('/')
}
