import { isEmptySelector, jsonEqual, matchesSelector } from '../../../../api/index.ts'
import type { ComponentContext, Deployment, Informer, Pod, ReplicaSet, Requeue } from '../../../control/index.ts'
import {
  claimObjects,
  conditionOf,
  controllerOf,
  DEPLOYMENTS,
  isApiError,
  isFinished,
  keyOf,
  REPLICA_SETS,
  splitKey,
} from '../../../control/index.ts'
import { indexPods } from '../owned-pods.ts'
import { byCreation, desired, findNew, isRolling, revisionAnnotation, revisionOf, sameTemplate, size } from './model.ts'
import { calculateStatus, hasDeadline, isComplete, newCondition, putCondition, withProgress } from './progress.ts'
import { buildReplicaSet, newSetAnnotations, sizeAnnotations } from './revision.ts'
import { activeOrLatest, isSaturated, isScalingEvent, newSetSize, scaleProportionally, shrinkOld } from './rolling.ts'

interface Sets {
  next: ReplicaSet | undefined
  old: ReplicaSet[]
}

const component = 'deployment-controller'

/** As Kubernetes' deployment controller. The decisions are in the other files of this folder; this one carries them out. */
class DeploymentController {
  private readonly ctx: ComponentContext
  private readonly deployments: Informer<Deployment>
  private readonly sets: Informer<ReplicaSet>
  private readonly pods: Informer<Pod>
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.deployments = ctx.informers.of(DEPLOYMENTS)
    this.sets = ctx.informers.of(REPLICA_SETS)
    this.pods = indexPods(ctx)
    this.sets.addIndex('controller', (set) => {
      const uid = controllerOf(set)?.uid
      return uid === undefined ? [] : [uid]
    })
    this.sets.addIndex('orphan', (set) => (controllerOf(set) === undefined ? [set.metadata.namespace ?? ''] : []))
    const loop = ctx.loop(component, (key) => this.reconcile(key), 5)
    const add = (deployment: Deployment): void => loop.queue.add(keyOf(deployment))
    this.deployments.on({ add, update: (_old, deployment) => add(deployment) })
    const ownerOf = (set: ReplicaSet): Deployment | undefined => {
      const reference = controllerOf(set)
      if (reference?.kind !== 'Deployment') return undefined
      const owner = this.deployments.get(set.metadata.namespace ?? '', reference.name)
      return owner?.metadata.uid === reference.uid ? owner : undefined
    }
    const changed = (set: ReplicaSet): void => {
      const owner = ownerOf(set)
      if (owner !== undefined) add(owner)
      else if (controllerOf(set) === undefined) {
        for (const deployment of this.deployments.list(set.metadata.namespace ?? '')) {
          if (matchesSelector(deployment.spec.selector, set.metadata.labels)) add(deployment)
        }
      }
    }
    this.sets.on({ add: changed, update: (_old, set) => changed(set), delete: changed })
    // A Recreate rollout goes on when the last old pod has gone.
    this.pods.on({
      delete: (pod) => {
        const reference = controllerOf(pod)
        if (reference?.kind !== 'ReplicaSet') return
        const set = this.sets.get(pod.metadata.namespace ?? '', reference.name)
        const owner = set === undefined ? undefined : ownerOf(set)
        if (owner !== undefined && !isRolling(owner)) add(owner)
      },
    })
  }

  private async reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const deployment = this.deployments.get(namespace, name)
    if (deployment === undefined || isEmptySelector(deployment.spec.selector)) return undefined
    const sets = await this.claim(deployment)
    if (deployment.metadata.deletionTimestamp !== undefined) {
      await this.writeStatus(deployment, calculateStatus(deployment, sets, findNew(deployment, sets), this.ctx.nowMs()))
      return undefined
    }
    if (await this.notePause(deployment)) return undefined
    if (deployment.spec.paused === true) return this.scaleOnly(deployment, sets)
    if (isScalingEvent(deployment, sets)) return this.scaleOnly(deployment, sets)
    return isRolling(deployment) ? this.roll(deployment, sets) : this.recreate(deployment, sets)
  }

  private claim(deployment: Deployment): Promise<ReplicaSet[]> {
    const candidates = [
      ...this.sets.byIndex('controller', deployment.metadata.uid),
      ...this.sets.byIndex('orphan', deployment.metadata.namespace ?? ''),
    ]
    const matches = (set: ReplicaSet): boolean => matchesSelector(deployment.spec.selector, set.metadata.labels)
    return claimObjects(
      { client: this.ctx.client, owner: deployment, ownerType: DEPLOYMENTS, childType: REPLICA_SETS, matches },
      candidates,
    )
  }

  /** Writes the conditions for a pause that began or ended. The update brings the deployment back into the queue. */
  private async notePause(deployment: Deployment): Promise<boolean> {
    if (!hasDeadline(deployment)) return false
    const current = conditionOf(deployment.status?.conditions, 'Progressing')
    if (current?.reason === 'ProgressDeadlineExceeded') return false
    const noted = current?.reason === 'DeploymentPaused'
    const paused = deployment.spec.paused === true
    if (paused === noted) return false
    const condition = paused
      ? newCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', this.ctx.nowMs())
      : newCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', this.ctx.nowMs())
    const conditions = putCondition(deployment.status?.conditions ?? [], condition)
    await this.ctx.client.update(DEPLOYMENTS, { ...deployment, status: { ...deployment.status, conditions } }, 'status')
    return true
  }

  private async scaleOnly(deployment: Deployment, all: readonly ReplicaSet[]): Promise<undefined> {
    const sets = await this.findSets(deployment, all, { create: false })
    if (sets === undefined) return undefined
    await this.scale(deployment, sets)
    if (deployment.spec.paused === true) await this.cleanUp(deployment, sets.old)
    await this.writeStatus(deployment, calculateStatus(deployment, together(sets), sets.next, this.ctx.nowMs()))
    return undefined
  }

  private async scale(deployment: Deployment, sets: Sets): Promise<void> {
    const only = activeOrLatest(sets.next, sets.old)
    if (only !== undefined) {
      if (size(only) !== desired(deployment)) await this.resize(deployment, sets, only, desired(deployment))
      return
    }
    if (isSaturated(deployment, sets.next)) {
      for (const set of sets.old) if (size(set) > 0) await this.resize(deployment, sets, set, 0)
      return
    }
    if (!isRolling(deployment)) return
    for (const { set, replicas } of scaleProportionally(deployment, together(sets)))
      await this.resize(deployment, sets, set, replicas)
  }

  private async roll(deployment: Deployment, all: readonly ReplicaSet[]): Promise<Requeue | undefined> {
    const sets = await this.findSets(deployment, all, { create: true })
    if (sets?.next === undefined) return undefined
    const wanted = desired(deployment)
    const target = size(sets.next) > wanted ? wanted : newSetSize(deployment, together(sets), sets.next)
    if (target !== size(sets.next)) {
      await this.resize(deployment, sets, sets.next, target)
      return this.finish(deployment, sets)
    }
    const steps = shrinkOld(
      deployment,
      sets.old.filter((set) => size(set) > 0),
      sets.next,
    )
    for (const { set, replicas } of steps) await this.resize(deployment, sets, set, replicas)
    return this.finish(deployment, sets)
  }

  private async recreate(deployment: Deployment, all: readonly ReplicaSet[]): Promise<Requeue | undefined> {
    let sets = await this.findSets(deployment, all, { create: false })
    if (sets === undefined) return undefined
    const active = sets.old.filter((set) => size(set) > 0)
    for (const set of active) await this.resize(deployment, sets, set, 0)
    if (active.length > 0 || this.oldPodsRun(deployment, sets)) return this.finish(deployment, sets)
    if (sets.next === undefined) {
      sets = await this.findSets(deployment, all, { create: true })
      if (sets?.next === undefined) return undefined
    }
    if (sets.next !== undefined && size(sets.next) !== desired(deployment)) {
      await this.resize(deployment, sets, sets.next, desired(deployment))
    }
    return this.finish(deployment, sets)
  }

  private oldPodsRun(deployment: Deployment, sets: Sets): boolean {
    return this.sets
      .byIndex('controller', deployment.metadata.uid)
      .filter((set) => set.metadata.uid !== sets.next?.metadata.uid)
      .some((set) => this.pods.byIndex('controller', set.metadata.uid).some((pod) => !isFinished(pod)))
  }

  private async finish(deployment: Deployment, sets: Sets): Promise<Requeue | undefined> {
    const { status, recheckMs } = withProgress(deployment, together(sets), sets.next, this.ctx.nowMs())
    if (isComplete(deployment, status)) await this.cleanUp(deployment, sets.old)
    await this.writeStatus(deployment, status)
    return recheckMs === undefined ? undefined : { requeueAfterMs: recheckMs }
  }

  /**
   * The new replica set and the old ones, with revisions and annotations brought up to date. Undefined when the deployment
   * itself was written: the change brings it back into the queue.
   */
  private async findSets(
    deployment: Deployment,
    all: readonly ReplicaSet[],
    options: { create: boolean },
  ): Promise<Sets | undefined> {
    const found = findNew(deployment, all)
    const old = all.filter((set) => set !== found).sort(byCreation)
    const revision = Math.max(0, ...old.map(revisionOf)) + 1
    if (found === undefined)
      return options.create ? this.createSet(deployment, old, revision) : { next: undefined, old }
    let next = found
    const annotations = newSetAnnotations(deployment, found, revision)
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0
    if (
      !jsonEqual(annotations, found.metadata.annotations ?? {}) ||
      (found.spec.minReadySeconds ?? 0) !== minReadySeconds
    ) {
      next = await this.ctx.client.update(REPLICA_SETS, {
        ...found,
        metadata: { ...found.metadata, annotations },
        spec: { ...found.spec, minReadySeconds },
      })
    }
    const wantsCondition =
      hasDeadline(deployment) && conditionOf(deployment.status?.conditions, 'Progressing') === undefined
    const condition = newCondition(
      'Progressing',
      'True',
      'FoundNewReplicaSet',
      `Found new replica set "${next.metadata.name}"`,
      this.ctx.nowMs(),
    )
    const written = await this.noteRevision(deployment, next, wantsCondition ? condition : undefined)
    return written ? undefined : { next, old }
  }

  /** Writes the deployment's revision annotation and, when given, a condition; true when something was written. */
  private async noteRevision(
    deployment: Deployment,
    next: ReplicaSet,
    condition: ReturnType<typeof newCondition> | undefined,
  ): Promise<boolean> {
    const revision = next.metadata.annotations?.[revisionAnnotation] ?? ''
    const same = deployment.metadata.annotations?.[revisionAnnotation] === revision
    if (same && condition === undefined) return false
    const conditions = deployment.status?.conditions ?? []
    await this.ctx.client.update(
      DEPLOYMENTS,
      {
        ...deployment,
        metadata: {
          ...deployment.metadata,
          annotations: { ...deployment.metadata.annotations, [revisionAnnotation]: revision },
        },
        status: { ...deployment.status, ...(condition ? { conditions: putCondition(conditions, condition) } : {}) },
      },
      'status',
    )
    return true
  }

  private async createSet(deployment: Deployment, old: ReplicaSet[], revision: number): Promise<Sets | undefined> {
    const replicas = newSetSize(deployment, old, undefined)
    const wanted = buildReplicaSet(deployment, revision, replicas)
    let next: ReplicaSet
    let created = true
    try {
      next = await this.ctx.client.create<ReplicaSet>(REPLICA_SETS, wanted)
      if (replicas > 0) this.event(deployment, `Scaled up replica set ${next.metadata.name} from 0 to ${replicas}`)
    } catch (error) {
      if (!isApiError(error, 'ALREADY_EXISTS')) {
        if (hasDeadline(deployment) && isApiError(error) && !error.namespaceTerminating)
          await this.noteFailure(deployment, wanted.metadata.name, error.message)
        throw error
      }
      const existing = await this.ctx.client.get(REPLICA_SETS, {
        namespace: wanted.metadata.namespace,
        name: wanted.metadata.name,
      })
      if (
        existing === undefined ||
        controllerOf(existing)?.uid !== deployment.metadata.uid ||
        !sameTemplate(deployment, existing)
      ) {
        await this.noteCollision(deployment)
        return undefined
      }
      next = existing
      created = false
    }
    const message = `Created new replica set "${next.metadata.name}"`
    const condition = newCondition('Progressing', 'True', 'NewReplicaSetCreated', message, this.ctx.nowMs())
    const written = await this.noteRevision(
      deployment,
      next,
      created && hasDeadline(deployment) ? condition : undefined,
    )
    return written ? undefined : { next, old }
  }

  private async noteFailure(deployment: Deployment, name: string, text: string): Promise<void> {
    const message = `Failed to create new replica set "${name}": ${text}`
    const condition = newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, this.ctx.nowMs())
    const conditions = putCondition(deployment.status?.conditions ?? [], condition)
    if (jsonEqual(conditions, deployment.status?.conditions ?? [])) return
    await this.ctx.client.update(DEPLOYMENTS, { ...deployment, status: { ...deployment.status, conditions } }, 'status')
  }

  private async noteCollision(deployment: Deployment): Promise<void> {
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
    await this.ctx.client.update(
      DEPLOYMENTS,
      { ...deployment, status: { ...deployment.status, collisionCount } },
      'status',
    )
  }

  /** Sizes a replica set, puts the result in its place in `sets`, and says so in an event. */
  private async resize(deployment: Deployment, sets: Sets, set: ReplicaSet, replicas: number): Promise<void> {
    const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) }
    if (size(set) === replicas && jsonEqual(annotations, set.metadata.annotations)) return
    const written = await this.ctx.client.update(REPLICA_SETS, {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...set.spec, replicas },
    })
    const before = size(set)
    if (before !== replicas) {
      const direction = replicas > before ? 'up' : 'down'
      this.event(deployment, `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${replicas}`)
    }
    if (sets.next === set) sets.next = written
    else sets.old = sets.old.map((other) => (other === set ? written : other))
  }

  private async cleanUp(deployment: Deployment, old: readonly ReplicaSet[]): Promise<void> {
    const limit = deployment.spec.revisionHistoryLimit
    if (limit === undefined || limit === 2_147_483_647) return
    const alive = old.filter((set) => set.metadata.deletionTimestamp === undefined)
    const excess = alive.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, alive.length - limit))
    for (const set of excess) {
      const busy = (set.status?.replicas ?? 0) !== 0 || size(set) !== 0
      if (busy || (set.metadata.generation ?? 0) > (set.status?.observedGeneration ?? 0)) continue
      await this.ctx.client.delete(REPLICA_SETS, set.metadata)
    }
  }

  private async writeStatus(deployment: Deployment, status: NonNullable<Deployment['status']>): Promise<void> {
    if (jsonEqual(trimmed(deployment.status ?? {}), trimmed(status))) return
    await this.ctx.client.update(DEPLOYMENTS, { ...deployment, status }, 'status')
  }

  private event(deployment: Deployment, message: string): void {
    this.ctx.events.record({ component }, deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message })
  }
}

function together(sets: Sets): ReplicaSet[] {
  return sets.next === undefined ? sets.old : [...sets.old, sets.next]
}

function trimmed(status: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0))
}

/** Adds the deployment controller to a context. */
export function startDeployments(ctx: ComponentContext): void {
  new DeploymentController(ctx)
}
