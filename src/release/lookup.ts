import { apiVersionOf, parseApiVersion } from '../api/index.ts'
import { ChartctlError, errorText, type Log } from '../base/index.ts'
import type { GoValue } from '../go/index.ts'
import { type Cluster, gvkText, isNotFound } from '../kube/index.ts'
import type { LookupFunction } from '../render/index.ts'
import { fromJson } from './codec/go-json.ts'
import { releaseError } from './errors.ts'

/** Most objects that one chart may look up, so that a template that never settles ends. */
const LOOKUP_LIMIT = 500

/** Thrown inside a template when an answer is not known yet; never seen outside this file. */
class LookupPending extends ChartctlError<'LOOKUP_PENDING'> {
  readonly request: readonly [apiVersion: string, kind: string, namespace: string, name: string]
  constructor(request: LookupPending['request']) {
    super('LOOKUP_PENDING', 'lookup is pending')
    this.request = request
  }
}

type Answer = { readonly value: GoValue } | { readonly error: unknown }

/**
 * Renders with a `lookup` that answers from the cluster. Templates run synchronously, the network does not: a run that asks
 * something new is stopped, the answer fetched, and the templates run again, with all answers so far.
 */
export async function renderWithLookup<T>(
  cluster: Cluster,
  log: Log,
  render: (lookup: LookupFunction) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const answers = new Map<string, Answer>()
  const lookup: LookupFunction = (...request) => {
    const answer = answers.get(JSON.stringify(request))
    if (answer === undefined) throw new LookupPending(request)
    if ('error' in answer) throw answer.error
    return answer.value
  }
  for (;;) {
    try {
      return await render(lookup)
    } catch (error) {
      const pending = pendingIn(error)
      if (pending === undefined) throw error
      if (answers.size >= LOOKUP_LIMIT) {
        throw releaseError('RENDER', `the templates look up more than ${LOOKUP_LIMIT} different objects`)
      }
      answers.set(JSON.stringify(pending.request), await fetchAnswer(cluster, log, pending, signal))
    }
  }
}

function pendingIn(error: unknown): LookupPending | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof LookupPending) return at
  return undefined
}

/** As Helm's lookup: what does not exist is an empty map; a list when no name is given. */
async function fetchAnswer(
  cluster: Cluster,
  log: Log,
  { request: [apiVersion, kind, namespace, name] }: LookupPending,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const gvk = { ...parseApiVersion(apiVersion), kind }
  try {
    const mapping = await cluster.mapper.mappingFor(gvk, signal).catch((error: unknown) => {
      const why = 'the server could not find the requested resource'
      log({
        level: 'ERROR',
        message: 'unable to retrieve resource list',
        attributes: [
          ['GroupVersion', apiVersionOf(gvk)],
          ['error', why],
        ],
      })
      log({
        level: 'ERROR',
        message: 'unable to get apiresource',
        attributes: [
          ['groupVersionKind', gvkText(gvk)],
          ['error', why],
        ],
      })
      throw releaseError('RENDER', `unable to get apiresource from unstructured: ${gvkText(gvk)}: ${why}`, error)
    })
    const place = { namespace: mapping.namespaced && namespace !== '' ? namespace : undefined }
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
