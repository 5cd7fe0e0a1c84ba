import type { Clock, Random } from '../base/index.ts'
import type { Getters, RepoHost } from './getters.ts'
import type { RegistryClient } from './oci/client.ts'

/** Where repositories are configured and cached, and how to reach them. */
export interface RepoEnvironment extends RepoHost {
  readonly clock: Clock
  readonly random: Random
  /** Path of repositories.yaml. */
  readonly repositoryConfig: string
  /** Folder of the cached indexes. */
  readonly repositoryCache: string
  /** Folder of downloaded charts, by digest. */
  readonly contentCache: string
  readonly getters: Getters
  /** The client for OCI registries; created on first use. */
  readonly registry: () => Promise<RegistryClient>
  /** The same for one of several tasks: lines of registries go through `say`, and `signal` stops it, too. */
  forTask(say: (print: () => void) => void, signal: AbortSignal): RepoEnvironment
}

/** Whether a reference names something in an OCI registry. */
export function isOci(reference: string): boolean {
  return reference.startsWith('oci://')
}
