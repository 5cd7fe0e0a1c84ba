import type { KubeObject } from '../../../src/api/index.ts'
import type { ApiRequest, ApiResponse, Transport } from '../../../src/kube/index.ts'

/** A server of a few kinds in memory, enough for clients: no watches, no validation. */
export interface FakeServer extends Transport {
  readonly objects: Map<string, KubeObject>
  /** `METHOD path` of every request, in order. */
  readonly log: string[]
  /** Answers instead of the default, when it gives something. */
  intercept: (request: ApiRequest) => ApiResponse | undefined
}

const KINDS = [
  { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', scope: 'Namespaced' },
  { group: '', version: 'v1', resource: 'secrets', kind: 'Secret', scope: 'Namespaced' },
  { group: '', version: 'v1', resource: 'services', kind: 'Service', scope: 'Namespaced' },
  { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', scope: 'Cluster' },
  { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', scope: 'Namespaced' },
] as const

/** Creates the server. */
export function fakeServer(): FakeServer {
  const objects = new Map<string, KubeObject>()
  const log: string[] = []
  let version = 0
  const answer = (status: number, body: unknown): ApiResponse => ({ status, headers: {}, body })
  const refusal = (status: number, reason: string, message: string): ApiResponse =>
    answer(status, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, message, code: status })
  const store = (path: string, object: KubeObject): KubeObject => {
    version += 1
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    objects.set(path, stored)
    return stored
  }
  const server: FakeServer = {
    objects,
    log,
    intercept: () => undefined,
    async request(request) {
      log.push(`${request.method} ${request.path}`)
      const special = server.intercept(request)
      if (special !== undefined) return special
      if (request.path === '/version') return answer(200, { major: '1', minor: '36', gitVersion: 'v1.36.2' })
      if (request.path === '/api' || request.path === '/apis') return answer(200, discovery(request.path))
      const known = objects.get(request.path)
      const body = typeof request.body === 'string' ? JSON.parse(request.body) : request.body
      const missing = (): ApiResponse => refusal(404, 'NotFound', `${request.path} not found`)
      switch (request.method) {
        case 'GET':
          if (known !== undefined) return answer(200, known)
          return isCollection(request.path) ? answer(200, listOf(objects, request)) : missing()
        case 'POST': {
          const path = `${request.path}/${(body as KubeObject).metadata.name}`
          if (objects.has(path)) return refusal(409, 'AlreadyExists', `${path} already exists`)
          return answer(201, store(path, body as KubeObject))
        }
        case 'PUT':
          return known === undefined ? missing() : answer(200, store(request.path, body as KubeObject))
        case 'PATCH':
          return answer(200, store(request.path, merged(known, body) as KubeObject))
        case 'DELETE':
          objects.delete(request.path)
          return known === undefined ? missing() : answer(200, { kind: 'Status', status: 'Success' })
      }
    },
    async stream() {
      return { status: 200, headers: {}, chunks: (async function* () {})() }
    },
    async close() {},
  }
  return server
}

/** Objects merged by key; everything else is replaced. */
function merged(old: unknown, change: unknown): unknown {
  const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isMap(old) || !isMap(change)) return change
  return { ...old, ...Object.fromEntries(Object.entries(change).map(([key, value]) => [key, merged(old[key], value)])) }
}

function isCollection(path: string): boolean {
  return KINDS.some(({ resource }) => path.endsWith(`/${resource}`))
}

function listOf(objects: ReadonlyMap<string, KubeObject>, request: ApiRequest): unknown {
  const wanted = String(request.query?.labelSelector ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map((part) => part.split('='))
  const items = [...objects]
    .filter(([path]) => path.startsWith(`${request.path}/`))
    .map(([, object]) => object)
    .filter((object) => wanted.every(([key = '', value]) => object.metadata.labels?.[key] === value))
  return { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items }
}

function discovery(root: string): unknown {
  const kinds = KINDS.filter(({ group }) => (group === '') === (root === '/api'))
  const groups = [...new Set(kinds.map(({ group }) => group))]
  return {
    kind: 'APIGroupDiscoveryList',
    items: groups.map((name) => ({
      metadata: { name },
      versions: [
        {
          version: 'v1',
          freshness: 'Current',
          resources: kinds
            .filter(({ group }) => group === name)
            .map(({ resource, kind, scope }) => ({ resource, responseKind: { kind }, scope, verbs: ['get', 'list'] })),
        },
      ],
    })),
  }
}
