import { SIMULATION_PREFIX } from '../../api/index.ts'
import type {
  ApiClient,
  ComponentContext,
  Container,
  EventText,
  Node,
  Pod,
  PodStatus,
  ReconcileLoop,
  Requeue,
} from '../control/index.ts'
import { CONFIG_MAPS, isApiError, isFinished, keyOf, NODES, PODS, SECRETS, splitKey, timeMs } from '../control/index.ts'
import { PodAddresses } from './addresses.ts'
import { ContainerFiles } from './container-files.ts'
import { Environments } from './environment.ts'
import { blockedEvents, happeningEvents, stopEvents } from './pod-events.ts'
import { isLost } from './node-marks.ts'
import { References } from './references.ts'
import { isOfRelease } from './release-pods.ts'
import type { ContainerRun } from './runtime/simulated/container-run.ts'
import { advancePod, type PodRun, podRunOf } from './runtime/simulated/pod-run.ts'
import { scriptOf } from './runtime/simulated/script.ts'
import { SimulationSettings } from './runtime/simulated/settings.ts'
import { blockedPodStatus, deadlineStatus, podStatus, stoppedStatus } from './status.ts'

/** What the worker remembers of a pod it runs. */
interface Running {
  readonly uid: string
  beganMs: number | undefined
  run: PodRun | undefined
  /** The last thing written, so that what others write into the status stays. */
  written: string
  retries: number
  /** Since when something that the pod names is missing. */
  blockedMs?: number
  /** Containers whose process a session has ended: name → exit code. */
  readonly finished: Map<string, number>
  stopping?: boolean
  /** When the deletion was first seen. */
  stopBeganMs?: number
}

/**
 * How long the pods of a Helm release wait for ConfigMaps and Secrets that are missing. Programs that would make them (hook
 * jobs, operators) do not run in a simulation, so afterwards such a pod starts without, and says so in an event. All other
 * pods, and those with the annotation `simulate.chartctl.dev/missing-references: strict`, wait for ever, as with kubelet.
 */
const patienceMs = 4000

/**
 * Runs the pods that are bound to simulated nodes: writes a pod's status when a stage of its containers begins, and only
 * then; removes pods that are marked for deletion when their processes have stopped; leaves pods of nodes that are not there
 * (or lost) alone.
 */
export class PodWorker {
  readonly loop: ReconcileLoop
  private readonly ctx: ComponentContext
  private readonly client: ApiClient
  private readonly running = new Map<string, Running>()
  private readonly addresses = new PodAddresses()
  private readonly references: References
  readonly settings: SimulationSettings
  readonly environments: Environments
  readonly files: ContainerFiles
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.settings = new SimulationSettings(ctx)
    this.environments = new Environments(ctx)
    this.files = new ContainerFiles(ctx)
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
          old.metadata.annotations !== pod.metadata.annotations ||
          old.metadata.generation !== pod.metadata.generation
        if (concerns) this.loop.queue.add(keyOf(pod))
      },
      delete: (pod) => this.forget(keyOf(pod), pod.metadata.uid),
    })
    this.settings.onChange(
      (namespace, owner) =>
        pods
          .list(namespace)
          .filter((pod) => owner === undefined || pod.metadata.ownerReferences?.some(({ uid }) => uid === owner)),
      (key) => this.loop.queue.add(key),
    )
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

  /** Ends a container's process, as when the program of a session has ended. */
  endContainer(pod: Pod, container: string, exitCode: number): void {
    this.running.get(keyOf(pod))?.finished.set(container, exitCode)
    this.loop.queue.add(keyOf(pod))
  }

  private forget(key: string, uid: string): void {
    if (this.running.get(key)?.uid === uid) this.running.delete(key)
    this.addresses.release(uid)
    this.environments.forget(uid)
    this.files.forget(uid)
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
    state = { uid: pod.metadata.uid, beganMs: undefined, run: undefined, written: '', retries: 0, finished: new Map() }
    if (pod.status?.podIP && hasStarted(pod)) {
      // Taken over from an earlier run of the agent: what is there stays until the next change.
      state.beganMs = timeMs(pod.status.startTime)
      state.run = podRunOf(pod)
      state.written = `${pod.status.observedGeneration ?? 0} ${runKey(state.run)}`
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
    const written = JSON.stringify([pod.metadata.generation ?? 0, ...containers, missing.volumes])
    if (written !== state.written) {
      await this.write(pod, blockedPodStatus(pod, containers, this.facts(pod, node, nowMs)))
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
    const settings = this.settings.of(pod)
    const { run, happened, nextMs } = advancePod(pod, state.run, { settings, beganMs, nowMs, finished: state.finished })
    state.finished.clear()
    state.run = run
    for (const { container, happening } of happened) {
      if (happening.kind !== 'started') continue
      await this.environments.capture(pod, container)
      await this.files.capture(pod, container)
    }
    const key = `${pod.metadata.generation ?? 0} ${runKey(run)}`
    if (key !== state.written) {
      await this.write(pod, podStatus(pod, run, this.facts(pod, node, nowMs)))
      state.written = key
    }
    for (const each of happened) for (const text of happeningEvents(pod, each, settings)) this.event(pod, text)
    const dueMs = Math.min(nextMs, deadlineMs(pod, nowMs) ?? Number.POSITIVE_INFINITY)
    return Number.isFinite(dueMs) ? { requeueAfterMs: Math.max(1, dueMs - this.ctx.nowMs()) } : undefined
  }

  private facts(pod: Pod, node: Node, nowMs: number): Parameters<typeof podStatus>[2] {
    const hostIP = node.status?.addresses?.find((address) => address.type === 'InternalIP')?.address ?? '10.0.0.1'
    const podIP =
      pod.spec.hostNetwork === true
        ? hostIP
        : this.addresses.addressOf(pod.metadata.uid, node.metadata.name, node.spec.podCIDR)
    return { nowMs, hostIP, podIP, settings: this.settings.of(pod) }
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

  private async remove(pod: Pod): Promise<Requeue | undefined> {
    const { uid } = pod.metadata
    const state = this.running.get(keyOf(pod))
    if (state?.stopping !== true) for (const text of stopEvents(pod)) this.event(pod, text)
    if (state !== undefined) {
      state.stopping = true
      state.stopBeganMs ??= this.stopBeganMs(pod)
    }
    const stop = this.stopOf(pod, state)
    const leftMs = stop.endMs - this.ctx.nowMs()
    if (leftMs > 0) return { requeueAfterMs: leftMs }
    // Whoever holds the pod back with a finalizer sees how it ended.
    if (stop.lastedMs > 0 || (pod.metadata.finalizers ?? []).length > 0) {
      await this.write(pod, stoppedStatus(pod, stop.killed ? 137 : 0, this.ctx.nowMs()))
    }
    try {
      await this.client.delete(PODS, pod.metadata, { uid, gracePeriodSeconds: 0 })
    } catch (error) {
      if (!isApiError(error, 'CONFLICT')) throw error
    }
    return undefined
  }

  /** When the last process of a pod that is being deleted ends, and whether that takes a kill. */
  private stopOf(pod: Pod, state: Running | undefined): { endMs: number; lastedMs: number; killed: boolean } {
    const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000
    const settings = this.settings.of(pod)
    const runs = pod.spec.containers.map((container, i): [Container, ContainerRun | undefined] => [
      container,
      state?.run?.main[i],
    ])
    const delays = runs
      .filter(([, run]) => run?.state === 'running')
      .map(([container]) => scriptOf(pod, container, settings).stopMs)
    const longestMs = Math.max(0, ...delays)
    const lastedMs = Math.min(longestMs, graceMs)
    const beganMs = state?.stopBeganMs ?? this.stopBeganMs(pod)
    return { endMs: lastedMs === 0 ? 0 : beganMs + lastedMs, lastedMs, killed: longestMs > graceMs }
  }

  /** When the deletion of a pod began. Its timestamp is cut to seconds; the grace period counts from when the agent saw it. */
  private stopBeganMs(pod: Pod): number {
    const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000
    const stampMs = timeMs(pod.metadata.deletionTimestamp ?? undefined) - graceMs
    return Math.max(stampMs, Math.min(this.ctx.nowMs(), stampMs + 999))
  }

  private event(pod: Pod, text: EventText): void {
    this.ctx.events.record({ component: 'kubelet', host: pod.spec.nodeName ?? '' }, pod, text)
  }
}

function isStrict(pod: Pod): boolean {
  return pod.metadata.annotations?.[`${SIMULATION_PREFIX}missing-references`] === 'strict'
}

function deadlineMs(pod: Pod, nowMs: number): number | undefined {
  if (pod.spec.activeDeadlineSeconds === undefined) return undefined
  const startMs = timeMs(pod.status?.startTime)
  return (Number.isNaN(startMs) ? nowMs : startMs) + pod.spec.activeDeadlineSeconds * 1000
}

/** True when an agent has started a container of the pod. */
function hasStarted(pod: Pod): boolean {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  return statuses.some(
    ({ state, lastState }) =>
      state?.running !== undefined || (state?.terminated ?? lastState?.terminated) !== undefined,
  )
}

/** What of a run is shown in the pod's status: two runs of the same key are written alike. */
function runKey(run: PodRun): string {
  return JSON.stringify(
    [...run.init, ...run.main, ...run.ephemeral].map((each) => [
      each.state,
      each.reason,
      each.ready,
      each.started,
      each.restarts,
      each.pulls,
    ]),
  )
}
