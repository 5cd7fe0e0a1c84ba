import { isIP } from 'node:net'
import { type Findings, invalid } from './findings.ts'

/** Checks an IP address; older fields bear leading zeros, which are not looked at. */
export function validateIp(address: string, field: string): Findings {
  if (isIP(address) !== 0 || isIP(address.replace(/\b0+(?=\d)/g, '')) !== 0) return []
  return [invalid(field, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
}

/** Checks a range such as `10.9.8.0/24`. */
export function validateCidr(range: string, field: string): Findings {
  const [address = '', bits = '', ...rest] = range.split('/')
  const family = isIP(address)
  const sound = family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
  return sound ? [] : [invalid(field, range, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
}
