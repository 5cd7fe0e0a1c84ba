import { formatTime, jsonEqual, type LabelSelector, matchesPairs, matchesSelector } from '../../../api/index.ts'
import type {
  ComponentContext,
  Condition,
  Informer,
  Pod,
  PodTemplate,
  ReplicaSet,
  Requeue,
  ResourceType,
  ServerObject,
} from '../../control/index.ts'
import {
  availableInMs,
  claimObjects,
  Expectations,
  isActive,
  isFinished,
  isReady,
  keyOf,
  setCondition,
  settleInBatches,
  splitKey,
} from '../../control/index.ts'
import { candidatePods, indexPods, watchOwnedPods } from './owned-pods.ts'
import { isTerminating, PodControl, podFromTemplate, slowStart } from './pod-control.ts'
import { sortForDeletion } from './pod-ranking.ts'

/** The fields that ReplicaSets and ReplicationControllers share. */
export interface Replicated extends ServerObject {
  spec: {
    replicas?: number
    minReadySeconds?: number
    template?: PodTemplate
    selector?: LabelSelector | Record<string, string>
  }
  status?: ReplicaSet['status']
}

/** What differs between the two kinds. */
export interface ReplicatedKind<O extends Replicated> {
  readonly type: ResourceType<O>
  readonly component: string
  readonly matches: (owner: O, labels: Readonly<Record<string, string>> | undefined) => boolean
}

const burst = 500

/** Counts pods as the status reports them. Pods that are being deleted count as terminating only. */
function replicaStatus(
  owner: Replicated,
  pods: readonly Pod[],
  nowMs: number,
): { status: NonNullable<ReplicaSet['status']>; recheckMs?: number } {
  const templateLabels = owner.spec.template?.metadata?.labels ?? {}
  const noLabels = Object.keys(templateLabels).length === 0
  let [full, ready, available, count, terminating] = [0, 0, 0, 0, 0]
  let recheckMs = Number.POSITIVE_INFINITY
  for (const pod of pods) {
    if (isFinished(pod)) continue
    if (pod.metadata.deletionTimestamp !== undefined) {
      terminating++
      continue
    }
    count++
    if (noLabels || matchesPairs(templateLabels, pod.metadata.labels)) full++
    if (!isReady(pod)) continue
    ready++
    const waitMs = availableInMs(pod, owner.spec.minReadySeconds ?? 0, nowMs)
    if (waitMs === 0) available++
    else if (waitMs !== undefined) recheckMs = Math.min(recheckMs, waitMs)
  }
  const status: NonNullable<ReplicaSet['status']> = {
    replicas: count,
    fullyLabeledReplicas: full,
    readyReplicas: ready,
    availableReplicas: available,
    terminatingReplicas: terminating,
    observedGeneration: owner.metadata.generation ?? 0,
  }
  return Number.isFinite(recheckMs) ? { status, recheckMs } : { status }
}

/** Keeps the number of pods of ReplicaSets, or of ReplicationControllers, at what they ask for. */
export class ReplicaController<O extends Replicated> {
  private readonly ctx: ComponentContext
  private readonly kind: ReplicatedKind<O>
  private readonly owners: Informer<O>
  private readonly pods: Informer<Pod>
  private readonly expectations: Expectations
  private readonly control: PodControl
  constructor(ctx: ComponentContext, kind: ReplicatedKind<O>) {
    this.ctx = ctx
    this.kind = kind
    this.owners = ctx.informers.of(kind.type)
    this.pods = indexPods(ctx)
    this.expectations = new Expectations(ctx.clock)
    this.control = new PodControl(ctx.client, ctx.recorder({ component: kind.component }))
    const loop = ctx.loop(kind.component, (key) => this.reconcile(key), 5)
    const add = (owner: O): void => loop.queue.add(keyOf(owner))
    this.owners.on({
      add,
      update: (_old, owner) => add(owner),
      delete: (owner) => this.expectations.forget(keyOf(owner)),
    })
    watchOwnedPods<O>({
      type: kind.type,
      owners: this.owners,
      pods: this.pods,
      matches: (owner, pod) => kind.matches(owner, pod.metadata.labels),
      changed: (owner, pod, what) => {
        if (what === 'add') this.expectations.creationObserved(keyOf(owner))
        if (what === 'delete') this.expectations.deletionObserved(keyOf(owner), pod.metadata.uid)
        add(owner)
      },
    })
  }

  private async reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const owner = this.owners.get(namespace, name)
    if (owner === undefined) return undefined
    const satisfied = this.expectations.satisfied(key)
    const pods = await this.claim(owner)
    const active = pods.filter(isActive)
    let problem: unknown
    if (satisfied && owner.metadata.deletionTimestamp === undefined) problem = await this.manage(key, owner, active)
    const { status, recheckMs } = replicaStatus(owner, pods, this.ctx.nowMs())
    const diff = active.length - (owner.spec.replicas ?? 1)
    await this.writeStatus(owner, status, problem, diff)
    if (problem !== undefined && !isTerminating(problem)) throw problem
    return recheckMs === undefined ? undefined : { requeueAfterMs: recheckMs + 1 }
  }

  private claim(owner: O): Promise<Pod[]> {
    const pods = candidatePods(this.pods, owner).filter(
      (pod) => !isFinished(pod) || pod.metadata.deletionTimestamp === undefined,
    )
    const claim = {
      client: this.ctx.client,
      owner,
      ownerType: this.kind.type,
      childType: this.pods.type,
      matches: (pod: Pod) => this.kind.matches(owner, pod.metadata.labels),
    }
    return claimObjects(
      claim,
      pods.filter((pod) => !isFinished(pod)),
    )
  }

  private async manage(key: string, owner: O, active: readonly Pod[]): Promise<unknown> {
    const diff = active.length - (owner.spec.replicas ?? 1)
    if (diff < 0) return this.grow(key, owner, Math.min(burst, -diff))
    if (diff > 0) return this.shrink(key, owner, active, Math.min(burst, diff))
    return undefined
  }

  private async grow(key: string, owner: O, count: number): Promise<unknown> {
    const { template } = owner.spec
    if (template === undefined) return undefined
    this.expectations.expectCreations(key, count)
    let started = 0
    const { error } = await slowStart(count, async () => {
      started++
      try {
        await this.control.create(owner, podFromTemplate(this.kind.type, owner, template))
      } catch (problem) {
        this.expectations.creationObserved(key)
        throw problem
      }
    })
    for (; started < count; started++) this.expectations.creationObserved(key)
    return error
  }

  private async shrink(key: string, owner: O, active: readonly Pod[], count: number): Promise<unknown> {
    const victims = sortForDeletion(active, active, this.ctx.nowMs()).slice(0, count)
    this.expectations.expectDeletions(
      key,
      victims.map((pod) => pod.metadata.uid),
    )
    const results = await settleInBatches(victims.length, async (i) => {
      const pod = victims[i]
      if (pod === undefined) return
      try {
        await this.control.delete(owner, pod)
      } catch (error) {
        this.expectations.deletionObserved(key, pod.metadata.uid)
        throw error
      }
    })
    return results.find((result) => result.status === 'rejected')?.reason
  }

  private async writeStatus(
    owner: O,
    next: NonNullable<ReplicaSet['status']>,
    problem: unknown,
    diff: number,
  ): Promise<void> {
    const conditions: Condition[] = (owner.status?.conditions ?? []).map((condition) => ({ ...condition }))
    const index = conditions.findIndex((condition) => condition.type === 'ReplicaFailure')
    if (problem !== undefined && !isTerminating(problem)) {
      setCondition(conditions, {
        type: 'ReplicaFailure',
        status: 'True',
        lastTransitionTime: formatTime(this.ctx.nowMs()),
        reason: diff < 0 ? 'FailedCreate' : 'FailedDelete',
        message: problem instanceof Error ? problem.message : String(problem),
      })
    } else if (index >= 0) conditions.splice(index, 1)
    const status = { ...next, ...(conditions.length > 0 ? { conditions } : {}) }
    const old = owner.status ?? {}
    const same = jsonEqual(withoutZeros(old), withoutZeros(status))
    if (same) return
    await this.ctx.client.update(this.kind.type, { ...owner, status }, 'status')
  }
}

/** The API leaves out zeros of optional fields, and empty lists. */
function withoutZeros(status: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(status).filter(([, value]) => value !== 0 && !(Array.isArray(value) && value.length === 0)),
  )
}

/** True when a ReplicaSet's selector matches. */
export function replicaSetMatches(owner: ReplicaSet, labels: Readonly<Record<string, string>> | undefined): boolean {
  return matchesSelector(owner.spec.selector, labels)
}
