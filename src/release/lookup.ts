import { apiVersionOf, type GroupVersionKind, parseApiVersion } from '../api/index.ts'
import { ChartctlError, errorText, type LogRecord } from '../base/index.ts'
import type { GoValue } from '../go/index.ts'
import { type Cluster, gvkText, isNotFound, type Mapping } from '../kube/index.ts'
import type { LookupFunction } from '../render/index.ts'
import { fromJson } from './codec/go-json.ts'
import { releaseError } from './errors.ts'
import type { ReleasePorts } from './ports.ts'

/** Most objects that one chart may look up, so that a template that never settles ends. */
const LOOKUP_LIMIT = 500
/** Most objects that are fetched before a template has asked for them. */
const EXPECTED_LIMIT = 20

/** What a template asks for; a name of `` asks for a list. */
export type LookupRequest = readonly [apiVersion: string, kind: string, namespace: string, name: string]

/** Thrown inside a template when an answer is not known yet; never seen outside this file. */
class LookupPending extends ChartctlError<'LOOKUP_PENDING'> {
  readonly request: LookupRequest
  constructor(request: LookupRequest) {
    super('LOOKUP_PENDING', 'lookup is pending')
    this.request = request
  }
}

/** What a template gets, and what is logged when it asks for it first. */
type Answer = ({ readonly value: GoValue } | { readonly error: unknown }) & { readonly log?: readonly LogRecord[] }

/**
 * Renders with a `lookup` that answers from the cluster. Templates run synchronously, the network does not: a run that asks
 * something new is stopped, the answer fetched, and the templates run again, with all answers so far. What is `expected` to
 * be asked is fetched in advance; of an answer that no template asks for nothing is seen, not even in the log.
 */
export async function renderWithLookup<T>(
  { cluster, log }: Pick<ReleasePorts, 'cluster' | 'log'>,
  render: (lookup: LookupFunction) => Promise<T>,
  options: { readonly expected: readonly LookupRequest[]; readonly signal: AbortSignal | undefined },
): Promise<T> {
  const fetching = new Map<string, Promise<void>>()
  const answers = new Map<string, Answer>()
  const used = new Set<Answer>()
  const fetch = (request: LookupRequest): Promise<void> => {
    const key = JSON.stringify(request)
    let fetched = fetching.get(key)
    if (fetched === undefined) {
      fetched = fetchAnswer(cluster, request, options.signal).then((answer) => void answers.set(key, answer))
      fetching.set(key, fetched)
    }
    return fetched
  }
  const lookup: LookupFunction = (...request) => {
    const answer = answers.get(JSON.stringify(request))
    if (answer === undefined) throw new LookupPending(request)
    if (!used.has(answer)) for (const record of answer.log ?? []) log(record)
    used.add(answer)
    if ('error' in answer) throw answer.error
    return answer.value
  }
  for (const request of options.expected.slice(0, EXPECTED_LIMIT)) fetch(request).catch(() => undefined)
  for (;;) {
    try {
      return await render(lookup)
    } catch (error) {
      const pending = pendingIn(error)
      if (pending === undefined) throw error
      if (used.size >= LOOKUP_LIMIT) {
        throw releaseError('RENDER', `the templates look up more than ${LOOKUP_LIMIT} different objects`)
      }
      await fetch(pending.request)
    }
  }
}

function pendingIn(error: unknown): LookupPending | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof LookupPending) return at
  return undefined
}

/** As Helm's lookup: what does not exist is an empty map; a list when no name is given. Rejects when aborted only. */
async function fetchAnswer(
  cluster: Cluster,
  [apiVersion, kind, namespace, name]: LookupRequest,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const gvk = { ...parseApiVersion(apiVersion), kind }
  let mapping: Mapping
  try {
    mapping = await cluster.mapper.mappingFor(gvk, signal)
  } catch (error) {
    if (signal?.aborted === true) throw error
    return unknownKind(gvk, error)
  }
  const place = { namespace: mapping.namespaced && namespace !== '' ? namespace : undefined }
  try {
    const body =
      name === ''
        ? await cluster.client.list(mapping.gvr, place, { signal })
        : await cluster.client.get(mapping.gvr, { ...place, name }, { signal })
    return { value: fromJson(body) }
  } catch (error) {
    if (isNotFound(error)) return { value: new Map() }
    if (signal?.aborted === true) throw error
    return { error: error instanceof Error ? error : releaseError('RENDER', errorText(error)) }
  }
}

function unknownKind(gvk: GroupVersionKind, cause: unknown): Answer {
  const why = 'the server could not find the requested resource'
  const failure = (message: string, ...about: [string, string]): LogRecord => ({
    level: 'ERROR',
    message,
    attributes: [about, ['error', why]],
  })
  return {
    error: releaseError('RENDER', `unable to get apiresource from unstructured: ${gvkText(gvk)}: ${why}`, cause),
    log: [
      failure('unable to retrieve resource list', 'GroupVersion', apiVersionOf(gvk)),
      failure('unable to get apiresource', 'groupVersionKind', gvkText(gvk)),
    ],
  }
}
