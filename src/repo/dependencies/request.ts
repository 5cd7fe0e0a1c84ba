import type { VerifyMode } from '../download.ts'
import type { FetchOptions } from '../getters.ts'
import type { PrintLine } from './repositories.ts'

/** One run of `dependency update` or `dependency build`. */
export interface DependencyRequest {
  readonly chartFolder: string
  readonly skipRefresh: boolean
  readonly verify: VerifyMode
  readonly keyring: string
  readonly fetch: FetchOptions
  readonly print: PrintLine
  readonly debug: boolean
}
