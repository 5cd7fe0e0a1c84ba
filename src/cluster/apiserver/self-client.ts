import type { KubeObject } from '../../api/index.ts'
import { type FaultReport, guarded } from '../../base/index.ts'
import type { Store } from '../store/index.ts'
import type { ServerRequest, ServerResponse, User } from './exchange.ts'

/**
 * Sends a request to this same server, as the server; gives the status code. With the name of a manager a patch is applied
 * for it, by force. Never rejects: a fault is reported and a 500.
 */
export type SelfClient = (method: string, path: string, body?: unknown, applyAs?: string) => Promise<number>

/** Requests of the server to itself, as `user`. */
export function selfClient(
  handler: (request: ServerRequest) => Promise<ServerResponse>,
  user: User,
  report: FaultReport,
): SelfClient {
  const { signal } = new AbortController()
  return async (method, path, body, applyAs) => {
    const type = applyAs === undefined ? 'application/json' : 'application/apply-patch+yaml'
    const headers = { 'user-agent': 'kube-apiserver', 'content-type': type }
    const query = new URLSearchParams(applyAs === undefined ? {} : { fieldManager: applyAs, force: 'true' })
    try {
      const text = body === undefined ? '' : JSON.stringify(body)
      const answer = await handler({ method, path, query, headers, body: text, user, signal })
      return answer.status
    } catch (error) {
      report('kube-apiserver', `${method} ${path}`, error)
      return 500
    }
  }
}

/**
 * Gives each object under a prefix to `put`, first what is stored and then what is written, and to `removed` what is deleted.
 * An object that makes them throw is reported by itself, so that it keeps neither a server from starting nor the others
 * from being looked at.
 */
export function followObjects(
  { store, report }: { readonly store: Store; readonly report: FaultReport },
  prefix: string,
  put: (object: KubeObject) => void,
  removed: (object: KubeObject) => void = () => {},
): void {
  for (const { key, value } of store.range(prefix).entries) {
    guarded(
      () => put(value as KubeObject),
      (error) => report('kube-apiserver', key, error),
    )
  }
  store.watch(prefix, store.publishedRevision, ({ type, entry }) => {
    if (type === 'put') put(entry.value as KubeObject)
    else removed(entry.value as KubeObject)
  })
}
