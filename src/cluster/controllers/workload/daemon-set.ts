import { isEmptySelector, jsonEqual, matchesSelector } from '../../../api/index.ts'
import type {
  ComponentContext,
  ControllerRevision,
  DaemonSet,
  Informer,
  Node,
  Pod,
  Requeue,
} from '../../control/index.ts'
import {
  availableInMs,
  claimObjects,
  DAEMON_SETS,
  Expectations,
  keyOf,
  NODES,
  PODS,
  splitKey,
} from '../../control/index.ts'
import { aimAtNode, daemonStatus, placement, planDaemonSet, planDaemonUpdate } from './daemon-plan.ts'
import { hashLabels, RevisionHistory } from './history.ts'
import { candidatePods, indexPods, watchOwnedPods } from './owned-pods.ts'
import { isTerminating, PodControl, podFromTemplate } from './pod-control.ts'

const component = 'daemonset-controller'
const hashLabel = hashLabels.daemonSet
const generationLabel = 'pod-template-generation'
const generationAnnotation = 'deprecated.daemonset.template.generation'

/** As Kubernetes' daemonset controller. Which node gets what is decided in `daemon-plan.ts`; the scheduler binds the pods. */
class DaemonSetController {
  private readonly ctx: ComponentContext
  private readonly sets: Informer<DaemonSet>
  private readonly nodes: Informer<Node>
  private readonly pods: Informer<Pod>
  private readonly history: RevisionHistory<DaemonSet>
  private readonly expectations: Expectations
  private readonly control: PodControl
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.sets = ctx.informers.of(DAEMON_SETS)
    this.nodes = ctx.informers.of(NODES)
    this.pods = indexPods(ctx)
    this.history = new RevisionHistory(ctx, DAEMON_SETS, hashLabel)
    this.expectations = new Expectations(ctx.clock)
    this.control = new PodControl(ctx.client, ctx.recorder({ component }))
    const loop = ctx.loop(component, (key) => this.reconcile(key), 3)
    const add = (set: DaemonSet): void => loop.queue.add(keyOf(set))
    this.sets.on({ add, update: (_old, set) => add(set), delete: (set) => this.expectations.forget(keyOf(set)) })
    this.nodes.on({
      add: (node) => {
        for (const set of this.sets.list()) if (placement(set, node).run) add(set)
      },
      update: (old, node) => {
        if (jsonEqual(old.metadata.labels, node.metadata.labels) && jsonEqual(old.spec, node.spec)) return
        for (const set of this.sets.list()) if (!jsonEqual(placement(set, old), placement(set, node))) add(set)
      },
      delete: () => this.sets.list().forEach(add),
    })
    watchOwnedPods<DaemonSet>({
      type: DAEMON_SETS,
      owners: this.sets,
      pods: this.pods,
      matches: (set, pod) => matchesSelector(set.spec.selector, pod.metadata.labels),
      changed: (set, pod, what) => {
        if (what === 'add') this.expectations.creationObserved(keyOf(set))
        if (what === 'delete') this.expectations.deletionObserved(keyOf(set), pod.metadata.uid)
        add(set)
      },
    })
  }

  private async reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const set = this.sets.get(namespace, name)
    if (set === undefined || isEmptySelector(set.spec.selector) || set.metadata.deletionTimestamp !== undefined)
      return undefined
    const history = await this.history.list(set)
    const revision = await this.history.current(set, history)
    if (revision === undefined) {
      const collisionCount = (set.status?.collisionCount ?? 0) + 1
      await this.ctx.client.update(DAEMON_SETS, { ...set, status: { ...set.status, collisionCount } }, 'status')
      return undefined
    }
    const pods = await claimObjects(
      {
        client: this.ctx.client,
        owner: set,
        ownerType: DAEMON_SETS,
        childType: PODS,
        matches: (pod: Pod) => matchesSelector(set.spec.selector, pod.metadata.labels),
      },
      candidatePods(this.pods, set),
    )
    const isCurrent = (pod: Pod): boolean => pod.metadata.labels?.[hashLabel] === revision.metadata.labels?.[hashLabel]
    const nodes = this.nodes.list()
    const nowMs = this.ctx.nowMs()
    if (this.expectations.satisfied(key)) await this.manage(key, set, nodes, pods, revision, isCurrent)
    await this.writeStatus(set, daemonStatus(set, nodes, pods, isCurrent, nowMs))
    const live = new Set(
      history
        .filter((r) => pods.some((pod) => pod.metadata.labels?.[hashLabel] === r.metadata.labels?.[hashLabel]))
        .map((r) => r.metadata.name),
    )
    await this.history.truncate(set, history, live.add(revision.metadata.name))
    const waits = pods
      .map((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, nowMs) ?? 0)
      .filter((ms) => ms > 0)
    return waits.length > 0 ? { requeueAfterMs: Math.min(...waits) + 1 } : undefined
  }

  private async manage(
    key: string,
    set: DaemonSet,
    nodes: readonly Node[],
    pods: readonly Pod[],
    revision: ControllerRevision,
    isCurrent: (pod: Pod) => boolean,
  ): Promise<void> {
    const nowMs = this.ctx.nowMs()
    const plan = planDaemonSet(set, nodes, pods, isCurrent, nowMs)
    for (const pod of plan.failed) {
      const message = `Found failed daemon pod ${pod.metadata.namespace}/${pod.metadata.name} on node ${pod.spec.nodeName}, will try to kill it`
      this.ctx.events.record({ component }, set, { type: 'Warning', reason: 'FailedDaemonPod', message })
    }
    let create = plan.create
    let remove = [...plan.delete, ...plan.failed]
    if (
      create.length === 0 &&
      remove.length === 0 &&
      (set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
    ) {
      const update = planDaemonUpdate(set, nodes, pods, isCurrent, nowMs)
      create = update.create
      remove = update.delete
    }
    if (create.length === 0 && remove.length === 0) return
    this.expectations.expect(
      key,
      create.length,
      remove.map((pod) => pod.metadata.uid),
    )
    const results = await Promise.allSettled([
      ...create.map((node) => this.create(key, set, node, revision)),
      ...remove.map((pod) => this.remove(key, set, pod)),
    ])
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined && !isTerminating(failed.reason)) throw failed.reason
  }

  private async create(key: string, set: DaemonSet, node: string, revision: ControllerRevision): Promise<void> {
    const hash = revision.metadata.labels?.[hashLabel] ?? ''
    const generation = set.metadata.annotations?.[generationAnnotation]
    const pod = podFromTemplate(DAEMON_SETS, set, set.spec.template, (draft) => {
      draft.metadata.labels = {
        ...draft.metadata.labels,
        [hashLabel]: hash,
        ...(generation ? { [generationLabel]: generation } : {}),
      }
      aimAtNode(draft, node)
    })
    try {
      await this.control.create(set, pod)
    } catch (error) {
      this.expectations.creationObserved(key)
      throw error
    }
  }

  private async remove(key: string, set: DaemonSet, pod: Pod): Promise<void> {
    try {
      await this.control.delete(set, pod)
    } catch (error) {
      this.expectations.deletionObserved(key, pod.metadata.uid)
      throw error
    }
  }

  private async writeStatus(set: DaemonSet, status: NonNullable<DaemonSet['status']>): Promise<void> {
    const trim = (value: object): unknown => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== 0))
    if (jsonEqual(trim(set.status ?? {}), trim(status))) return
    await this.ctx.client.update(DAEMON_SETS, { ...set, status }, 'status')
  }
}

/** Adds the DaemonSet controller to a context. */
export function startDaemonSets(ctx: ComponentContext): void {
  new DaemonSetController(ctx)
}
