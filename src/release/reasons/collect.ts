import type { KubeObject } from '../../api/index.ts'
import {
  type Client,
  conditionsOf,
  containerStates,
  creationFailure,
  getLive,
  isNotFound,
  podsOf,
  PODS,
  resourcePath,
  terminalCause,
  textAt,
  type WaitState,
} from '../../kube/index.ts'

/** A cause, with what lies below it. */
export interface Reason {
  /** `Deployment ns/web`, `Pod web-1`, `container web`. */
  readonly subject: string
  readonly text: string
  /** Last warnings about it, newest last. */
  readonly events: readonly string[]
  /** Last lines of its log. */
  readonly log: readonly string[]
  readonly causes: readonly Reason[]
}

/** Most pods of one workload that are explained; most events and log lines of each. */
const MAX_PODS = 3
const MAX_EVENTS = 3
const MAX_LOG_LINES = 5

/** Why an object is not what is waited for: from it down to its pods, their containers, last events and log lines. */
export async function reasonOf(client: Client, { info, result }: WaitState): Promise<Reason> {
  const subject = `${info.mapping.gvk.kind} ${info.mapping.namespaced ? `${info.namespace}/` : ''}${info.name}`
  const text = result.message === '' ? result.status : result.message
  let live: KubeObject
  try {
    live = await getLive(client, info)
  } catch (error) {
    const gone = isNotFound(error) ? 'it does not exist' : text
    return { subject, text: gone, events: [], log: [], causes: [] }
  }
  if (live.kind === 'Pod') return { ...(await podReason(client, live)), subject }
  const failure = creationFailure(live)
  const events = await warningsOf(client, live)
  const pods = await podsOf(client, live, undefined).catch(() => [])
  const troubled = pods.filter((pod) => !isReady(pod)).slice(0, MAX_PODS)
  const causes = await Promise.all(troubled.map((pod) => podReason(client, pod)))
  const own = failure ?? (pods.length === 0 ? unmetCondition(live) : undefined)
  return { subject, text: own === undefined ? text : `${text}: ${own}`, events, log: [], causes }
}

function isReady(pod: KubeObject): boolean {
  const phase = textAt(pod, 'status.phase', '')
  return phase === 'Succeeded' || conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True')
}

/** The message of the first condition that is not met. */
function unmetCondition(object: KubeObject): string | undefined {
  return conditionsOf(object).find(({ status, message }) => status === 'False' && (message ?? '') !== '')?.message
}

async function podReason(client: Client, pod: KubeObject): Promise<Reason> {
  const troubled = containerStates(pod).filter(
    ({ running, exitCode, reason }) => !running || reason !== '' || exitCode !== undefined,
  )
  const causes = await Promise.all(
    troubled.map(async ({ name, reason, message, restarts, exitCode }): Promise<Reason> => {
      const words = [
        ...(reason === '' ? ['not ready'] : [reason]),
        ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
        ...(restarts === 0 ? [] : [`restarted ${restarts} times`]),
        ...(message === '' ? [] : [message]),
      ]
      const log = exitCode === undefined ? [] : await lastLines(client, pod, name, restarts > 0)
      return { subject: `container ${name}`, text: words.join(', '), events: [], log, causes: [] }
    }),
  )
  const cause = terminalCause(pod)
  const phase = textAt(pod, 'status.phase', 'Unknown')
  const text = causes.length === 0 && cause !== undefined ? cause : phase
  return { subject: `Pod ${pod.metadata.name ?? ''}`, text, events: await warningsOf(client, pod), log: [], causes }
}

const EVENTS = { group: '', version: 'v1', resource: 'events' } as const

interface EventObject extends KubeObject {
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly count?: number
  readonly lastTimestamp?: string
  readonly eventTime?: string
}

/** The last warnings about an object; none where events cannot be read. */
async function warningsOf(client: Client, object: KubeObject): Promise<string[]> {
  const { namespace, uid = '' } = object.metadata
  try {
    const fieldSelector = `involvedObject.uid=${uid},type=Warning`
    const { items } = await client.list<EventObject>(EVENTS, { namespace }, { fieldSelector })
    const when = ({ lastTimestamp, eventTime, metadata }: EventObject): string =>
      lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? ''
    return items
      .sort((a, b) => (when(a) < when(b) ? -1 : 1))
      .slice(-MAX_EVENTS)
      .map(({ reason = '', message = '', count = 1 }) => `${reason}${count > 1 ? ` (${count} times)` : ''}: ${message}`)
  } catch {
    return []
  }
}

async function lastLines(client: Client, pod: KubeObject, container: string, previous: boolean): Promise<string[]> {
  const { namespace, name } = pod.metadata
  const path = resourcePath(PODS, { namespace, name, subresource: 'log' })
  const read = async (query: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await client.raw({ method: 'GET', path, query, headers: { accept: '*/*' } })
    return typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  }
  const query = { container, tailLines: String(MAX_LOG_LINES) }
  try {
    const text = previous ? await read({ ...query, previous: 'true' }).catch(() => read(query)) : await read(query)
    return text.trimEnd() === '' ? [] : text.trimEnd().split('\n').slice(-MAX_LOG_LINES)
  } catch {
    return []
  }
}
