import { errorText } from '../../../base/index.ts'
import { jsonEqual, matchesSelector } from '../../../api/index.ts'
import type {
  ComponentContext,
  ControllerRevision,
  Informer,
  PersistentVolumeClaim,
  Pod,
  Requeue,
  StatefulSet,
} from '../../control/index.ts'
import {
  availableInMs,
  CLAIMS,
  claimObjects,
  isApiError,
  keyOf,
  PODS,
  STATEFUL_SETS,
  splitKey,
} from '../../control/index.ts'
import { hashLabels, RevisionHistory, templateOf } from './history.ts'
import { candidatePods, indexPods, watchOwnedPods } from './owned-pods.ts'
import { isTerminating } from './pod-control.ts'
import { RecentlyGone } from './recently-gone.ts'
import type { StatefulRevisions, StatefulStep } from './stateful-plan.ts'
import { planStatefulSet, statefulStatus } from './stateful-plan.ts'
import { claimsFor, ordinalOf, revisionLabel, statefulPod } from './stateful-pods.ts'

const component = 'statefulset-controller'

/** As Kubernetes' statefulset controller. What to do next is decided in `stateful-plan.ts`. */
class StatefulSetController {
  private readonly ctx: ComponentContext
  private readonly sets: Informer<StatefulSet>
  private readonly pods: Informer<Pod>
  private readonly history: RevisionHistory<StatefulSet>
  private readonly gone: RecentlyGone
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.sets = ctx.informers.of(STATEFUL_SETS)
    this.pods = indexPods(ctx)
    this.history = new RevisionHistory(ctx, STATEFUL_SETS, hashLabels.statefulSet)
    this.gone = new RecentlyGone(ctx, this.pods)
    ctx.informers.of(CLAIMS)
    const loop = ctx.loop(component, (key) => this.reconcile(key), 4)
    const add = (set: StatefulSet): void => loop.queue.add(keyOf(set))
    this.sets.on({ add, update: (_old, set) => add(set) })
    watchOwnedPods<StatefulSet>({
      type: STATEFUL_SETS,
      owners: this.sets,
      pods: this.pods,
      matches: (set, pod) => matchesSelector(set.spec.selector, pod.metadata.labels),
      changed: (set) => add(set),
    })
  }

  private async reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const set = this.sets.get(namespace, name)
    if (set === undefined) return undefined
    const matches = (pod: Pod): boolean =>
      matchesSelector(set.spec.selector, pod.metadata.labels) && ordinalOf(set, pod) >= 0
    const pods = await claimObjects(
      { client: this.ctx.client, owner: set, ownerType: STATEFUL_SETS, childType: PODS, matches },
      candidatePods(this.pods, set),
    )
    const all = await this.history.list(set)
    const update = await this.history.current(set, all)
    if (update === undefined) {
      const collisionCount = (set.status?.collisionCount ?? 0) + 1
      await this.ctx.client.update(STATEFUL_SETS, { ...set, status: { ...set.status, collisionCount } }, 'status')
      return undefined
    }
    const current = all.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? update
    const revisions: StatefulRevisions = { current: current.metadata.name, update: update.metadata.name }
    const nowMs = this.ctx.nowMs()
    const waits: number[] = []
    if (set.metadata.deletionTimestamp === undefined) {
      await this.keepClaims(set, pods)
      for (const step of planStatefulSet(set, pods, revisions, nowMs)) {
        const leftMs = step.type === 'create' ? this.gone.leftMs(`${key}-${step.ordinal}`) : 0
        if (leftMs > 0) waits.push(leftMs)
        else await this.carryOut(set, step, { current, update })
      }
    }
    await this.writeStatus(set, statefulStatus(set, pods, revisions, nowMs))
    const live = new Set([
      ...pods.map((pod) => pod.metadata.labels?.[revisionLabel] ?? ''),
      revisions.current,
      revisions.update,
    ])
    await this.history.truncate(set, all, live)
    const unavailable = pods.map((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, nowMs) ?? 0)
    waits.push(...unavailable.filter((ms) => ms > 0))
    return waits.length > 0 ? { requeueAfterMs: Math.min(...waits) + 1 } : undefined
  }

  private async carryOut(
    set: StatefulSet,
    step: StatefulStep,
    revisions: { readonly current: ControllerRevision; readonly update: ControllerRevision },
  ): Promise<void> {
    if (step.type === 'create') {
      const revision = step.revision === 'current' ? revisions.current : revisions.update
      await this.createPod(set, step.ordinal, revision)
      return
    }
    const { pod, why } = step
    if (why === 'failed') {
      const message = `StatefulSet ${set.metadata.namespace}/${set.metadata.name} is recreating failed Pod ${pod.metadata.name}`
      this.event(set, 'Warning', 'RecreatingFailedPod', message)
    }
    if (why === 'scale') await this.ownClaimsByPod(set, pod)
    await this.ctx.client.delete(PODS, pod.metadata, { uid: pod.metadata.uid })
    this.event(
      set,
      'Normal',
      'SuccessfulDelete',
      `Delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`,
    )
  }

  private async createPod(set: StatefulSet, ordinal: number, revision: ControllerRevision): Promise<void> {
    const pod = statefulPod(set, templateOf(revision), revision.metadata.name, ordinal)
    const { name } = pod.metadata
    for (const claim of claimsFor(set, ordinal)) {
      const known = this.ctx.informers.of(CLAIMS).get(claim.metadata.namespace, claim.metadata.name)
      if (known !== undefined && known.metadata.deletionTimestamp === undefined) continue
      try {
        await this.ctx.client.create(CLAIMS, claim)
        this.event(
          set,
          'Normal',
          'SuccessfulCreate',
          `Create Claim ${claim.metadata.name} Pod ${name} in StatefulSet ${set.metadata.name} success`,
        )
      } catch (error) {
        if (!isApiError(error, 'ALREADY_EXISTS')) throw error
      }
    }
    try {
      await this.ctx.client.create(PODS, pod)
      this.event(set, 'Normal', 'SuccessfulCreate', `Create Pod ${name} in StatefulSet ${set.metadata.name} successful`)
    } catch (error) {
      if (isApiError(error, 'ALREADY_EXISTS')) return
      if (isTerminating(error)) return
      const text = errorText(error)
      this.event(
        set,
        'Warning',
        'FailedCreate',
        `Create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${text}`,
      )
      throw error
    }
  }

  private claimsOf(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
    const claims = this.ctx.informers.of(CLAIMS)
    return claimsFor(set, ordinal).flatMap(
      (wanted) => claims.get(wanted.metadata.namespace, wanted.metadata.name) ?? [],
    )
  }

  /** Makes the owner references of claims say what the retention policy says. */
  private async keepClaims(set: StatefulSet, pods: readonly Pod[]): Promise<void> {
    const policy = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
    const owned = policy.whenDeleted === 'Delete'
    for (const pod of pods) {
      for (const claim of this.claimsOf(set, ordinalOf(set, pod))) {
        const references = claim.metadata.ownerReferences ?? []
        const has = references.some((reference) => reference.uid === set.metadata.uid)
        if (has === owned) continue
        const others = references.filter((reference) => reference.uid !== set.metadata.uid)
        const { apiVersion, kind } = { apiVersion: 'apps/v1', kind: 'StatefulSet' }
        const reference = {
          apiVersion,
          kind,
          name: set.metadata.name,
          uid: set.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        }
        await this.ctx.client.patch(CLAIMS, claim.metadata, {
          metadata: { ownerReferences: owned ? [...others, reference] : others },
        })
      }
    }
  }

  private async ownClaimsByPod(set: StatefulSet, pod: Pod): Promise<void> {
    if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return
    const reference = { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid }
    for (const claim of this.claimsOf(set, ordinalOf(set, pod))) {
      await this.ctx.client.patch(CLAIMS, claim.metadata, { metadata: { ownerReferences: [reference] } })
    }
  }

  private async writeStatus(set: StatefulSet, status: NonNullable<StatefulSet['status']>): Promise<void> {
    const trim = (value: object): unknown => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== 0))
    if (jsonEqual(trim(set.status ?? {}), trim(status))) return
    await this.ctx.client.update(STATEFUL_SETS, { ...set, status }, 'status')
  }

  private event(set: StatefulSet, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.ctx.events.record({ component }, set, { type, reason, message })
  }
}

/** Adds the StatefulSet controller to a context. */
export function startStatefulSets(ctx: ComponentContext): void {
  new StatefulSetController(ctx)
}
