import { formatTime } from '../../api/index.ts'
import { createHash } from 'node:crypto'
import type { Condition, Container, ContainerState, ContainerStatus, Pod, PodStatus } from '../control/index.ts'
import { conditionOf, isSidecar } from '../control/index.ts'
import type { ContainerRun, EndedRun } from './runtime/simulated/container-run.ts'
import { notStarted } from './runtime/simulated/container-run.ts'
import type { PodRun } from './runtime/simulated/pod-run.ts'
import { type Settings, settingFor } from './runtime/simulated/settings.ts'

/** What the status of a pod is made from. */
export interface PodFacts {
  readonly nowMs: number
  readonly podIP: string
  readonly hostIP: string
  /** What the simulation is told about the pod. */
  readonly settings: Settings
}

/** Containers that cannot be created because something they name is missing: container → why. */
export type Blocked = ReadonlyMap<string, { readonly reason: string; readonly message?: string }>

function imageName(image: string | undefined): string {
  return image ?? ''
}

/** An id like those of containerd: 64 hexadecimal digits, other ones for each start. */
function containerId(pod: Pod, container: Container, restarts: number): string {
  const seed = `${pod.metadata.uid}/${container.name}/${restarts}`
  return `containerd://${createHash('sha256').update(seed).digest('hex')}`
}

function terminated(
  pod: Pod,
  container: Container,
  end: EndedRun,
  restarts: number,
): NonNullable<ContainerState['terminated']> {
  return {
    containerID: containerId(pod, container, restarts),
    exitCode: end.exitCode,
    finishedAt: formatTime(end.finishedMs),
    reason: end.reason,
    startedAt: formatTime(end.startedMs),
  }
}

function waitingMessage(pod: Pod, container: Container, run: ContainerRun, settings: Settings): string | undefined {
  const image = imageName(container.image)
  if (run.reason === 'ErrImagePull') return pullErrorText(pod, container, settings)
  if (run.reason === 'ImagePullBackOff')
    return `Back-off pulling image "${image}": ErrImagePull: ${pullErrorText(pod, container, settings)}`
  if (run.reason === 'CrashLoopBackOff') {
    return `back-off ${backOffText(run.backOffMs ?? 0)} restarting failed container=${container.name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`
  }
  return undefined
}

/** The text of a failed pull, as containerd words a missing image unless the simulation is given another. */
export function pullErrorText(pod: Pod, container: Container, settings: Settings): string {
  const image = imageName(container.image)
  const given = settingFor(settings, 'pull-error', container.name)
  const names = new Set([...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((c) => c.name))
  if (given !== undefined && given !== 'true' && !given.split(',').some((name) => names.has(name.trim()))) return given
  return `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`
}

function backOffText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

/** How kubelet would report one container. */
function containerStatus(
  pod: Pod,
  container: Container,
  run: ContainerRun,
  init: boolean,
  settings: Settings,
): ContainerStatus {
  const { restarts } = run
  const state: ContainerState = {}
  if (run.state === 'running') state.running = { startedAt: formatTime(run.sinceMs) }
  else if (run.end !== undefined) state.terminated = terminated(pod, container, run.end, restarts)
  else {
    const message = waitingMessage(pod, container, run, settings)
    state.waiting = { ...(message === undefined ? {} : { message }), reason: run.reason ?? 'ContainerCreating' }
  }
  const running = run.state === 'running'
  const created = running || run.end !== undefined || run.last !== undefined
  const finishedInit = init && !isSidecar(container) && run.end?.exitCode === 0
  const lastRestarts = running ? Math.max(0, restarts - 1) : restarts
  return {
    ...(created ? { containerID: containerId(pod, container, restarts) } : {}),
    image: imageName(container.image),
    imageID: created ? imageName(container.image) : '',
    lastState: run.last ? { terminated: terminated(pod, container, run.last, lastRestarts) } : {},
    name: container.name,
    ready: finishedInit || (run.ready && running),
    restartCount: restarts,
    started: running && run.started,
    state,
  }
}

function blockedStatus(container: Container, blocked: Blocked, initialised: boolean): ContainerStatus {
  const why = blocked.get(container.name) ?? { reason: initialised ? 'ContainerCreating' : 'PodInitializing' }
  return {
    image: imageName(container.image),
    imageID: '',
    lastState: {},
    name: container.name,
    ready: false,
    restartCount: 0,
    started: false,
    state: { waiting: { ...(why.message === undefined ? {} : { message: why.message }), reason: why.reason } },
  }
}

/** The phase that follows from container statuses, as kubelet decides it. */
export function phaseOf(pod: Pod, init: readonly ContainerStatus[], main: readonly ContainerStatus[]): string {
  const policy = pod.spec.restartPolicy ?? 'Always'
  const specs = new Map((pod.spec.initContainers ?? []).map((container) => [container.name, container]))
  for (const status of init) {
    const spec = specs.get(status.name)
    if (spec !== undefined && isSidecar(spec)) {
      if (status.state?.waiting && !status.lastState?.terminated) return 'Pending'
      continue
    }
    const end = status.state?.terminated
    if (end === undefined) return 'Pending'
    if (end.exitCode !== 0) return policy === 'Never' ? 'Failed' : 'Pending'
  }
  if (main.some((status) => status.state?.waiting && !status.lastState?.terminated)) return 'Pending'
  if (main.some((status) => !status.state?.terminated)) return 'Running'
  if (policy === 'Always') return 'Running'
  if (main.every((status) => status.state?.terminated?.exitCode === 0)) return 'Succeeded'
  return policy === 'Never' ? 'Failed' : 'Running'
}

interface Words {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason?: string
  readonly message?: string
}

function readiness(type: string, phase: string, unready: readonly string[]): Words {
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' }
  if (unready.length === 0) return { type, status: 'True' }
  return {
    type,
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  }
}

function conditionsOf(
  pod: Pod,
  phase: string,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
  nowMs: number,
): Condition[] {
  const pendingInit = init.filter((status) => !status.ready && !(status.started ?? false)).map((status) => status.name)
  const unready = main.filter((status) => !status.ready).map((status) => status.name)
  const done = phase === 'Succeeded' || phase === 'Failed'
  const wanted: Words[] = [
    { type: 'PodReadyToStartContainers', status: done ? 'False' : 'True' },
    pendingInit.length === 0 || phase === 'Succeeded'
      ? { type: 'Initialized', status: 'True', ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}) }
      : {
          type: 'Initialized',
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: [${pendingInit.join(' ')}]`,
        },
    readiness('Ready', phase, unready),
    readiness('ContainersReady', phase, unready),
    ...(pod.spec.readinessGates ?? []).map(
      (gate): Words => ({ type: gate.conditionType, status: done ? 'False' : 'True' }),
    ),
  ]
  const old = pod.status?.conditions ?? []
  const own = new Set(wanted.map((words) => words.type))
  const scheduled = conditionOf(old, 'PodScheduled')
  const kept = old.filter((condition) => !own.has(condition.type) && condition !== scheduled)
  const made = wanted.map((words) => condition(words, conditionOf(old, words.type), nowMs))
  const atNode = scheduled ?? condition({ type: 'PodScheduled', status: 'True' }, undefined, nowMs)
  return [...[...made, atNode].map((each) => ({ ...each, ...observed(pod) })), ...kept]
}

/** The generation of a pod that its node has seen: with the status, and with each condition of kubelet's own. */
function observed(pod: Pod): { observedGeneration?: number } {
  const { generation } = pod.metadata
  return generation === undefined ? {} : { observedGeneration: generation }
}

function condition(words: Words, old: Condition | undefined, nowMs: number): Condition {
  return {
    lastProbeTime: null,
    lastTransitionTime:
      old?.status === words.status ? (old.lastTransitionTime ?? formatTime(nowMs)) : formatTime(nowMs),
    ...(words.message === undefined ? {} : { message: words.message }),
    ...(words.reason === undefined ? {} : { reason: words.reason }),
    status: words.status,
    type: words.type,
  }
}

/** The status kubelet would write for a pod whose containers have come to this. */
export function podStatus(pod: Pod, run: PodRun, facts: PodFacts): PodStatus {
  const of = (containers: readonly Container[] | undefined, runs: readonly ContainerRun[], init: boolean) =>
    (containers ?? []).map((container, i) =>
      containerStatus(pod, container, runs[i] ?? notStarted, init, facts.settings),
    )
  const init = of(pod.spec.initContainers, run.init, true)
  const main = of(pod.spec.containers, run.main, false)
  return assemble(pod, init, main, facts, of(pod.spec.ephemeralContainers, run.ephemeral, false))
}

/** The status of a pod that waits for something its containers or volumes name. */
export function blockedPodStatus(pod: Pod, blocked: Blocked, facts: PodFacts): PodStatus {
  const initSpecs = pod.spec.initContainers ?? []
  const init = initSpecs.map((container, i) => blockedStatus(container, blocked, i === 0))
  const main = pod.spec.containers.map((container) => blockedStatus(container, blocked, initSpecs.length === 0))
  return assemble(pod, init, main, facts)
}

function assemble(
  pod: Pod,
  init: ContainerStatus[],
  main: ContainerStatus[],
  facts: PodFacts,
  ephemeral: ContainerStatus[] = [],
): PodStatus {
  const phase = phaseOf(pod, init, main)
  return {
    conditions: conditionsOf(pod, phase, init, main, facts.nowMs),
    containerStatuses: main,
    hostIP: facts.hostIP,
    hostIPs: [{ ip: facts.hostIP }],
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    ...observed(pod),
    phase,
    podIP: facts.podIP,
    podIPs: [{ ip: facts.podIP }],
    startTime: pod.status?.startTime ?? formatTime(facts.nowMs),
  }
}

/** The status of a pod that ran longer than its `activeDeadlineSeconds`. */
export function deadlineStatus(pod: Pod, nowMs: number): PodStatus {
  return {
    ...stoppedStatus(pod, 137, nowMs, 'Failed'),
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  }
}

/** The status of a pod whose containers were all told to stop and ended with this exit code. */
export function stoppedStatus(pod: Pod, exitCode: number, nowMs: number, phase?: string): PodStatus {
  const ended = (status: ContainerStatus): ContainerStatus => ({
    ...status,
    ready: false,
    started: false,
    state: status.state?.terminated
      ? status.state
      : {
          terminated: {
            exitCode,
            reason: exitCode === 0 ? 'Completed' : 'Error',
            startedAt: status.state?.running?.startedAt ?? formatTime(nowMs),
            finishedAt: formatTime(nowMs),
            ...(status.containerID === undefined ? {} : { containerID: status.containerID }),
          },
        },
  })
  const init = (pod.status?.initContainerStatuses ?? []).map(ended)
  const main = (pod.status?.containerStatuses ?? []).map(ended)
  const good = main.length > 0 && main.every((status) => status.state?.terminated?.exitCode === 0)
  const last = phase ?? (good ? 'Succeeded' : 'Failed')
  return {
    ...pod.status,
    ...observed(pod),
    phase: last,
    conditions: conditionsOf(pod, last, init, main, nowMs),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: main,
  }
}
