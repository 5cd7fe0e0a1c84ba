import { errorText } from '../base/index.ts'
import { type Client, createClient, type WarningHandler } from './client.ts'
import { apiVersionSet, type ServerVersion, serverVersion } from './discovery.ts'
import { KubeClientError } from './errors.ts'
import { createMapper, type Mapper } from './mapper.ts'
import type { Transport } from './transport.ts'

/** A cluster as releases use it: reached on first use, discovery kept. */
export interface Cluster {
  readonly client: Client
  readonly mapper: Mapper
  /** Rejects with `kubernetes cluster unreachable: …` when the cluster does not answer. */
  checkReachable(signal?: AbortSignal): Promise<void>
  /** Begins to ask what the server serves, so that the answer is there when it is needed; a failure shows then. */
  anticipateDiscovery(signal?: AbortSignal): void
  /** Version and kinds that the server offers, as charts see them. */
  capabilities(signal?: AbortSignal): Promise<ServerCapabilities>
  close(): Promise<void>
}

/** What the server offers. */
export interface ServerCapabilities {
  readonly version: ServerVersion
  readonly apiVersions: readonly string[]
  /** API services that did not answer discovery. */
  readonly orphaned: readonly string[]
}

/** Creates a cluster; `open` finds and connects to it, and is called once, when it is first needed. */
export function createCluster(
  open: () => Promise<Transport>,
  settings: { readonly onWarning?: WarningHandler } = {},
): Cluster {
  const transport = lazyTransport(open)
  const client = createClient(transport, settings)
  const mapper = createMapper(client)
  let version: Promise<ServerVersion> | undefined
  return {
    client,
    mapper,
    async checkReachable(signal) {
      try {
        version = serverVersion(client, signal)
        await version
      } catch (error) {
        if (signal?.aborted === true) throw error
        throw new KubeClientError('UNREACHABLE', `kubernetes cluster unreachable: ${errorText(error)}`, {}, error)
      }
    },
    anticipateDiscovery(signal) {
      mapper.discovery(signal).catch(() => undefined)
    },
    async capabilities(signal) {
      const [known, discovery] = await Promise.all([version ?? serverVersion(client, signal), mapper.discovery(signal)])
      return {
        version: known,
        apiVersions: apiVersionSet(discovery),
        orphaned: discovery.failures.map((failure) => `${failure.groupVersion}: ${failure.reason}`),
      }
    },
    close: () => transport.close(),
  }
}

/** A cluster on which manifests are not built into objects, so that nothing is written; only its capabilities are asked. */
export function withoutObjects(cluster: Cluster): Cluster {
  return { ...cluster, mapper: { ...cluster.mapper, inert: true }, checkReachable: async () => undefined }
}

/** A transport that opens another on first use. */
function lazyTransport(open: () => Promise<Transport>): Transport {
  let pending: Promise<Transport> | undefined
  const opened = (): Promise<Transport> => {
    pending ??= open()
    return pending
  }
  return {
    request: async (request) => (await opened()).request(request),
    stream: async (request) => (await opened()).stream(request),
    async close() {
      if (pending === undefined) return
      const transport = await pending.catch(() => undefined)
      await transport?.close()
    },
  }
}
