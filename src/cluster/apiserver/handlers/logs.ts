import {
  type FieldError,
  isRefusal,
  type KubeObject,
  listAt,
  type LogRequest,
  REGISTERED_BY_AGENT,
  stringAt,
} from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { groupResourceOf, type Scope } from '../context.ts'
import { badRequest, invalid, notFound, plainServerError, refusedStream } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { keyOf } from '../object-storage.ts'
import { integerParameter } from '../options.ts'
import { booleanParameter } from '../request-info.ts'

/** Serves pods/log. */
export function podLogs(scope: Scope): ServerResponse {
  const asked = logRequest(scope)
  const pod = podOf(scope)
  const container = containerOf(pod, scope.request.query.get('container') ?? '')
  const node = nodeNameOf(pod)
  // A pod that is on no node has no logs yet, which is no error.
  if (node === '') return { status: 204, headers: {}, body: '' }
  checkNode(scope, node)
  const { port } = scope.server.streams
  if (port === undefined) throw plainServerError(`Get "https://${node}:10250/containerLogs": no node agent`)
  const abort = new AbortController()
  const { signal } = scope.request
  if (signal.aborted) abort.abort()
  else signal.addEventListener('abort', () => abort.abort())
  const options = { ...asked, signal: abort.signal }
  const lines = port.logs(scope.info.namespace, scope.info.name, container, options)
  if (isRefusal(lines)) throw refusedStream(lines)
  return {
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: '',
    stream(sink) {
      void pump(lines, (text) => sink.write(text)).finally(() => sink.end())
    },
  }
}

async function pump(lines: AsyncIterable<string>, write: (text: string) => void): Promise<void> {
  try {
    for await (const line of lines) write(line)
  } catch {
    // The reader is gone, or the agent stops: the stream ends either way.
  }
}

/** The pod that the request names; throws 404. */
export function podOf(scope: Scope): KubeObject {
  const { definition, info, server } = scope
  const pod = server.store.get(keyOf(definition, info.namespace, info.name))?.value as KubeObject | undefined
  if (pod === undefined) throw notFound(groupResourceOf(definition), info.name)
  return pod
}

/** The node of a pod; empty when it is not scheduled. */
export function nodeNameOf(pod: KubeObject): string {
  const spec = isObject(pod.spec) ? pod.spec : {}
  return typeof spec.nodeName === 'string' ? spec.nodeName : ''
}

/** Checks that a node has an agent to ask; throws as Kubernetes does where there is none. */
export function checkNode(scope: Scope, name: string): void {
  const node = scope.server.store.get(`core/nodes/${name}`)?.value as KubeObject | undefined
  // Kubernetes names the resource that was asked for, not the one that is missing.
  if (node === undefined) throw notFound(groupResourceOf(scope.definition), name)
  const addresses = listAt(node.status, 'addresses')
  const address = stringAt(addresses[0], 'address')
  if (address === '') throw plainServerError('no preferred addresses found; known addresses: []')
  // An agent marks the nodes that it registers. A node that a client made is kept alive, but nobody listens there.
  if (node.metadata.annotations?.[REGISTERED_BY_AGENT] !== undefined) return
  throw plainServerError(`Get "https://${address}:10250/": dial tcp ${address}:10250: connect: connection refused`)
}

interface Container {
  readonly name: string
}

/** The container that a request is about. The client has to choose when there are several. */
export function containerOf(pod: KubeObject, wanted: string): string {
  const spec = (pod.spec ?? {}) as Record<string, readonly Container[] | undefined>
  const names = (list: string): string[] => (spec[list] ?? []).map((container) => container.name)
  const name = pod.metadata.name ?? ''
  if (wanted !== '') {
    const all = [...names('containers'), ...names('initContainers'), ...names('ephemeralContainers')]
    if (all.includes(wanted)) return wanted
    throw badRequest(`container ${wanted} is not valid for pod ${name}`)
  }
  const [only, ...others] = names('containers')
  if (only !== undefined && others.length === 0) return only
  const choose = `a container name must be specified for pod ${name}, choose one of: [${names('containers').join(' ')}]`
  const init = names('initContainers')
  throw badRequest(init.length === 0 ? choose : `${choose} or one of the init containers: [${init.join(' ')}]`)
}

/** Reads and checks the options of a request for logs. As ValidatePodLogOptions. */
function logRequest(scope: Scope): Omit<LogRequest, 'signal'> {
  const { query } = scope.request
  const tailLines = integerParameter(query, 'tailLines')
  const sinceSeconds = integerParameter(query, 'sinceSeconds')
  const limitBytes = integerParameter(query, 'limitBytes')
  const sinceTime = query.get('sinceTime')
  const errors: FieldError[] = []
  const refuse = (field: string, value: number, detail: string): void => {
    errors.push({ type: 'Invalid', field, value, detail })
  }
  if (tailLines !== undefined && tailLines < 0) refuse('tailLines', tailLines, 'must be greater than or equal to 0')
  if (limitBytes !== undefined && limitBytes < 1) refuse('limitBytes', limitBytes, 'must be greater than 0')
  if (sinceSeconds !== undefined && sinceTime !== null) {
    const detail = 'at most one of `sinceTime` or `sinceSeconds` may be specified'
    errors.push({ type: 'Forbidden', field: '[]', detail })
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    refuse('sinceSeconds', sinceSeconds, 'must be greater than 0')
  }
  if (query.has('stream')) errors.push({ type: 'Forbidden', field: 'stream', detail: 'may not be specified' })
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, scope.info.name, errors)
  return {
    follow: booleanParameter(query, 'follow'),
    previous: booleanParameter(query, 'previous'),
    timestamps: booleanParameter(query, 'timestamps'),
    ...(tailLines !== undefined && { tailLines }),
    ...(sinceSeconds !== undefined && { sinceSeconds }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(sinceTime !== null && { sinceTime }),
  }
}
