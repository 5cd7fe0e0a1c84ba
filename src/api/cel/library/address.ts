/** An IP address: 4 or 16 bytes, and the zone of an IPv6 address. */
export interface Address {
  readonly bytes: readonly number[]
  readonly zone: string
}

/** Reads an address; a string says why it is none, in the words of Go's `netip`. */
export function parseAddress(text: string): Address | string {
  const fail = (why: string): string => `ParseAddr(${JSON.stringify(text)}): ${why}`
  const mark = /[.:%]/.exec(text)?.[0]
  if (mark === undefined) return fail('unable to parse IP')
  if (mark === '%') return fail('missing IPv6 address')
  if (mark === '.') {
    const bytes = parseFour(text)
    return typeof bytes === 'string' ? fail(bytes) : { bytes, zone: '' }
  }
  const percent = text.indexOf('%')
  const zone = percent < 0 ? '' : text.slice(percent + 1)
  if (percent >= 0 && zone === '') return fail('zone must be a non-empty string')
  const bytes = parseSix(percent < 0 ? text : text.slice(0, percent))
  return bytes === undefined ? fail('unable to parse IP') : { bytes, zone }
}

function parseFour(text: string): number[] | string {
  if (/[^\d.]/.test(text)) return 'unexpected character'
  const fields = text.split('.')
  if (fields.some((field) => field === '')) return 'IPv4 field must have at least one digit'
  if (fields.some((field) => field.length > 1 && field.startsWith('0'))) return 'IPv4 field has octet with leading zero'
  if (fields.some((field) => Number(field) > 255)) return 'IPv4 field has value >255'
  if (fields.length < 4) return 'IPv4 address too short'
  return fields.length > 4 ? 'IPv4 address too long' : fields.map(Number)
}

function parseSix(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half, index) => groupsOf(half, index === halves.length - 1))
  const [head, tail = []] = groups
  if (head === undefined || groups.includes(undefined)) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1) return missing === 0 ? head : undefined
  return missing >= 2 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : undefined
}

function groupsOf(half: string, isLast: boolean): number[] | undefined {
  if (half === '') return []
  const bytes: number[] = []
  const parts = half.split(':')
  for (const [index, part] of parts.entries()) {
    if (isLast && index === parts.length - 1 && part.includes('.')) {
      const four = parseFour(part)
      if (typeof four === 'string') return undefined
      bytes.push(...four)
      continue
    }
    if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined
    const value = Number.parseInt(part, 16)
    bytes.push(value >> 8, value & 255)
  }
  return bytes
}

/** Whether an IPv6 address only wraps an IPv4 one. */
export function isMapped({ bytes }: Address): boolean {
  return bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
}

/** The canonical text of an address. */
export function addressText({ bytes, zone }: Address): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from(
    { length: 8 },
    (_each, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0),
  )
  const gap = longestZeros(groups)
  const print = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  const text =
    gap.length < 2
      ? print(groups)
      : `${print(groups.slice(0, gap.start))}::${print(groups.slice(gap.start + gap.length))}`
  return zone === '' ? text : `${text}%${zone}`
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (start + length < groups.length && groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}

/** An address with all bits after the first `bits` cleared. */
export function maskAddress(address: Address, bits: number): Address {
  const bytes = address.bytes.map((byte, index) => {
    const kept = Math.max(0, Math.min(8, bits - index * 8))
    return byte & (0xff << (8 - kept)) & 0xff
  })
  return { bytes, zone: address.zone }
}

/** Whether two addresses of one family begin with the same bits. */
export function samePrefix(a: Address, b: Address, bits: number): boolean {
  if (a.bytes.length !== b.bytes.length) return false
  return addressText(maskAddress(a, bits)) === addressText(maskAddress(b, bits))
}
