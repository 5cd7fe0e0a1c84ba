import { formatTime, type KubeObject, listAt, objectAt } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { groupResourceOf, type Scope, timestamp } from '../context.ts'
import { decodeObject } from '../decode.ts'
import { badRequest, methodNotAllowed, notFound, plainServerError, tooManyRequests } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { keyOf } from '../object-storage.ts'
import { type DeleteOptions, writeOptions } from '../options.ts'
import { objectResponse } from '../respond.ts'
import { selectorMatches } from '../selectors.ts'
import { CREATED, withoutSchema } from './binding.ts'
import { admitSubresource } from './create.ts'
import { removeObject } from './delete.ts'

const BUDGETS = 'policy/poddisruptionbudgets/'
const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' }

/** Serves pods/eviction: deletes a pod if the disruption budgets that cover it allow that now. */
export async function evictPod(scope: Scope): Promise<ServerResponse> {
  if (scope.request.method !== 'POST') throw methodNotAllowed()
  const options = writeOptions(scope.request.query, 'CreateOptions')
  const { namespace, name } = scope.info
  const pod = scope.server.store.get(keyOf(scope.definition, namespace, name))?.value as KubeObject | undefined
  if (pod === undefined) throw notFound(groupResourceOf(scope.definition), name)
  const eviction = decodeObject(withoutSchema(scope), EVICTION, options)
  if ((eviction.metadata?.name ?? '') !== name) throw badRequest('name in URL does not match name in Eviction object')
  const asked = isObject(eviction.deleteOptions) ? (eviction.deleteOptions as DeleteOptions) : {}
  const dryRun = options.dryRun || (asked.dryRun ?? []).length > 0
  await admitSubresource(scope, eviction, dryRun)
  if (!isExempt(pod)) await takeFromBudget(scope, pod, dryRun)
  const wanted = dryRun ? { ...asked, dryRun: ['All'] } : await markDisrupted(scope, asked)
  await removeObject(scope, namespace, name, wanted)
  return objectResponse(scope, 201, { object: CREATED })
}

/**
 * Says on the pod that the eviction ends it, so that controllers can tell, and gives the options for deleting what has
 * become of it. A pod that they do not fit is left for the deletion to refuse.
 */
async function markDisrupted(scope: Scope, options: DeleteOptions): Promise<DeleteOptions> {
  const { store, clock } = scope.server
  const entry = store.get(keyOf(scope.definition, scope.info.namespace, scope.info.name))
  if (entry === undefined) return options
  const pod = entry.value as KubeObject
  const { uid = '', resourceVersion = '' } = options.preconditions ?? {}
  if (uid !== '' && uid !== pod.metadata.uid) return options
  if (resourceVersion !== '' && resourceVersion !== String(entry.revision)) return options
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(clock),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  const others = listAt(pod.status, 'conditions').filter((each) => each.type !== condition.type)
  const status = { ...(isObject(pod.status) ? pod.status : {}), conditions: [...others, condition] }
  const marked = await store.update(entry.key, { ...pod, status }, { expectedRevision: entry.revision })
  if (resourceVersion === '') return options
  return { ...options, preconditions: { ...options.preconditions, resourceVersion: String(marked.revision) } }
}

/** Pods that do not serve anything are evicted whatever the budgets say. */
function isExempt(pod: KubeObject): boolean {
  const status = isObject(pod.status) ? pod.status : {}
  if (pod.metadata.deletionTimestamp !== undefined) return true
  return status.phase === 'Succeeded' || status.phase === 'Failed' || status.phase === 'Pending'
}

interface BudgetStatus {
  readonly disruptionsAllowed?: number
  readonly desiredHealthy?: number
  readonly currentHealthy?: number
  readonly observedGeneration?: number
  readonly disruptedPods?: Readonly<Record<string, string>>
}

async function takeFromBudget(scope: Scope, pod: KubeObject, dryRun: boolean): Promise<void> {
  const { store } = scope.server
  const covering = store
    .range(`${BUDGETS}${scope.info.namespace}/`)
    .entries.filter(({ value }) => selectorMatches(objectAt((value as KubeObject).spec, 'selector'), pod))
  const [entry, ...others] = covering
  if (entry === undefined) return
  if (others.length > 0) {
    throw plainServerError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  }
  const budget = entry.value as KubeObject
  const status = (budget.status ?? {}) as BudgetStatus
  const allowed = status.disruptionsAllowed ?? 0
  const name = budget.metadata.name ?? ''
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) throw notYet(name)
  if (isUnhealthyAndFree(pod, budget, status)) return
  if (allowed <= 0) throw overBudget(name, status)
  if (dryRun) return
  const disrupted = {
    ...status.disruptedPods,
    [pod.metadata.name ?? '']: formatTime(scope.server.clock.nowMs()),
  }
  const next = { ...budget, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods: disrupted } }
  await store.update(entry.key, next, { expectedRevision: entry.revision })
}

/** A pod that is not ready does not count as healthy, so it may go when enough others are, or when the budget says so. */
function isUnhealthyAndFree(pod: KubeObject, budget: KubeObject, status: BudgetStatus): boolean {
  const conditions =
    (pod.status as { conditions?: readonly { type: string; status: string }[] } | undefined)?.conditions ?? []
  if (conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')) return false
  const policy = (budget.spec as { unhealthyPodEvictionPolicy?: string } | undefined)?.unhealthyPodEvictionPolicy
  if (policy === 'AlwaysAllow') return true
  return (status.currentHealthy ?? 0) >= (status.desiredHealthy ?? 0) && (status.desiredHealthy ?? 0) > 0
}

const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."

function overBudget(name: string, status: BudgetStatus): Error {
  const message = `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`
  return tooManyRequests(REFUSED, { causes: [{ reason: 'DisruptionBudget', message }] })
}

function notYet(name: string): Error {
  const message = `The disruption budget ${name} is still being processed by the server.`
  return tooManyRequests(REFUSED, { causes: [{ reason: 'DisruptionBudget', message }], retryAfterSeconds: 10 })
}
