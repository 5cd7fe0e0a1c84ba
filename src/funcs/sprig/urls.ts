import { type GoValue, goKind } from '../../go/index.ts'
import { FunctionError, nilDereference, panicError } from '../errors.ts'
import { DICT, fn, type FunctionTable } from '../signature.ts'
import { isNil, mapOf } from '../values.ts'
import { emptyUrl, type GoUrl, hostnameOf, parseUrl, printUrl, printUser } from './go-url.ts'

function parse(text: string, failure: string): GoUrl {
  try {
    return parseUrl(text)
  } catch (error) {
    if (error instanceof FunctionError) throw panicError(`${failure}: ${error.message}`)
    throw error
  }
}

function urlParse(text: string): GoValue {
  const url = parse(text, 'unable to parse url')
  return new Map<GoValue, GoValue>([
    ['scheme', url.scheme],
    ['host', url.host],
    ['hostname', hostnameOf(url)],
    ['path', url.path],
    ['query', url.query],
    ['opaque', url.opaque],
    ['fragment', url.fragment],
    ['userinfo', url.user === undefined ? '' : printUser(url.user)],
  ])
}

function urlJoin(parts: GoValue): string {
  const map = mapOf(parts)
  const part = (key: string): string => {
    if (!map.has(key)) return ''
    const value = map.get(key)
    if (isNil(value)) throw nilDereference()
    if (typeof value === 'string') return value
    throw panicError(`unable to parse ${key} key, must be of type string, but ${goKind(value)} found`)
  }
  const url = emptyUrl()
  url.scheme = part('scheme')
  url.host = part('host')
  url.path = part('path')
  url.query = part('query')
  url.opaque = part('opaque')
  url.fragment = part('fragment')
  const user = part('userinfo')
  if (user !== '') url.user = parse(`proto://${user}@host`, 'unable to parse userinfo in dict').user
  return printUrl(url)
}

/** URLs as maps of their parts. */
export const urlFunctions: FunctionTable = {
  urlJoin: fn(DICT, 'string', urlJoin),
  urlParse: fn('string', DICT, urlParse),
}
