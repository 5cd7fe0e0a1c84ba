const letters = 'a-zA-Z\\u00a0-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\uffef'
const localRunes = `[${letters}\\d!#$%&'*+\\-/=?^_\`{|}~]`
const quotedRun = `(?:(?:[\\x20\\x09]*\\r\\n)?[\\x20\\x09]+)?`
const quotedRunes = `[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x21\\x23-\\x5b\\x5d-\\x7f\\u00a0-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\uffef]`
const local = `(?:${localRunes}+(?:\\.${localRunes}+)*|"(?:${quotedRun}${quotedRunes})*${quotedRun}")`
const label = `(?:[${letters}\\d]|[${letters}\\d][${letters}\\d\\-._~]*[${letters}\\d])`
const topLabel = `(?:[${letters}]|[${letters}][${letters}\\d\\-_~]*[${letters}])`
const emailPattern = new RegExp(`^${local}@(?:${label}\\.)+${topLabel}\\.?$`)

/** Whether a text is an e-mail address, as govalidator judges. */
export function isEmail(text: string): boolean {
  return emailPattern.test(text)
}

const scheme = '(?:(?:ftp|tcp|udp|wss?|https?):\\/\\/)'
const user = '(?:\\S+(?::\\S*)?@)'
const path = '(?:[/?#]\\S*)'
const port = '(?::\\d{1,5})'
const ipv4 =
  '(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3]|24\\d|25[0-5])(?:\\.(?:\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])){2}(?:\\.(?:[0-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5]))'
const ipv6 = '(?:\\[[0-9a-fA-F:.]+(?:%[0-9a-zA-Z]+)?\\])'
const subdomain = '(?:(?:www\\.)|(?:[a-zA-Z0-9]+(?:[-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\\.[a-zA-Z0-9]+))'
const wide = 'a-zA-Z\\u00a1-\\uffff'
const host = `(?:(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-_]+)?[a-zA-Z0-9](?:[-.][a-zA-Z0-9]+)*)|(?:${subdomain}?))?(?:(?:[${wide}0-9]+-?-?)*[${wide}0-9]+)(?:\\.(?:[${wide}]+))?)`
const urlPattern = new RegExp(`^${scheme}?${user}?(?:(?:${ipv4}|${ipv6}|${host}))\\.?${port}?${path}?$`)
const longestUrl = 2083

/** Whether a text is a URL, with or without scheme, as govalidator judges. */
export function isUrl(text: string): boolean {
  const tooLong = Array.from(text).length >= longestUrl
  if (tooLong || Buffer.byteLength(text) <= 3 || text.startsWith('.')) return false
  const full = text.includes(':') && !text.includes('://') ? `http://${text}` : text
  if (/[\0-\x1f\x7f]/.test(full)) return false
  const authority = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(full)?.[1]
  if (authority?.startsWith('.')) return false
  if (authority === undefined || authority === '') {
    const urlPath = full.replace(/^[a-zA-Z][a-zA-Z0-9+.-]*:(\/\/)?/, '').replace(/[?#].*$/s, '')
    if (urlPath !== '' && !urlPath.includes('.')) return false
  }
  return urlPattern.test(text)
}

/** Whether a text is an absolute URL, as Go's `url.ParseRequestURI` with a scheme. */
export function isRequestUrl(text: string): boolean {
  if (/[\0-\x1f\x7f]/.test(text)) return false
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/s.exec(text)
  if (!match) return false
  const rest = (match[2] ?? '').replace(/\?.*$/s, '')
  if (!rest.startsWith('/')) return true
  const authority = /^\/\/([^/]*)/.exec(rest)?.[1] ?? ''
  const name = authority.slice(authority.lastIndexOf('@') + 1)
  if (/[ "<>\\^`{|}]/.test(name)) return false
  const afterHost = name.startsWith('[') ? name.slice(name.lastIndexOf(']') + 1) : name.replace(/^[^:]*/, '')
  if (!/^(:\d*)?$/.test(afterHost.slice(afterHost.lastIndexOf(':') < 0 ? 0 : afterHost.lastIndexOf(':')))) return false
  return !/%(?![0-9a-fA-F]{2})/.test(rest)
}
