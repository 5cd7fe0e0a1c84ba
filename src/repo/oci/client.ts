import type { FetchOptions } from '../getters.ts'
import { repoError } from '../errors.ts'

/** A client for OCI registries, for charts. */
export interface RegistryClient {
  /** The URL with tag and the digest of a chart reference. */
  resolveChart(reference: string, version: string): Promise<{ readonly url: string; readonly digest: string }>
  /** Tags of a repository that are versions, newest first. */
  tags(repository: string): Promise<readonly string[]>
  /** Downloads what a URL names: a chart, or its provenance when the URL ends in .prov. */
  fetchForGetter(url: string): Promise<Uint8Array>
}

export function createRegistryClient(_options: { readonly login: FetchOptions }): RegistryClient {
  throw repoError('REGISTRY', 'not there yet')
}
