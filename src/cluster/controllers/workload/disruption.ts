import { jsonEqual, matchesSelector } from '../../../api/index.ts'
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
  JOBS,
  keyOf,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
  setCondition,
  splitKey,
  timeMs,
  timestamp,
} from '../../control/index.ts'
import { scaledValue } from './deployment/model.ts'

const disruptionTimeoutMs = 120_000

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

/** As Kubernetes' disruption controller: keeps the status of PodDisruptionBudgets. */
export function startDisruption(ctx: ComponentContext): void {
  const budgets = ctx.informers.of(BUDGETS)
  const pods = ctx.informers.of(PODS)
  const loop = ctx.loop('disruption-controller', (key) => reconcile(key), 2)
  budgets.on({
    add: (budget) => loop.queue.add(keyOf(budget)),
    update: (_old, budget) => loop.queue.add(keyOf(budget)),
  })
  const touched = (pod: Pod): void => {
    for (const budget of budgets.list(pod.metadata.namespace ?? ''))
      if (selects(budget, pod)) loop.queue.addAfter(keyOf(budget), 20)
  }
  pods.on({ add: touched, update: (_old, pod) => touched(pod), delete: touched })

  async function reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const budget = budgets.get(namespace, name)
    if (budget === undefined || budget.metadata.deletionTimestamp !== undefined) return undefined
    const matching = pods.list(namespace).filter((pod) => selects(budget, pod))
    const nowMs = ctx.nowMs()
    const { disruptedPods, recheckMs } = stillDisrupted(budget, matching, nowMs)
    const numbers = budgetNumbers(budget, matching, await expected(matching), new Set(Object.keys(disruptedPods)))
    const conditions = (budget.status?.conditions ?? []).map((condition) => ({ ...condition }))
    const enough = numbers.disruptionsAllowed > 0
    setCondition(conditions, {
      type: 'DisruptionAllowed',
      status: enough ? 'True' : 'False',
      reason: enough ? 'SufficientPods' : 'InsufficientPods',
      message: '',
      observedGeneration: budget.metadata.generation ?? 0,
      lastTransitionTime: timestamp(nowMs),
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

  /** What the scalable controllers of the pods ask for together; pods without one count themselves. */
  async function expected(matching: readonly Pod[]): Promise<number> {
    const sizes = new Map<string, number>()
    for (const pod of matching) {
      const reference = controllerOf(pod)
      if (reference === undefined) sizes.set(pod.metadata.uid, 1)
      else if (!sizes.has(reference.uid)) sizes.set(reference.uid, sizeOf(pod, reference.kind, reference.name))
    }
    // The replica sets of one deployment count as that deployment.
    const perDeployment = new Map<string, number>()
    let total = 0
    for (const [uid, size] of sizes) {
      const set = ctx.informers
        .of(REPLICA_SETS)
        .list(matching[0]?.metadata.namespace ?? '')
        .find((candidate) => candidate.metadata.uid === uid)
      const owner = set === undefined ? undefined : controllerOf(set)
      const deployment =
        owner?.kind === 'Deployment'
          ? ctx.informers.of(DEPLOYMENTS).get(set?.metadata.namespace ?? '', owner.name)
          : undefined
      if (deployment === undefined) total += size
      else perDeployment.set(deployment.metadata.uid, deployment.spec.replicas ?? 1)
    }
    for (const size of perDeployment.values()) total += size
    return total
  }

  function sizeOf(pod: Pod, kind: string, name: string): number {
    const get = <T extends ServerObject>(type: ResourceType<T>): T | undefined =>
      ctx.informers.of(type).get(pod.metadata.namespace ?? '', name)
    if (kind === 'ReplicaSet') return get(REPLICA_SETS)?.spec.replicas ?? 1
    if (kind === 'StatefulSet') return get(STATEFUL_SETS)?.spec.replicas ?? 1
    if (kind === 'ReplicationController') return get(REPLICATION_CONTROLLERS)?.spec.replicas ?? 1
    if (kind === 'Job') return get(JOBS)?.spec.parallelism ?? 1
    return 1
  }
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
