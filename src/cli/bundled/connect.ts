import { systemClock } from '../../base/index.ts'
import type { KubeObject } from '../../api/index.ts'
import {
  type ApiResponse,
  createHttpTransport,
  loadConfig,
  processRunner,
  resolveConnection,
  type Transport,
} from '../../kube/index.ts'
import { commandFailed } from '../errors.ts'
import { clusterNotRunning } from './errors.ts'
import type { ClusterFiles } from './home.ts'
import { readRunningState } from './state.ts'

/** The API of a bundled cluster, as its administrator. */
export interface BundledApi {
  /** The object at a path; undefined when there is none. */
  get(path: string): Promise<KubeObject | undefined>
  post(path: string, object: unknown): Promise<KubeObject>
  /** Merges into the object at a path. */
  merge(path: string, patch: unknown): Promise<KubeObject>
  /** False when there was nothing to delete. */
  remove(path: string): Promise<boolean>
}

const ANSWER_LIMIT_MS = 10_000

/** Connects to a running bundled cluster for as long as `use` takes. Rejects with CLUSTER_NOT_RUNNING. */
export async function withBundledApi<T>(files: ClusterFiles, use: (api: BundledApi) => Promise<T>): Promise<T> {
  if ((await readRunningState(files)) === undefined) throw clusterNotRunning(files.name)
  const connection = resolveConnection(loadConfig({ explicitPath: files.kubeconfig }), {}, { env: {} }, 'chartctl')
  const transport = createHttpTransport(connection, {
    clock: systemClock({ unref: true }),
    env: {},
    runExec: processRunner({}, () => undefined),
  })
  try {
    return await use(apiOver(transport))
  } finally {
    await transport.close()
  }
}

function apiOver(transport: Transport): BundledApi {
  const send = (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    type?: string,
  ): Promise<ApiResponse> =>
    transport.request({
      method,
      path,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { 'content-type': type ?? 'application/json' },
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    })
  const good = (answer: ApiResponse): KubeObject => {
    if (answer.status < 400) return answer.body as KubeObject
    const { message } = answer.body as { message?: string }
    throw commandFailed(message ?? `the cluster answered with status ${answer.status}`)
  }
  return {
    async get(path) {
      const answer = await send('GET', path)
      return answer.status === 404 ? undefined : good(answer)
    },
    post: async (path, object) => good(await send('POST', path, object)),
    merge: async (path, patch) => good(await send('PATCH', path, patch, 'application/merge-patch+json')),
    async remove(path) {
      const answer = await send('DELETE', path)
      if (answer.status === 404) return false
      good(answer)
      return true
    },
  }
}
