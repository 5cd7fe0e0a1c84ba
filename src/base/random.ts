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
export const systemRandom: Random = createSystemRandom()

function createSystemRandom(): Random {
  const fromPool = pooledBytes(1024)
  return { bytes: (size) => fromPool(size) ?? randomBytes(size), uuid: () => randomUUID() }
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

/**
 * Gives bytes of the system's own source, each once; it is read `poolSize` bytes at a time. Loading Node's crypto module for
 * a few of them takes longer than most commands do all in all. Undefined for more bytes than that, and where the system has
 * no such file.
 */
function pooledBytes(poolSize: number): (size: number) => Uint8Array | undefined {
  let pool = Buffer.alloc(0)
  return (size) => {
    if (size > poolSize) return undefined
    if (pool.length < size) {
      const fresh = readRandomDevice(poolSize)
      if (fresh === undefined) return undefined
      pool = fresh
    }
    const bytes = Uint8Array.prototype.slice.call(pool, 0, size)
    pool.fill(0, 0, size)
    pool = pool.subarray(size)
    return bytes
  }
}

function readRandomDevice(size: number): Buffer<ArrayBuffer> | undefined {
  try {
    const file = openSync('/dev/urandom', 'r')
    try {
      const bytes = Buffer.alloc(size)
      return readSync(file, bytes) < size ? undefined : bytes
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}
