import { quote } from '../../go/index.ts'
import { chartError } from '../errors.ts'

/** Escapes a token of a JSON pointer. */
export function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Undoes `escapeToken`; undefined when the token is malformed. */
export function unescapeToken(token: string): string | undefined {
  return /~(?![01])/.test(token) ? undefined : token.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** Splits a URL at its first `#`. */
export function splitUrl(url: string): { readonly base: string; readonly fragment: string } {
  const hash = url.indexOf('#')
  return hash < 0 ? { base: url, fragment: '' } : { base: url.slice(0, hash), fragment: url.slice(hash + 1) }
}

/** URL and JSON pointer as one text, the pointer escaped as Go's PathEscape does it. */
export function locationText(url: string, pointer: string): string {
  return `${url}#${pointer.split('/').map(escapeSegment).join('/')}`
}

function escapeSegment(segment: string): string {
  return encodeURIComponent(segment)
    .replace(/%(24|26|2B|3A|3D|40)/g, (escaped) => decodeURIComponent(escaped))
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Decodes percent escapes of a fragment. */
export function decodeFragment(fragment: string, url: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    const bad = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(fragment)?.[0] ?? fragment
    throw chartError('VALUES_SCHEMA', `error in parsing ${quote(url)}: invalid URL escape ${quote(bad)}`)
  }
}

/** A reference resolved against the URL of its resource. */
export function joinUrl(base: string, reference: string): { readonly url: string; readonly fragment: string } {
  const { base: path, fragment } = splitUrl(reference)
  const decoded = decodeFragment(fragment, reference)
  if (path === '') return { url: base, fragment: decoded }
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(path) && !URL.canParse(path)) return { url: path, fragment: decoded }
  if (/^urn:/i.test(path)) return { url: path, fragment: decoded }
  if (!URL.canParse(path, base)) {
    throw chartError('VALUES_SCHEMA', `error in parsing ${quote(path)}: parse ${quote(path)}: invalid URI`)
  }
  return { url: new URL(path, base).href, fragment: decoded }
}
