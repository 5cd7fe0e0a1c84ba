import type { Clock, Log, Random } from '../base/index.ts'
import type { RepoEnvironment } from './environment.ts'
import { type FetchOptions, type Getter, httpGetters } from './getters.ts'
import type { RegistryClient } from './oci/client.ts'

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
  readonly signal?: AbortSignal | undefined
}

/** Creates the environment; the registry client is loaded when something asks for it. */
export function createRepoEnvironment(options: RepoEnvironmentOptions): RepoEnvironment {
  let client: Promise<RegistryClient> | undefined
  const registry = (): Promise<RegistryClient> => {
    client ??= import('./oci/client.ts').then(({ createRegistryClient }) => createRegistryClient(options))
    return client
  }
  const { log, env, clock, random, repositoryConfig, repositoryCache, contentCache, signal } = options
  const oci: Getter = async (url) => (await registry()).fetchForGetter(url)
  const getters = new Map([...httpGetters({ log, env, signal }), ['oci', oci]])
  return { log, env, signal, clock, random, repositoryConfig, repositoryCache, contentCache, getters, registry }
}
