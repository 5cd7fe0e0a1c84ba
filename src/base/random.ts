import { randomBytes, randomUUID } from 'node:crypto'

/** Randomness as a dependency, so that tests can seed it. */
export interface Random {
  /** `size` random bytes. */
  bytes(size: number): Uint8Array
  /** A random (version 4) UUID. */
  uuid(): string
}

/** Cryptographic randomness of the machine. */
export const systemRandom: Random = {
  bytes: (size) => randomBytes(size),
  uuid: () => randomUUID(),
}

/** A uniform integer in [0, limit), `limit` at most 2^32. */
export function randomInt(random: Random, limit: number): number {
  const ceiling = Math.floor(0x1_0000_0000 / limit) * limit
  for (;;) {
    const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4)
    const value = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
    if (value < ceiling) return value % limit
  }
}
