import type { RepoEnvironment } from './environment.ts'
import type { RepoEnvironmentOptions } from './environment-options.ts'
import { type Getter, type Getters, httpGetters } from './getters.ts'
import type { RegistryClient } from './oci/client.ts'

/** Creates the environment; the registry client is loaded when something asks for it. */
export function createRepoEnvironment(options: RepoEnvironmentOptions): RepoEnvironment {
  let client: Promise<RegistryClient> | undefined
  const registry = (): Promise<RegistryClient> => {
    client ??= import('./oci/client.ts').then(({ createRegistryClient }) => createRegistryClient(options))
    return client
  }
  const { log, env, clock, random, repositoryConfig, repositoryCache, contentCache, signal } = options
  const oci: Getter = async (url) => (await registry()).fetchForGetter(url)
  let getters: Getters | undefined
  return {
    log,
    env,
    signal,
    clock,
    random,
    repositoryConfig,
    repositoryCache,
    contentCache,
    get getters() {
      getters ??= new Map([...(options.getters?.() ?? []), ...httpGetters({ log, env, signal }), ['oci', oci]])
      return getters
    },
    registry,
  }
}
