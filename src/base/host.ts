import type { KeyObject } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/** What the outside world gives to code that must not reach for it by itself. */
export interface Host {
  readonly clock: Clock
  readonly random: Random
  /** Gives private keys for certificates (RSA); absent: each is made when it is asked for. */
  readonly certificateKey?: () => KeyObject
  /** Environment variables as the process got them; read once, in cli/. */
  readonly env: Readonly<Record<string, string | undefined>>
}
