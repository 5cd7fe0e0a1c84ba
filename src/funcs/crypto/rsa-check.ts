import { argumentError } from '../errors.ts'

/** The numbers of an RSA key; the last three are absent in keys that leave them to be computed. */
export interface RsaNumbers {
  readonly n: bigint
  readonly e: bigint
  readonly d: bigint
  readonly p: bigint
  readonly q: bigint
  readonly dp: bigint
  readonly dq: bigint
  readonly qInverse: bigint
}

const fail = (text: string): Error => argumentError(`crypto/rsa: ${text}`)

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length)

/** Throws an argument error with the text of Go's `crypto/rsa` for a key whose numbers do not belong together. */
export function checkRsaNumbers({ n, e, d, p, q, dp, dq, qInverse }: RsaNumbers): void {
  // Numbers that must be below their modulus are refused before anything else is looked at.
  for (const modulus of [n, p, q]) if (modulus <= 1n) throw argumentError('modulus must be > 1')
  if (d >= n || qInverse >= p) throw argumentError('input overflows the modulus')
  if (n % 2n === 0n) throw fail('public modulus is even')
  if (e < 2n) throw fail('public exponent too small or negative')
  if (e % 2n === 0n) throw fail('public exponent is even')
  if (e > 0x7fff_ffffn) throw fail('public exponent too large')
  if (p >= n || q >= n) throw fail('invalid prime')
  if ((p * q) % n !== 0n) throw fail('p * q != n')
  for (const [exponent, prime] of [
    [dp, p],
    [dq, q],
  ] as const) {
    if (exponent >= prime - 1n || (e * exponent) % (prime - 1n) !== 1n) throw fail('invalid CRT exponent')
  }
  if ((q * qInverse) % p !== 1n) throw fail('invalid CRT coefficient')
  if (d % (p - 1n) !== dp) throw fail('d does not match dP')
  if (d % (q - 1n) !== dq) throw fail('d does not match dQ')
  const difference = p > q ? p - q : q - p
  if (bitLength(difference) <= Math.floor(bitLength(n) / 2) - 100) throw fail('|p - q| too small')
  if (bitLength(d) <= Math.floor(bitLength(n) / 2)) throw fail('d too small')
}
