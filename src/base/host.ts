import type { KeyObject } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/** Private keys that take long to make: RSA with 2048 bits for certificates, RSA with 4096 bits, DSA. */
export type SlowKeyKind = 'certificate' | 'rsa' | 'dsa'

/** What the outside world gives to code that must not reach for it by itself. */
export interface Host {
  readonly clock: Clock
  readonly random: Random
  /** Gives private keys that take long to make; absent: each is made when it is asked for. */
  readonly slowKey?: (kind: SlowKeyKind) => KeyObject
  /** Environment variables as the process got them; read once, in cli/. */
  readonly env: Readonly<Record<string, string | undefined>>
}
