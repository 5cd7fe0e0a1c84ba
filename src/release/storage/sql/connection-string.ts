import { releaseError } from '../../errors.ts'

/**
 * The parameters of a connection string: a URL (`postgres://user:secret@host:port/database?sslmode=disable`) or
 * `name=value` pairs, whose values may stand in single quotes and may hold characters escaped by backslashes. The last
 * of equal names counts. As lib/pq reads them, in its words.
 */
export function connectionParameters(text: string): Record<string, string> {
  return /^postgres(ql)?:\/\//.test(text) ? fromUrl(text) : fromPairs(text)
}

function fromPairs(text: string): Record<string, string> {
  const given: Record<string, string> = {}
  const chars = [...text]
  let at = 0
  const skipSpaces = (): void => {
    while (at < chars.length && isSpace(chars[at])) at++
  }
  const quoted = (): string => {
    let value = ''
    for (at++; chars[at] !== "'"; at++) {
      if (chars[at] === '\\') at++
      if (at >= chars.length) throw failure('unterminated quoted string literal in connection string')
      value += chars[at]
    }
    at++
    return value
  }
  const bare = (): string => {
    let value = ''
    for (; at < chars.length && !isSpace(chars[at]); at++) {
      if (chars[at] === '\\') at++
      if (at >= chars.length) throw failure('missing character after backslash')
      value += chars[at]
    }
    return value
  }
  for (skipSpaces(); at < chars.length; skipSpaces()) {
    let name = ''
    for (; at < chars.length && !isSpace(chars[at]) && chars[at] !== '='; at++) name += chars[at]
    skipSpaces()
    if (chars[at] !== '=') throw failure(`missing "=" after ${JSON.stringify(name)} in connection info string`)
    at++
    skipSpaces()
    given[name] = chars[at] === "'" ? quoted() : bare()
  }
  return given
}

function isSpace(char: string | undefined): boolean {
  return char !== undefined && /\s/.test(char)
}

/** A URL's parts as parameters; empty ones are left out. Several hosts may stand in it, but only one port. */
function fromUrl(text: string): Record<string, string> {
  const [, userInfo = '', authority = '', path = '', query = ''] =
    /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?/.exec(text) ?? []
  const given: Record<string, string> = {}
  const put = (name: string, value: string): void => {
    if (value !== '') given[name] = value
  }
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part)
    } catch {
      const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(part)?.[0] ?? part
      throw failure(`parse ${JSON.stringify(withoutPassword(text))}: invalid URL escape ${JSON.stringify(wrong)}`)
    }
  }
  const [user = '', ...password] = userInfo.split(':')
  put('user', decode(user))
  put('password', decode(password.join(':')))
  const [, host = authority, port = ''] = /^(.*):([^:\]]*)$/.exec(authority) ?? []
  if (port !== '' && !/^\d+$/.test(port)) {
    throw failure(
      `parse ${JSON.stringify(withoutPassword(text))}: invalid port ${JSON.stringify(`:${port}`)} after host`,
    )
  }
  put('host', decode(host.replace(/^\[(.*)\]$/, '$1')))
  put('port', port)
  put('dbname', decode(path.slice(1)))
  for (const [name, value] of new URLSearchParams(query)) {
    if (given[name] === undefined) put(name, value)
  }
  return given
}

/** Messages must not show secrets; Go's do. */
function withoutPassword(text: string): string {
  return text.replace(/^(\w+:\/\/[^:@/]*):[^@]*@/, '$1:xxxxx@')
}

function failure(message: string): Error {
  return releaseError('STORAGE', message)
}
