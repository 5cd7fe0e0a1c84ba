/** A value of ASN.1 DER: its tag, what it holds, and both with the length before it. */
export interface DerValue {
  readonly tag: number
  readonly content: Buffer
  readonly whole: Buffer
}

/** Data that is no DER. */
export class DerError extends Error {}

/** Reads the values that follow one another in `data`. Throws DerError. */
export function readDer(data: Buffer): DerValue[] {
  const values: DerValue[] = []
  let at = 0
  while (at < data.length) {
    const tag = data[at] ?? 0
    const first = data[at + 1]
    if (first === undefined) throw new DerError('truncated value')
    const count = first < 0x80 ? 0 : first & 0x7f
    if (first === 0x80 || count > 4) throw new DerError('bad length')
    const length = count === 0 ? first : data.readUIntBE(at + 2, count)
    const start = at + 2 + count
    if (start + length > data.length) throw new DerError('truncated value')
    values.push({ tag, content: data.subarray(start, start + length), whole: data.subarray(at, start + length) })
    at = start + length
  }
  return values
}

/** An OBJECT IDENTIFIER in dotted form. */
export function readOid(content: Buffer): string {
  const first = content[0] ?? 0
  const arcs = [Math.min(2, Math.floor(first / 40)), first - 40 * Math.min(2, Math.floor(first / 40))]
  let arc = 0
  for (const byte of content.subarray(1)) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    }
  }
  return arcs.join('.')
}
