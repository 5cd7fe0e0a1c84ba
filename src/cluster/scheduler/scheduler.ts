import { formatTime, jsonEqual, matchesSelector } from '../../api/index.ts'
import type { ApiClient, ComponentContext, Condition, Node, Pod } from '../control/index.ts'
import {
  BUDGETS,
  CLAIMS,
  conditionOf,
  isApiError,
  isFinished,
  keyOf,
  NAMESPACES,
  NODES,
  PODS,
  resourcePath,
  splitKey,
  STORAGE_CLASSES,
  VOLUMES,
} from '../control/index.ts'
import { bindClaims, bindPod } from './bind.ts'
import { SchedulerCache } from './cache.ts'
import type { Attempt, Snapshot } from './framework.ts'
import { attempt } from './framework.ts'
import type { NodeInfo } from './node-info.ts'
import type { ClaimState } from './plugins/volume-binding.ts'
import { preempt } from './preemption.ts'
import type { QueuedPod } from './queue.ts'
import { SchedulingQueue } from './queue.ts'
import { defaultPlugins } from './registry.ts'

const schedulerName = 'default-scheduler'
const parallelBindings = 16

/**
 * Gives pods without a node one: decides one pod at a time over the cache, counts it there at once, and writes bindings in
 * parallel. Pods that fit nowhere get the condition and event that Kubernetes' scheduler writes, and wait for a change.
 */
export class Scheduler {
  private readonly ctx: ComponentContext
  private readonly client: ApiClient
  private readonly cache: SchedulerCache
  private readonly queue: SchedulingQueue
  private binding = 0
  private scheduled = false
  private ready = false
  private stopped = false
  private sequence = 0
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.client = ctx.client.as('kube-scheduler')
    this.cache = new SchedulerCache(ctx)
    this.queue = new SchedulingQueue(ctx.clock)
    this.queue.onReady = () => this.schedule()
    this.listen()
    ctx.onStop(() => {
      this.stopped = true
      this.queue.close()
    })
  }

  /** Begins once the caches are filled. */
  start(): void {
    this.ready = true
    this.schedule()
  }

  private listen(): void {
    const { informers } = this.ctx
    const wake = (): void => this.queue.wake({ mayHurry: true })
    informers.of(PODS).on({
      add: (pod) => this.offer(pod),
      update: (old, pod) => {
        if (pod.spec.nodeName || isFinished(pod)) {
          this.queue.remove(keyOf(pod))
          if (isFinished(pod) && !isFinished(old)) wake()
          // A pod that got its place helps only those that want to be near it, and there may be thousands.
          else if (!old.spec.nodeName) this.queue.wake({ mayHurry: false })
        } else if (
          old.spec !== pod.spec &&
          !(jsonEqual(old.spec, pod.spec) && jsonEqual(old.metadata.labels, pod.metadata.labels))
        ) {
          this.offer(pod)
        }
      },
      delete: (pod) => {
        this.queue.remove(keyOf(pod))
        if (pod.spec.nodeName) wake()
      },
    })
    informers.of(NODES).on({
      add: wake,
      update: (old, node) => {
        if (nodeChanged(old, node)) wake()
      },
    })
    informers.of(CLAIMS).on({ add: wake, update: wake })
    informers.of(VOLUMES).on({ add: wake, update: wake })
    informers.of(STORAGE_CLASSES).on({ add: wake, update: wake })
    informers.of(NAMESPACES)
  }

  private offer(pod: Pod): void {
    if (pod.spec.nodeName || isFinished(pod) || pod.metadata.deletionTimestamp !== undefined) return
    if ((pod.spec.schedulerName ?? schedulerName) !== schedulerName) return
    if ((pod.spec.schedulingGates ?? []).length > 0) return
    if (this.cache.isPlaced(pod.metadata.uid)) return
    const priority = pod.spec.priority ?? 0
    if (priority !== 0) this.queue.prioritised = true
    this.queue.add({ key: keyOf(pod), priority, order: this.sequence++ })
  }

  private schedule(): void {
    if (this.scheduled || !this.ready || this.stopped) return
    this.scheduled = true
    queueMicrotask(() => {
      this.scheduled = false
      this.pump()
    })
  }

  private pump(): void {
    while (this.binding < parallelBindings && !this.stopped) {
      const next = this.queue.take()
      if (next === undefined) return
      this.tryPod(next)
    }
  }

  private tryPod(queued: QueuedPod): void {
    const { namespace, name } = splitKey(queued.key)
    const pod = this.ctx.informers.of(PODS).get(namespace, name)
    if (pod === undefined || pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined) return
    this.binding++
    this.place(pod, queued)
      .catch((error: unknown) => this.failed(pod, queued, error))
      .finally(() => {
        this.binding--
        this.schedule()
      })
  }

  private async place(pod: Pod, queued: QueuedPod): Promise<void> {
    const snapshot = this.cache.snapshot()
    const result = attempt(defaultPlugins, pod, snapshot)
    if (result.node === undefined) await this.refuse(pod, queued, result, snapshot)
    else await this.bind(pod, queued, result, result.node)
  }

  private failed(pod: Pod, queued: QueuedPod, error: unknown): void {
    this.cache.forget(pod.metadata.uid)
    if (isApiError(error, 'NOT_FOUND') || this.stopped) return
    if (!isApiError(error, 'CONFLICT')) this.ctx.report('scheduler', queued.key, error)
    this.queue.park(queued)
    this.queue.wake({ mayHurry: false })
  }

  private async bind(pod: Pod, queued: QueuedPod, result: Attempt, node: NodeInfo): Promise<void> {
    const assumed: Pod = { ...pod, spec: { ...pod.spec, nodeName: node.name } }
    this.cache.assume(assumed, node.name)
    const claims = (result.prepared.get('VolumeBinding') as ClaimState | undefined)?.waiting ?? []
    if (claims.length > 0) {
      // Waiting for a provisioner must not take a place from other bindings.
      this.binding--
      const bound = await bindClaims(this.ctx, this.client, claims, node.node).finally(() => this.binding++)
      if (!bound) {
        this.cache.forget(pod.metadata.uid)
        this.queue.park(queued)
        this.queue.wake({ mayHurry: false })
        return
      }
    }
    await bindPod(this.client, pod, node.name)
    this.queue.remove(queued.key)
    this.event(
      pod,
      'Normal',
      'Scheduled',
      'Binding',
      `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node.name}`,
    )
  }

  private async refuse(pod: Pod, queued: QueuedPod, result: Attempt, snapshot: Snapshot): Promise<void> {
    this.queue.park(queued)
    const preemption =
      snapshot.nodes.length === 0 || result.ended === true
        ? undefined
        : preempt(defaultPlugins, pod, result, snapshot, (pods) => this.protectedPods(pods))
    const message = preemption?.message ? `${result.message} ${preemption.message}` : (result.message ?? '')
    this.event(pod, 'Warning', 'FailedScheduling', 'Scheduling', message)
    const old = conditionOf(pod.status?.conditions, 'PodScheduled')
    const changed = old?.status !== 'False' || old.reason !== 'Unschedulable' || old.message !== message
    if (changed || preemption?.node !== undefined) await this.writeCondition(pod, old, message, preemption?.node)
    if (preemption?.node !== undefined) await this.evict(pod, preemption.victims, preemption.node)
  }

  /** Of these pods, in order, the ones that disruption budgets do not let go. */
  private protectedPods(pods: readonly Pod[]): ReadonlySet<Pod> {
    const budgets = this.ctx.informers.of(BUDGETS)
    const left = new Map(budgets.list().map((budget) => [budget.metadata.uid, budget.status?.disruptionsAllowed ?? 0]))
    const kept = new Set<Pod>()
    for (const pod of pods) {
      for (const budget of budgets.list(pod.metadata.namespace ?? '')) {
        if (!matchesSelector(budget.spec.selector, pod.metadata.labels)) continue
        if (budget.status?.disruptedPods?.[pod.metadata.name] !== undefined) continue
        const allowed = (left.get(budget.metadata.uid) ?? 0) - 1
        left.set(budget.metadata.uid, allowed)
        if (allowed < 0) kept.add(pod)
      }
    }
    return kept
  }

  private async writeCondition(
    pod: Pod,
    old: Condition | undefined,
    message: string,
    nominatedNodeName: string | undefined,
  ): Promise<void> {
    const next: Condition = {
      lastProbeTime: null,
      lastTransitionTime: old?.status === 'False' ? (old.lastTransitionTime ?? null) : formatTime(this.ctx.nowMs()),
      message,
      ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
      reason: 'Unschedulable',
      status: 'False',
      type: 'PodScheduled',
    }
    const others = (pod.status?.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled')
    const status = { conditions: [next, ...others], ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }) }
    await this.client.patch(
      PODS,
      pod.metadata,
      { metadata: { uid: pod.metadata.uid }, status },
      { subresource: 'status' },
    )
  }

  private async evict(pod: Pod, victims: readonly Pod[], node: string): Promise<void> {
    for (const victim of victims) {
      if (victim.metadata.deletionTimestamp !== undefined) continue
      const message = `${schedulerName}: preempting to accommodate a higher priority pod`
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message,
        lastTransitionTime: formatTime(this.ctx.nowMs()),
      }
      const conditions = [...(victim.status?.conditions ?? []).filter((c) => c.type !== 'DisruptionTarget'), condition]
      const status = { conditions }
      await this.client.patch(
        PODS,
        victim.metadata,
        { metadata: { uid: victim.metadata.uid }, status },
        { subresource: 'status' },
      )
      await this.client.send({
        method: 'DELETE',
        path: resourcePath(PODS, { namespace: victim.metadata.namespace, name: victim.metadata.name }),
      })
      this.event(victim, 'Normal', 'Preempted', 'Preempting', `Preempted by pod ${pod.metadata.uid} on node ${node}`)
    }
  }

  private event(pod: Pod, type: 'Normal' | 'Warning', reason: string, action: string, message: string): void {
    this.ctx.events.record({ component: schedulerName, host: schedulerName, style: 'events' }, pod, {
      type,
      reason,
      action,
      message,
    })
  }
}

function nodeChanged(old: Node, node: Node): boolean {
  return !(
    jsonEqual(old.spec, node.spec) &&
    jsonEqual(old.metadata.labels, node.metadata.labels) &&
    jsonEqual(old.status?.allocatable, node.status?.allocatable)
  )
}
