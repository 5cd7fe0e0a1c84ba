import type {
  ApiClient,
  ComponentContext,
  EventText,
  Node,
  Pod,
  PodStatus,
  ReconcileLoop,
  Requeue,
} from '../control/index.ts'
import { CONFIG_MAPS, isApiError, isFinished, keyOf, NODES, PODS, SECRETS, splitKey, timeMs } from '../control/index.ts'
import { PodAddresses } from './addresses.ts'
import { blockedEvents, stageEvents, stopEvents } from './pod-events.ts'
import { References } from './references.ts'
import { isOfRelease } from './release-pods.ts'
import type { PodStage } from './runtime/simulated/pod-stage.ts'
import { podStageAt } from './runtime/simulated/pod-stage.ts'
import { blockedPodStatus, deadlineStatus, podStatus } from './status.ts'

/** What the worker remembers of a pod it runs. */
interface Running {
  readonly uid: string
  beganMs: number | undefined
  stage: PodStage | undefined
  /** The last thing written, so that what others write into the status stays. */
  written: string
  retries: number
  /** Since when something that the pod names is missing. */
  blockedMs?: number
}

/**
 * How long the pods of a Helm release wait for ConfigMaps and Secrets that are missing. Programs that would make them (hook
 * jobs, operators) do not run in a simulation, so afterwards such a pod starts without, and says so in an event. All other
 * pods, and those with the annotation `simulate.chartctl.dev/missing-references: strict`, wait for ever, as with kubelet.
 */
const patienceMs = 4000

/**
 * Runs the pods that are bound to simulated nodes: writes a pod's status when a stage of its containers begins, and only
 * then; removes pods that are marked for deletion at once; leaves pods of nodes that are not there (or lost) alone.
 */
export class PodWorker {
  readonly loop: ReconcileLoop
  private readonly ctx: ComponentContext
  private readonly client: ApiClient
  private readonly running = new Map<string, Running>()
  private readonly addresses = new PodAddresses()
  private readonly references: References
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.client = ctx.client.as('kubelet')
    this.references = new References(
      this.client,
      ctx.informers.metadataOf(CONFIG_MAPS),
      ctx.informers.metadataOf(SECRETS),
    )
    this.loop = ctx.loop('kubelet', (key) => this.reconcile(key), 16)
    this.listen()
  }

  private listen(): void {
    const pods = this.ctx.informers.of(PODS)
    const nodes = this.ctx.informers.of(NODES)
    pods.addIndex('node', (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []))
    pods.on({
      add: (pod) => {
        if (pod.spec.nodeName) this.loop.queue.add(keyOf(pod))
      },
      update: (old, pod) => {
        if (!pod.spec.nodeName) return
        const concerns =
          old.spec.nodeName !== pod.spec.nodeName ||
          old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
          old.metadata.annotations !== pod.metadata.annotations
        if (concerns) this.loop.queue.add(keyOf(pod))
      },
      delete: (pod) => this.forget(keyOf(pod), pod.metadata.uid),
    })
    const wake = (node: Node): void => {
      for (const pod of pods.byIndex('node', node.metadata.name)) this.loop.queue.add(keyOf(pod))
    }
    nodes.on({
      add: wake,
      update: (old, node) => {
        if (!isLost(old) || isLost(node)) return
        // Others have written "not ready" meanwhile: everything is reported anew.
        for (const pod of pods.byIndex('node', node.metadata.name)) {
          const state = this.running.get(keyOf(pod))
          if (state !== undefined) state.written = ''
        }
        wake(node)
      },
    })
  }

  private forget(key: string, uid: string): void {
    if (this.running.get(key)?.uid === uid) this.running.delete(key)
    this.addresses.release(uid)
  }

  private async reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const pod = this.ctx.informers.of(PODS).get(namespace, name)
    const node = pod?.spec.nodeName ? this.ctx.informers.of(NODES).get('', pod.spec.nodeName) : undefined
    if (pod === undefined || node === undefined || isLost(node)) return undefined
    if (pod.metadata.deletionTimestamp !== undefined) return this.remove(pod)
    if (isFinished(pod)) {
      this.forget(key, pod.metadata.uid)
      return undefined
    }
    const state = this.stateOf(key, pod, node)
    if (this.pastDeadline(pod)) {
      await this.write(pod, deadlineStatus(pod, this.ctx.nowMs()))
      this.event(pod, {
        type: 'Normal',
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
      })
      return undefined
    }
    if (state.beganMs === undefined) {
      const blocked = await this.blocked(pod, node, state)
      if (blocked !== undefined) return blocked
    }
    return this.advance(pod, node, state)
  }

  private stateOf(key: string, pod: Pod, node: Node): Running {
    let state = this.running.get(key)
    if (state?.uid === pod.metadata.uid) return state
    this.addresses.adopt(pod, node.spec.podCIDR)
    const started = pod.status?.podIP && pod.status.phase === 'Running' ? timeMs(pod.status.startTime) : Number.NaN
    const beganMs = Number.isNaN(started) ? undefined : started
    state = { uid: pod.metadata.uid, beganMs, stage: undefined, written: '', retries: 0 }
    if (beganMs !== undefined) {
      // Taken over from an earlier run of the agent: what is there stays until the next stage.
      state.stage = podStageAt(pod, this.ctx.nowMs() - beganMs)
      state.written = stageKey(state.stage)
    }
    this.running.set(key, state)
    return state
  }

  private pastDeadline(pod: Pod): boolean {
    const { activeDeadlineSeconds } = pod.spec
    const startMs = timeMs(pod.status?.startTime)
    return activeDeadlineSeconds !== undefined && this.ctx.nowMs() - startMs >= activeDeadlineSeconds * 1000
  }

  private async blocked(pod: Pod, node: Node, state: Running): Promise<Requeue | undefined> {
    const missing = await this.references.missing(pod)
    const nowMs = this.ctx.nowMs()
    if (missing === undefined) {
      state.beganMs = nowMs
      state.retries = 0
      return undefined
    }
    state.blockedMs ??= nowMs
    const patient = isStrict(pod) || !isOfRelease(this.ctx, pod)
    if (!patient && nowMs - state.blockedMs >= patienceMs) {
      const reasons = [...missing.volumes, ...missing.containers.values()].map(({ message }) => message)
      const message = `Starting without what is missing, as this is a simulation: ${[...new Set(reasons)].join(', ')}`
      this.event(pod, { type: 'Warning', reason: 'SimulatedReferences', message })
      state.beganMs = nowMs
      return undefined
    }
    const containers = missing.volumes.length > 0 ? new Map() : missing.containers
    const written = JSON.stringify([...containers, missing.volumes])
    if (written !== state.written) {
      await this.write(pod, blockedPodStatus(pod, containers, this.facts(pod, node, nowMs, nowMs)))
      state.written = written
    }
    for (const text of blockedEvents(pod, missing)) this.event(pod, text)
    const backOffMs = Math.min(30_000, 500 * 2 ** state.retries++)
    const leftMs = state.blockedMs + patienceMs - nowMs
    return { requeueAfterMs: !patient && leftMs > 0 ? Math.min(backOffMs, leftMs) : backOffMs }
  }

  private async advance(pod: Pod, node: Node, state: Running): Promise<Requeue | undefined> {
    const beganMs = state.beganMs ?? this.ctx.nowMs()
    const nowMs = this.ctx.nowMs()
    const stage = podStageAt(pod, nowMs - beganMs)
    const key = stageKey(stage)
    if (key !== state.written) {
      await this.write(pod, podStatus(pod, stage, this.facts(pod, node, beganMs, nowMs)))
      for (const text of stageEvents(pod, state.stage, stage)) this.event(pod, text)
      state.written = key
      state.stage = stage
    }
    const dueMs = Math.min(
      ...[stage.nextMs, deadlineMs(pod, nowMs, beganMs)].map((ms) => ms ?? Number.POSITIVE_INFINITY),
    )
    return Number.isFinite(dueMs) ? { requeueAfterMs: Math.max(1, beganMs + dueMs - this.ctx.nowMs()) } : undefined
  }

  private facts(pod: Pod, node: Node, beganMs: number, nowMs: number): Parameters<typeof podStatus>[2] {
    const hostIP = node.status?.addresses?.find((address) => address.type === 'InternalIP')?.address ?? '10.0.0.1'
    const podIP =
      pod.spec.hostNetwork === true
        ? hostIP
        : this.addresses.addressOf(pod.metadata.uid, node.metadata.name, node.spec.podCIDR)
    return { beganMs, nowMs, hostIP, podIP }
  }

  private async write(pod: Pod, status: PodStatus): Promise<void> {
    try {
      await this.client.patch(
        PODS,
        pod.metadata,
        { metadata: { uid: pod.metadata.uid }, status },
        { subresource: 'status' },
      )
    } catch (error) {
      if (!isApiError(error, 'NOT_FOUND')) throw error
    }
  }

  private async remove(pod: Pod): Promise<undefined> {
    const { uid } = pod.metadata
    for (const text of stopEvents(pod)) this.event(pod, text)
    try {
      await this.client.delete(PODS, pod.metadata, { uid, gracePeriodSeconds: 0 })
    } catch (error) {
      if (!isApiError(error, 'CONFLICT')) throw error
    }
    return undefined
  }

  private event(pod: Pod, text: EventText): void {
    this.ctx.events.record({ component: 'kubelet', host: pod.spec.nodeName ?? '' }, pod, text)
  }
}

function isStrict(pod: Pod): boolean {
  return pod.metadata.annotations?.['simulate.chartctl.dev/missing-references'] === 'strict'
}

/** True when a simulation has taken the node away: nobody runs its pods. */
export function isLost(node: Node): boolean {
  return node.metadata.annotations?.['simulate.chartctl.dev/lost'] === 'true'
}

function deadlineMs(pod: Pod, nowMs: number, beganMs: number): number | undefined {
  if (pod.spec.activeDeadlineSeconds === undefined) return undefined
  const startMs = timeMs(pod.status?.startTime)
  return (Number.isNaN(startMs) ? nowMs : startMs) + pod.spec.activeDeadlineSeconds * 1000 - beganMs
}

function stageKey(stage: PodStage): string {
  return JSON.stringify([...stage.init, ...stage.main].map((s) => [s.state, s.reason, s.ready, s.restarts, s.pulls]))
}
