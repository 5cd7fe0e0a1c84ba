import { type Library, method, type Overload, plain } from '../declarations.ts'
import { CelError, celError } from '../errors.ts'
import { BOOL, INT, listOf, mapOf, STRING } from '../types.ts'
import { CelList, type CelValue, PlainMap } from '../values.ts'
import { type Address, addressText, isMapped, maskAddress, parseAddress, samePrefix } from './address.ts'
import { Box, boxKind, unbox } from './opaque.ts'

interface Network {
  readonly address: Address
  readonly bits: number
}

const IP = boxKind<Address>(
  'net.IP',
  (a, b) => addressText(a) === addressText(b),
  addressText,
  (address) => address.bytes.length,
)
const networkText = ({ address, bits }: Network): string => `${addressText(address)}/${bits}`
const CIDR = boxKind<Network>(
  'net.CIDR',
  (a, b) => networkText(a) === networkText(b),
  networkText,
  (network) => network.address.bytes.length,
)
const URL_KIND = boxKind<UrlParts>(
  'kubernetes.URL',
  (a, b) => a.text === b.text,
  (parts) => parts.text,
)

function parseIp(text: string): Address {
  const shown = JSON.stringify(text)
  const parsed = parseAddress(text)
  if (typeof parsed === 'string')
    throw celError(`IP Address ${shown} parse error during conversion from string: ${parsed}`)
  if (parsed.zone !== '') throw celError(`IP address ${shown} with zone value is not allowed`)
  if (isMapped(parsed)) throw celError(`IPv4-mapped IPv6 address ${shown} is not allowed`)
  return parsed
}

function parseCidr(text: string): Network {
  const prefix = 'network address parse error during conversion from string: '
  const fail = (why: string): CelError =>
    celError(`${prefix}${prefix}netip.ParsePrefix(${JSON.stringify(text)}): ${why}`)
  const slash = text.lastIndexOf('/')
  if (slash < 0) throw fail("no '/'")
  const address = parseAddress(text.slice(0, slash))
  if (typeof address === 'string') throw fail(address)
  if (address.zone !== '') throw fail('IPv6 zones cannot be present in a prefix')
  const digits = text.slice(slash + 1)
  if (!/^(0|[1-9]\d{0,2})$/.test(digits)) throw fail(`bad bits after slash: ${JSON.stringify(digits)}`)
  const bits = Number(digits)
  if (bits > address.bytes.length * 8) throw fail('prefix length out of range')
  if (isMapped(address)) throw celError(`${prefix}IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`)
  return { address, bits }
}

function succeeds(parse: (text: string) => unknown): NonNullable<Overload['run']> {
  return (value) => {
    try {
      parse(value as string)
      return true
    } catch (error) {
      if (error instanceof CelError) return false
      throw error
    }
  }
}

const ip = (value: CelValue): Address => unbox(value, IP)
const cidr = (value: CelValue): Network => unbox(value, CIDR)
const contains = (network: Network, address: Address): boolean => samePrefix(network.address, address, network.bits)
const containsNetwork = (outer: Network, inner: Network): boolean =>
  outer.bits <= inner.bits && contains(outer, inner.address)

type Check = (address: Address) => boolean
const isAll = (bytes: readonly number[], value: number): boolean => bytes.every((byte) => byte === value)
const is4 = ({ bytes }: Address): boolean => bytes.length === 4
const first = ({ bytes }: Address, at = 0): number => bytes[at] ?? 0

const isUnspecified: Check = ({ bytes }) => isAll(bytes, 0)
const isLoopback: Check = (address) =>
  is4(address) ? first(address) === 127 : isAll(address.bytes.slice(0, 15), 0) && first(address, 15) === 1
const isLinkLocalMulticast: Check = (address) =>
  is4(address)
    ? first(address) === 224 && first(address, 1) === 0 && first(address, 2) === 0
    : first(address) === 0xff && (first(address, 1) & 0x0f) === 2
const isLinkLocalUnicast: Check = (address) =>
  is4(address)
    ? first(address) === 169 && first(address, 1) === 254
    : first(address) === 0xfe && (first(address, 1) & 0xc0) === 0x80
const isMulticast: Check = (address) => (is4(address) ? (first(address) & 0xf0) === 0xe0 : first(address) === 0xff)
const isGlobalUnicast: Check = (address) =>
  !(is4(address) && isAll(address.bytes, 255)) &&
  !isUnspecified(address) &&
  !isLoopback(address) &&
  !isMulticast(address) &&
  !isLinkLocalUnicast(address)

const check = (id: string, test: Check): Overload[] => [method(id, [IP.type], BOOL, (value) => test(ip(value)))]

/** Addresses and networks. */
export const ADDRESSES: Library = {
  ip: [
    plain('string_to_ip', [STRING], IP.type, (value) => new Box(IP, parseIp(value as string))),
    method('cidr_ip', [CIDR.type], IP.type, (value) => new Box(IP, cidr(value).address)),
  ],
  family: [method('ip_family', [IP.type], INT, (value) => (is4(ip(value)) ? 4n : 6n))],
  'ip.isCanonical': [
    plain('ip_is_canonical', [STRING], BOOL, (value) => addressText(parseIp(value as string)) === value),
  ],
  isUnspecified: check('ip_is_unspecified', isUnspecified),
  isLoopback: check('ip_is_loopback', isLoopback),
  isLinkLocalMulticast: check('ip_is_link_local_multicast', isLinkLocalMulticast),
  isLinkLocalUnicast: check('ip_is_link_local_unicast', isLinkLocalUnicast),
  isGlobalUnicast: check('ip_is_global_unicast', isGlobalUnicast),
  isIP: [plain('is_ip', [STRING], BOOL, succeeds(parseIp))],
  string: [
    plain('ip_to_string', [IP.type], STRING, (value) => addressText(ip(value))),
    plain('cidr_to_string', [CIDR.type], STRING, (value) => networkText(cidr(value))),
  ],
  cidr: [plain('string_to_cidr', [STRING], CIDR.type, (value) => new Box(CIDR, parseCidr(value as string)))],
  containsIP: [
    method('cidr_contains_ip_string', [CIDR.type, STRING], BOOL, (net, text) =>
      contains(cidr(net), parseIp(text as string)),
    ),
    method('cidr_contains_ip_ip', [CIDR.type, IP.type], BOOL, (net, other) => contains(cidr(net), ip(other))),
  ],
  containsCIDR: [
    method('cidr_contains_cidr_string', [CIDR.type, STRING], BOOL, (net, text) =>
      containsNetwork(cidr(net), parseCidr(text as string)),
    ),
    method('cidr_contains_cidr', [CIDR.type, CIDR.type], BOOL, (net, other) => containsNetwork(cidr(net), cidr(other))),
  ],
  prefixLength: [method('cidr_prefix_length', [CIDR.type], INT, (value) => BigInt(cidr(value).bits))],
  masked: [
    method('cidr_masked', [CIDR.type], CIDR.type, (value) => {
      const { address, bits } = cidr(value)
      return new Box(CIDR, { address: maskAddress(address, bits), bits })
    }),
  ],
  isCIDR: [plain('is_cidr', [STRING], BOOL, succeeds(parseCidr))],
}

interface UrlParts {
  readonly text: string
  readonly scheme: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  readonly path: string
  readonly query: string
}

/** Splits an absolute URL or path, as Go's `url.ParseRequestURI`. Throws CelError with Go's text. */
function parseUrl(text: string): UrlParts {
  const fail = (why: string): CelError =>
    celError(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: ${why}`)
  if (text === '') throw fail('empty url')
  if (/[\u0000-\u001f\u007f]/.test(text)) throw fail('net/url: invalid control character in URL')
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? ''
  const rest = scheme === '' ? text : text.slice(scheme.length + 1)
  if (scheme === '' && text.startsWith(':')) throw fail('missing protocol scheme')
  if (!rest.startsWith('/') && scheme === '') throw fail('invalid URI for request')
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(rest)?.[0]
  if (bad !== undefined) throw fail(`invalid URL escape ${JSON.stringify(bad)}`)
  const [, authority = '', path = '', query = ''] = /^(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(rest) ?? []
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  if (/ /.test(host)) throw fail('invalid character " " in host name')
  const [, hostname = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(host) ?? []
  if (port !== undefined && !/^\d*$/.test(port)) throw fail(`invalid port ${JSON.stringify(`:${port}`)} after host`)
  return {
    text,
    scheme: scheme.toLowerCase(),
    host,
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port ?? '',
    path: path.replaceAll(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]]/g, (each) => encodeURIComponent(each)),
    query,
  }
}

function queryMap(query: string): PlainMap {
  const values = new Map<string, string[]>()
  for (const [key, value] of new URLSearchParams(query)) values.set(key, [...(values.get(key) ?? []), value])
  const map = new PlainMap()
  for (const [key, all] of values) map.insert(key, new CelList(all))
  return map
}

const part = (id: string, read: (parts: UrlParts) => string): Overload[] => [
  method(id, [URL_KIND.type], STRING, (value) => read(unbox(value, URL_KIND))),
]

/** URLs. */
export const URLS: Library = {
  url: [plain('string_to_url', [STRING], URL_KIND.type, (value) => new Box(URL_KIND, parseUrl(value as string)))],
  isURL: [plain('is_url_string', [STRING], BOOL, succeeds(parseUrl))],
  getScheme: part('url_get_scheme', (parts) => parts.scheme),
  getHost: part('url_get_host', (parts) => parts.host),
  getHostname: part('url_get_hostname', (parts) => parts.hostname),
  getPort: part('url_get_port', (parts) => parts.port),
  getEscapedPath: part('url_get_escaped_path', (parts) => parts.path),
  getQuery: [
    method('url_get_query', [URL_KIND.type], mapOf(STRING, listOf(STRING)), (value) =>
      queryMap(unbox(value, URL_KIND).query),
    ),
  ],
}
