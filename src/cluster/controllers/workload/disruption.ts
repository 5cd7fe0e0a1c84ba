import { formatTime, jsonEqual, matchesSelector, type OwnerReference, printGoSelector } from '../../../api/index.ts'
import type {
  ComponentContext,
  Pod,
  PodDisruptionBudget,
  Requeue,
  ResourceType,
  ServerObject,
} from '../../control/index.ts'
import {
  BUDGETS,
  controllerOf,
  DEPLOYMENTS,
  isReady,
  keyOf,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
  setCondition,
  splitKey,
  timeMs,
} from '../../control/index.ts'
import { scaledValue } from './deployment/model.ts'

const disruptionTimeoutMs = 120_000
/** After this a budget is looked at again whose controllers could not be counted: they may not be seen yet. */
const retryMs = 5000

/** The numbers of a budget's status. */
export interface BudgetNumbers {
  readonly expectedPods: number
  readonly desiredHealthy: number
  readonly currentHealthy: number
  readonly disruptionsAllowed: number
}

/** Works the numbers out. `expectedCount` is how many pods the controllers of the matching pods ask for. */
export function budgetNumbers(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  expectedCount: number,
  disrupted: ReadonlySet<string>,
): BudgetNumbers {
  const { minAvailable, maxUnavailable } = budget.spec
  let expectedPods = pods.length
  let desiredHealthy = 0
  if (maxUnavailable !== undefined) {
    expectedPods = expectedCount
    desiredHealthy = Math.max(0, expectedPods - scaledValue(maxUnavailable, expectedPods, 'up'))
  } else if (typeof minAvailable === 'number') desiredHealthy = minAvailable
  else if (minAvailable !== undefined) {
    expectedPods = expectedCount
    desiredHealthy = scaledValue(minAvailable, expectedPods, 'up')
  }
  const currentHealthy = pods.filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && !disrupted.has(pod.metadata.name) && isReady(pod),
  ).length
  const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
  return { expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed }
}

function multipleText(pod: Pod, chosen: PodDisruptionBudget | undefined): string {
  const { namespace = '', name } = pod.metadata
  const which = `Pod ${JSON.stringify(namespace)}/${JSON.stringify(name)} matches multiple PodDisruptionBudgets.`
  return `${which}  Chose ${JSON.stringify(chosen?.metadata.name ?? '')} arbitrarily.`
}

/** As Kubernetes' disruption controller: keeps the status of PodDisruptionBudgets. */
export function startDisruption(ctx: ComponentContext): void {
  const budgets = ctx.informers.of(BUDGETS)
  const pods = ctx.informers.of(PODS)
  const record = ctx.recorder({ component: 'controllermanager' })
  const loop = ctx.loop('disruption-controller', (key) => reconcile(key), 2)
  budgets.on({
    add: (budget) => loop.queue.add(keyOf(budget)),
    update: (_old, budget) => loop.queue.add(keyOf(budget)),
  })
  const touched = (pod: Pod): void => {
    const matching = budgets.list(pod.metadata.namespace ?? '').filter((budget) => selects(budget, pod))
    for (const budget of matching) loop.queue.addAfter(keyOf(budget), 20)
    const [first, second] = matching
    // All of them are kept up to date here, but a pod under several cannot be evicted.
    if (second !== undefined) {
      record(pod, { type: 'Warning', reason: 'MultiplePodDisruptionBudgets', message: multipleText(pod, first) })
    }
  }
  pods.on({ add: touched, update: (_old, pod) => touched(pod), delete: touched })

  async function reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const budget = budgets.get(namespace, name)
    if (budget === undefined || budget.metadata.deletionTimestamp !== undefined) return undefined
    const matching = pods.list(namespace).filter((pod) => selects(budget, pod))
    const nowMs = ctx.nowMs()
    if (matching.length === 0) record(budget, { type: 'Normal', reason: 'NoPods', message: 'No matching pods found' })
    const needed = countsControllers(budget) ? expected(matching) : { count: matching.length, unmanaged: 0 }
    if ('problem' in needed) {
      const message = `Failed to calculate the number of expected pods: ${needed.problem}`
      record(budget, { type: 'Warning', reason: 'CalculateExpectedPodCountFailed', message })
      await writeFailure(budget, needed.problem)
      return { requeueAfterMs: retryMs }
    }
    if (needed.unmanaged > 0)
      record(budget, { type: 'Warning', reason: 'UnmanagedPods', message: unmanagedText(budget) })
    const { disruptedPods, recheckMs } = stillDisrupted(budget, matching, nowMs)
    const numbers = budgetNumbers(budget, matching, needed.count, new Set(Object.keys(disruptedPods)))
    const conditions = (budget.status?.conditions ?? []).map((condition) => ({ ...condition }))
    const enough = numbers.disruptionsAllowed > 0
    setCondition(conditions, {
      type: 'DisruptionAllowed',
      status: enough ? 'True' : 'False',
      reason: enough ? 'SufficientPods' : 'InsufficientPods',
      message: '',
      observedGeneration: budget.metadata.generation ?? 0,
      lastTransitionTime: formatTime(nowMs),
    })
    const status = {
      ...numbers,
      observedGeneration: budget.metadata.generation ?? 0,
      conditions,
      ...(Object.keys(disruptedPods).length > 0 ? { disruptedPods } : {}),
    }
    if (!jsonEqual(budget.status, status)) await ctx.client.update(BUDGETS, { ...budget, status }, 'status')
    return recheckMs === undefined ? undefined : { requeueAfterMs: recheckMs }
  }

  /** No disruption is allowed while the numbers are not known. */
  async function writeFailure(budget: PodDisruptionBudget, problem: string): Promise<void> {
    const conditions = (budget.status?.conditions ?? []).map((condition) => ({ ...condition }))
    setCondition(conditions, {
      type: 'DisruptionAllowed',
      status: 'False',
      reason: 'SyncFailed',
      message: problem,
      observedGeneration: budget.status?.observedGeneration ?? 0,
      lastTransitionTime: formatTime(ctx.nowMs()),
    })
    const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = budget.status ?? {}
    const status = { ...budget.status, currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed: 0, conditions }
    if (!jsonEqual(budget.status, status)) await ctx.client.update(BUDGETS, { ...budget, status }, 'status')
  }

  /** What the controllers of the pods ask for together; pods without one are not counted. */
  function expected(matching: readonly Pod[]): ExpectedPods | { readonly problem: string } {
    const sizes = new Map<string, number>()
    let unmanaged = 0
    for (const pod of matching) {
      const reference = controllerOf(pod)
      if (reference === undefined) unmanaged++
      else if (!sizes.has(reference.uid)) {
        const unscalable = UNSCALABLE[`${reference.apiVersion}/${reference.kind}`]
        if (unscalable !== undefined) {
          return { problem: `${unscalable} does not implement the scale subresource` }
        }
        const found = sizeOf(pod.metadata.namespace ?? '', reference)
        if (found === undefined) return { problem: `found no controllers for pod ${JSON.stringify(pod.metadata.name)}` }
        sizes.set(found.uid, found.size)
      }
    }
    return { count: [...sizes.values()].reduce((sum, size) => sum + size, 0), unmanaged }
  }

  /** The controller whose scale counts, a replica set's deployment in its place; undefined when it is gone. */
  function sizeOf(namespace: string, reference: OwnerReference): { uid: string; size: number } | undefined {
    const get = <T extends ServerObject>(type: ResourceType<T>, name: string, uid: string): T | undefined => {
      const found = ctx.informers.of(type).get(namespace, name)
      return found?.metadata.uid === uid ? found : undefined
    }
    const sized = (found: { metadata: { uid: string }; spec: { replicas?: number } } | undefined) =>
      found && { uid: found.metadata.uid, size: found.spec.replicas ?? 1 }
    const { kind, name, uid } = reference
    switch (kind) {
      case 'ReplicaSet': {
        const set = get(REPLICA_SETS, name, uid)
        const owner = set && controllerOf(set)
        const isDeployed = owner?.kind === 'Deployment'
        return sized(isDeployed ? get(DEPLOYMENTS, owner.name, owner.uid) : set)
      }
      case 'StatefulSet':
        return sized(get(STATEFUL_SETS, name, uid))
      case 'ReplicationController':
        return sized(get(REPLICATION_CONTROLLERS, name, uid))
      default:
        // Of a custom controller only its pods are known here.
        return { uid, size: 1 }
    }
  }
}

interface ExpectedPods {
  readonly count: number
  /** How many pods have no controller. */
  readonly unmanaged: number
}

/** Controllers of pods that have no scale. */
const UNSCALABLE: Readonly<Record<string, string>> = {
  'apps/v1/DaemonSet': 'daemonsets.apps',
  'batch/v1/Job': 'jobs.batch',
}

/** Whether a budget is about shares of what controllers ask for; a number of pods needs none. */
function countsControllers({ spec }: PodDisruptionBudget): boolean {
  return spec.maxUnavailable !== undefined || typeof spec.minAvailable === 'string'
}

function unmanagedText(budget: PodDisruptionBudget): string {
  return `Pods selected by this PodDisruptionBudget (selector: ${printGoSelector(budget.spec.selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`
}

function selects(budget: PodDisruptionBudget, pod: Pod): boolean {
  return matchesSelector(budget.spec.selector, pod.metadata.labels)
}

/** Evictions that were granted and whose pods are not gone yet; they are forgotten after two minutes. */
function stillDisrupted(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  nowMs: number,
): { disruptedPods: Record<string, string>; recheckMs?: number } {
  const disruptedPods: Record<string, string> = {}
  let recheckMs: number | undefined
  for (const [name, since] of Object.entries(budget.status?.disruptedPods ?? {})) {
    const pod = pods.find((candidate) => candidate.metadata.name === name)
    const leftMs = timeMs(since) + disruptionTimeoutMs - nowMs
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || leftMs <= 0) continue
    disruptedPods[name] = since
    recheckMs = Math.min(recheckMs ?? leftMs, leftMs)
  }
  return recheckMs === undefined ? { disruptedPods } : { disruptedPods, recheckMs }
}
