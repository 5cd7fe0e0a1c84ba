import { BlockList, isIP } from 'node:net'
import { type Findings, invalid } from './findings.ts'

/** Checks an IP address; older fields bear leading zeros, which are not looked at. */
export function validateIp(address: string, field: string): Findings {
  if (isIP(address) !== 0 || isIP(withoutZeros(address)) !== 0) return []
  return [invalid(field, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
}

/**
 * Checks an IP address that no earlier object excuses: leading zeros and IPv4 in IPv6 are refused, as some software reads
 * them as other addresses. As IsValidIPForLegacyField with StrictIPCIDRValidation, on since Kubernetes 1.36.
 */
export function validateStrictIp(address: string, field: string): Findings {
  const out = validateIp(address, field)
  if (out.length > 0) return out
  if (isIP(address) === 0) return [invalid(field, address, 'must not have leading 0s')]
  const isMapped = isIP(address) === 6 && MAPPED.check(address, 'ipv6')
  return isMapped ? [invalid(field, address, 'must not be an IPv4-mapped IPv6 address')] : []
}

const MAPPED = mappedRange()

/** The IPv6 addresses that stand for IPv4 ones. */
function mappedRange(): BlockList {
  const block = new BlockList()
  block.addSubnet('::ffff:0:0', 96, 'ipv6')
  return block
}

const withoutZeros = (address: string): string => address.replace(/\b0+(?=\d)/g, '')

interface Range {
  readonly address: string
  readonly family: 'ipv4' | 'ipv6'
  readonly bits: number
}

/** A range as its parts; undefined when it is none. */
function parseRange(text: string): Range | undefined {
  const [given = '', bits = '', ...rest] = text.split('/')
  const address = isIP(given) !== 0 ? given : withoutZeros(given)
  const version = isIP(address)
  const length = Number(bits)
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || length > (version === 4 ? 32 : 128))
    return undefined
  return { address, family: version === 4 ? 'ipv4' : 'ipv6', bits: length }
}

/** Checks a range such as `10.9.8.0/24`; leading zeros are borne as in addresses. */
export function validateCidr(range: string, field: string): Findings {
  if (parseRange(range) !== undefined) return []
  return [invalid(field, range, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
}

/** Whether a range lies within another one and is smaller; undefined when one of them is no range. */
export function isStrictSubset(range: string, of: string): boolean | undefined {
  const [inner, outer] = [parseRange(range), parseRange(of)]
  if (inner === undefined || outer === undefined) return undefined
  if (inner.family !== outer.family || outer.bits >= inner.bits) return false
  const block = new BlockList()
  block.addSubnet(outer.address, outer.bits, outer.family)
  return block.check(inner.address, inner.family)
}
