import { isIP } from 'node:net'

/** Warnings about addresses and ranges that are accepted, but not written as they should be. As apimachinery's util/validation. */
export function ipWarnings(path: string, address: string): string[] {
  const plain = withoutZeros(address)
  if (plain !== address && isIP(plain) === 4) return [nonStandard(path, 'IP address', address, plain)]
  if (isIP(address) !== 6 || address.includes('%')) return []
  const canonical = canonicalIpv6(address)
  const mapped = mappedIpv4(canonical)
  if (mapped !== undefined) return [nonStandard(path, 'IP address', address, mapped)]
  if (canonical === address) return []
  return [
    `${path}: IPv6 address ${JSON.stringify(address)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`,
  ]
}

/** Warnings about ranges: bits beyond the prefix, and the form of the address. */
export function cidrWarnings(path: string, range: string): string[] {
  const slash = range.lastIndexOf('/')
  const address = range.slice(0, slash)
  const length = Number(range.slice(slash + 1))
  const plain = withoutZeros(address)
  if (slash < 0 || isIP(plain) === 0 || !Number.isInteger(length)) return []
  const quoted = JSON.stringify(range)
  const canonical = isIP(plain) === 6 ? canonicalIpv6(plain) : plain
  const network = maskedAddress(canonical, length)
  const wanted = `${mappedIpv4(network) ?? network}/${length}`
  if (plain !== address || mappedIpv4(canonical) !== undefined) return [nonStandard(path, 'CIDR value', range, wanted)]
  const out: string[] = []
  if (network !== canonical) {
    out.push(
      `${path}: CIDR value ${quoted} is ambiguous in this context (should be ${JSON.stringify(`${network}/${length}`)} or ${JSON.stringify(`${canonical}/${isIP(canonical) === 6 ? 128 : 32}`)}?)`,
    )
  } else if (canonical !== address) {
    out.push(`${path}: IPv6 CIDR value ${quoted} should be in RFC 5952 canonical format (${JSON.stringify(wanted)})`)
  }
  return out
}

function nonStandard(path: string, what: string, value: string, use: string): string {
  return `${path}: non-standard ${what} ${JSON.stringify(value)} is invalid: use ${JSON.stringify(use)}`
}

/** The parts of an IPv4 address without leading zeros. */
function withoutZeros(address: string): string {
  return /^[0-9.]+$/.test(address) ? address.replace(/(^|\.)0+(?=[0-9])/g, '$1') : address
}

function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}

/** The IPv4 address within an IPv4-mapped one. */
function mappedIpv4(address: string): string | undefined {
  const [, high = '', low = ''] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address) ?? []
  if (high === '') return undefined
  const bits = Number.parseInt(high, 16) * 65536 + Number.parseInt(low, 16)
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join('.')
}

function maskedAddress(address: string, length: number): string {
  if (isIP(address) === 4) {
    const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    const kept = Math.floor(bits / 2 ** (32 - length)) * 2 ** (32 - length)
    return [24, 16, 8, 0].map((shift) => Math.floor(kept / 2 ** shift) % 256).join('.')
  }
  const [head = '', tail] = address.split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const front = groups(head)
  const back = tail === undefined ? [] : groups(tail)
  const all = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back]
  const masked = all.map((group, index) => {
    const bits = Math.min(16, Math.max(0, length - index * 16))
    return ((Number.parseInt(group, 16) >> (16 - bits)) << (16 - bits)).toString(16)
  })
  return canonicalIpv6(masked.join(':'))
}
