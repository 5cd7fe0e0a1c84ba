import { randomBytes, randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'

/** Randomness as a dependency, so that tests can seed it. */
export interface Random {
  /** `size` random bytes. */
  bytes(size: number): Uint8Array
  /** A random (version 4) UUID. */
  uuid(): string
}

/** Cryptographic randomness of the machine. */
export const systemRandom: Random = {
  bytes: (size) => (size <= POOL_BYTES ? fromPool(size) : undefined) ?? randomBytes(size),
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

const POOL_BYTES = 1024
let pool = Buffer.alloc(0)

/**
 * Bytes of the system's own source, each given once. Loading Node's crypto module for a few of them takes longer than most
 * commands do all in all. Undefined where the system has no such file.
 */
function fromPool(size: number): Uint8Array | undefined {
  if (pool.length < size) {
    try {
      const file = openSync('/dev/urandom', 'r')
      try {
        const fresh = Buffer.alloc(POOL_BYTES)
        if (readSync(file, fresh) < POOL_BYTES) return undefined
        pool = fresh
      } finally {
        closeSync(file)
      }
    } catch {
      return undefined
    }
  }
  const bytes = Uint8Array.prototype.slice.call(pool, 0, size)
  pool.fill(0, 0, size)
  pool = pool.subarray(size)
  return bytes
}
