import type { Clock, Log, Random } from '../base/index.ts'
import type { FetchOptions, Getters, Transfers } from './getters.ts'

/** What a RepoEnvironment is made from. */
export interface RepoEnvironmentOptions {
  readonly log: Log
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: Random
  readonly repositoryConfig: string
  readonly repositoryCache: string
  readonly contentCache: string
  /** File with the logins to registries. */
  readonly registryConfig: string
  readonly home: string
  readonly debug: boolean
  /** Login, certificates and plain HTTP for registries. */
  readonly login: FetchOptions
  /** Lines that a registry operation prints as output. */
  readonly print: (line: string) => void
  /** Lines for standard error. */
  readonly notice: (line: string) => void
  /** Downloads by further schemes, asked for when one is first needed; those of the built-in ones are not replaced. */
  readonly getters?: () => Getters
  /** Hears how downloads come along. */
  readonly transfers?: Transfers | undefined
  readonly signal?: AbortSignal | undefined
}
