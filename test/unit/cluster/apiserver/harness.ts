import { manualClock, systemRandom } from '../../../../src/base/index.ts'
import {
  type ApiServerOptions,
  createApiServer,
  SYSTEM_USER,
  stampResourceVersion,
} from '../../../../src/cluster/apiserver/index.ts'
import { bootstrapCluster } from '../../../../src/cluster/bootstrap.ts'
import { localTransport } from '../../../../src/cluster/local-client.ts'
import { createPki, PROXY_NAME } from '../../../../src/cluster/pki.ts'
import { parseRequest } from '../../../../src/cluster/signing.ts'
import { memoryBackend, openStore, type Store } from '../../../../src/cluster/store/index.ts'
import type { ApiRequest, ApiResponse } from '../../../../src/kube/transport.ts'

/** An API server in memory with what every cluster starts with, and nothing that acts by itself. */
export interface TestServer {
  readonly store: Store
  readonly clock: ReturnType<typeof manualClock>
  call(method: ApiRequest['method'], path: string, body?: unknown, more?: Partial<ApiRequest>): Promise<ApiResponse>
  /** Reads a watch until `count` events came. */
  watch(
    path: string,
    query: Record<string, string>,
    count: number,
    act?: () => Promise<unknown>,
  ): Promise<WatchedEvent[]>
  /** Opens a stream and reads it to its end. */
  stream(path: string, query: Record<string, string>, signal: AbortSignal): Promise<string>
  /** As somebody else. */
  as(name: string, groups?: readonly string[]): TestServer['call']
}

/** An event of a watch. */
export interface WatchedEvent {
  readonly type: string
  readonly object: {
    readonly metadata: { readonly name?: string; readonly resourceVersion?: string }
    readonly code?: number
  }
}

const START_MS = Date.parse('2026-11-21T10:00:00Z')

/** Starts one; `more` are options of the server. */
export async function testServer(more: Partial<ApiServerOptions> = {}): Promise<TestServer> {
  const clock = manualClock(START_MS)
  const store = await openStore({
    backend: memoryBackend(),
    stamp: stampResourceVersion,
    history: { events: 200, characters: 4_000_000 },
  })
  const { serviceAccountKey, ca, proxyCa, proxy } = createPki(START_MS)
  const server = createApiServer({
    store,
    clock,
    random: systemRandom,
    tokens: new Map(),
    serviceAccountKey,
    rootCa: ca.cert,
    proxyIdentity: proxy,
    readRequest: parseRequest,
    ...more,
  })
  const transport = localTransport(server.handler, SYSTEM_USER, 'test')
  await bootstrapCluster(transport, {
    storageClass: null,
    address: '127.0.0.1',
    port: 6443,
    authentication: { clientCa: ca.cert, proxyCa: proxyCa.cert, proxyName: PROXY_NAME },
  })
  const caller =
    (used: typeof transport): TestServer['call'] =>
    (method, path, body, more = {}) =>
      used.request({ method, path, ...(body !== undefined && { body }), ...more })
  return {
    store,
    clock,
    call: caller(transport),
    as: (name, groups = []) =>
      caller(localTransport(server.handler, { name, groups: [...groups, 'system:authenticated'] }, 'test')),
    async stream(path, query, signal) {
      const stream = await transport.stream({ method: 'GET', path, query, signal })
      let text = ''
      for await (const chunk of stream.chunks) text += Buffer.from(chunk).toString()
      return text
    },
    async watch(path, query, count, act) {
      const abort = new AbortController()
      const stream = await transport.stream({
        method: 'GET',
        path,
        query: { watch: 'true', ...query },
        signal: abort.signal,
      })
      const events: WatchedEvent[] = []
      const acting = act?.()
      let rest = ''
      for await (const chunk of stream.chunks) {
        const lines = (rest + Buffer.from(chunk).toString()).split('\n')
        rest = lines.pop() ?? ''
        events.push(...lines.map((line) => JSON.parse(line) as WatchedEvent))
        if (events.length >= count) break
      }
      abort.abort()
      await acting
      return events
    },
  }
}
