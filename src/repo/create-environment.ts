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
  const { log, env, clock, random, repositoryConfig, repositoryCache, contentCache, transfers, signal } = options
  const oci: Getter = async (url) => (await registry()).fetchForGetter(url)
  let plugged: Getters | undefined
  const further = (): Getters => {
    plugged ??= options.getters?.() ?? new Map()
    return plugged
  }
  let getters: Getters | undefined
  return {
    log,
    env,
    transfers,
    signal,
    clock,
    random,
    repositoryConfig,
    repositoryCache,
    contentCache,
    get getters() {
      getters ??= new Map([...further(), ...httpGetters({ log, env, transfers, signal }), ['oci', oci]])
      return getters
    },
    registry,
    forTask: (say, stop) =>
      createRepoEnvironment({
        ...options,
        getters: further,
        print: (line) => say(() => options.print(line)),
        signal: signal === undefined ? stop : AbortSignal.any([signal, stop]),
      }),
  }
}
