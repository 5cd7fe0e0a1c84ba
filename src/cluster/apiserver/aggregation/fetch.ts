import https from 'node:https'
import { connectionErrorText } from '../connection-error.ts'
import type { Store } from '../../store/index.ts'
import { addressOf, type ProxyIdentity, proxyHeaders, type RemoteAddress, remoteApiFor } from './remote-api.ts'

/** What a server answered, or why it did not, in Go's words. */
export type Fetched =
  | { readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly error: string }

/** The aggregator itself, as servers behind it know it. */
const AGGREGATOR = { name: 'system:kube-aggregator', groups: ['system:masters'] }
const TIMEOUT_MS = 5000

/** Reads a document from a server behind an APIService, as the aggregator. Never rejects. */
export function fetchRemote(address: RemoteAddress, path: string, accept = 'application/json'): Promise<Fetched> {
  const { host, port, tls } = address
  return new Promise((resolve) => {
    const request = https.request(
      {
        host,
        port,
        path,
        agent: false,
        ...tls,
        headers: { host: `${host}:${port}`, accept, ...proxyHeaders(AGGREGATOR) },
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('close', () => {
          clearTimeout(timer)
          const contentType = response.headers['content-type'] ?? ''
          resolve({ status: response.statusCode ?? 0, contentType, body: Buffer.concat(parts).toString() })
        })
      },
    )
    const timer = setTimeout(() => {
      resolve({ error: 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)' })
      request.destroy()
    }, TIMEOUT_MS)
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      resolve({ error: connectionErrorText(error, address) })
    })
    request.end()
  })
}

/** Reads a document of the server behind a version of a group; undefined when it does not answer. */
export async function readRemote(
  store: Store,
  identity: ProxyIdentity | undefined,
  { group, version }: { readonly group: string; readonly version: string },
  path: string,
): Promise<string | undefined> {
  const api = remoteApiFor(store, group, version)
  const address = api === undefined ? undefined : addressOf(store, api, identity)
  if (address === undefined || typeof address === 'string') return undefined
  const found = await fetchRemote(address, path)
  return 'error' in found || found.status !== 200 ? undefined : found.body
}
