import type { Condition, Container, ContainerState, ContainerStatus, Pod, PodStatus } from '../control/index.ts'
import { conditionOf, isSidecar, timestamp } from '../control/index.ts'
import type { PodStage } from './runtime/simulated/pod-stage.ts'
import type { ContainerStage } from './runtime/simulated/timeline.ts'

/** What the status of a pod is made from. */
export interface PodFacts {
  /** When the containers were first allowed to start. */
  readonly beganMs: number
  readonly nowMs: number
  readonly podIP: string
  readonly hostIP: string
}

/** Containers that cannot be created because something they name is missing: container → why. */
export type Blocked = ReadonlyMap<string, { readonly reason: string; readonly message?: string }>

const emptyId = '0'.repeat(64)

function imageName(image: string | undefined): string {
  return image ?? ''
}

function containerId(pod: Pod, container: Container, restarts: number): string {
  const seed = `${pod.metadata.uid}${container.name}${restarts}`.replace(/[^0-9a-f]/g, '')
  return `containerd://${(seed + emptyId).slice(0, 64)}`
}

function terminated(
  pod: Pod,
  container: Container,
  run: { startedMs: number; finishedMs: number; exitCode: number },
  restarts: number,
  beganMs: number,
): NonNullable<ContainerState['terminated']> {
  return {
    containerID: containerId(pod, container, restarts),
    exitCode: run.exitCode,
    finishedAt: timestamp(beganMs + run.finishedMs),
    reason: run.exitCode === 0 ? 'Completed' : 'Error',
    startedAt: timestamp(beganMs + run.startedMs),
  }
}

function waitingMessage(pod: Pod, container: Container, stage: ContainerStage): string | undefined {
  const image = imageName(container.image)
  if (stage.reason === 'ErrImagePull') return pullErrorText(pod, image)
  if (stage.reason === 'ImagePullBackOff')
    return `Back-off pulling image "${image}": ErrImagePull: ${pullErrorText(pod, image)}`
  if (stage.reason === 'CrashLoopBackOff') {
    return `back-off ${backOffText(stage.backOffMs ?? 0)} restarting failed container=${container.name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`
  }
  return undefined
}

/** The text of a failed pull, as containerd words a missing image unless the pod's annotation gives another. */
export function pullErrorText(pod: Pod, image: string): string {
  const given = pod.metadata.annotations?.['simulate.chartctl.dev/pull-error']
  const names = new Set([...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((c) => c.name))
  if (given !== undefined && given !== 'true' && !given.split(',').some((name) => names.has(name.trim()))) return given
  return `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`
}

function backOffText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

function containerStatus(
  pod: Pod,
  container: Container,
  stage: ContainerStage,
  beganMs: number,
  init: boolean,
): ContainerStatus {
  const { restarts } = stage
  const state: ContainerState = {}
  if (stage.state === 'running') state.running = { startedAt: timestamp(beganMs + (stage.startedMs ?? 0)) }
  else if (stage.state === 'terminated') {
    const run = { startedMs: stage.startedMs ?? 0, finishedMs: stage.finishedMs ?? 0, exitCode: stage.exitCode ?? 0 }
    state.terminated = terminated(pod, container, run, restarts, beganMs)
  } else {
    const message = waitingMessage(pod, container, stage)
    state.waiting = { ...(message === undefined ? {} : { message }), reason: stage.reason ?? 'ContainerCreating' }
  }
  const started = stage.state === 'running'
  const finishedInit = init && !isSidecar(container) && stage.state === 'terminated' && stage.exitCode === 0
  return {
    ...(stage.state === 'waiting' && stage.last === undefined
      ? {}
      : { containerID: containerId(pod, container, restarts) }),
    image: imageName(container.image),
    imageID: stage.state === 'waiting' && stage.last === undefined ? '' : imageName(container.image),
    lastState: stage.last
      ? { terminated: terminated(pod, container, stage.last, Math.max(0, restarts - 1), beganMs) }
      : {},
    name: container.name,
    ready: finishedInit || (stage.ready && started),
    restartCount: restarts,
    started,
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
  const kept = old.filter((condition) => !own.has(condition.type))
  if (!kept.some((condition) => condition.type === 'PodScheduled')) {
    kept.push({ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(nowMs) })
  }
  return [...wanted.map((words) => condition(words, conditionOf(old, words.type), nowMs)), ...kept]
}

function condition(words: Words, old: Condition | undefined, nowMs: number): Condition {
  return {
    lastProbeTime: null,
    lastTransitionTime: old?.status === words.status ? (old.lastTransitionTime ?? timestamp(nowMs)) : timestamp(nowMs),
    ...(words.message === undefined ? {} : { message: words.message }),
    ...(words.reason === undefined ? {} : { reason: words.reason }),
    status: words.status,
    type: words.type,
  }
}

/** The status kubelet would write for a pod whose containers are in these stages. */
export function podStatus(pod: Pod, stage: PodStage, facts: PodFacts): PodStatus {
  const initSpecs = pod.spec.initContainers ?? []
  const init = stage.init.map((s, i) => containerStatus(pod, initSpecs[i] ?? { name: '' }, s, facts.beganMs, true))
  const main = stage.main.map((s, i) =>
    containerStatus(pod, pod.spec.containers[i] ?? { name: '' }, s, facts.beganMs, false),
  )
  return assemble(pod, init, main, facts)
}

/** The status of a pod that waits for something its containers or volumes name. */
export function blockedPodStatus(pod: Pod, blocked: Blocked, facts: PodFacts): PodStatus {
  const initSpecs = pod.spec.initContainers ?? []
  const init = initSpecs.map((container, i) => blockedStatus(container, blocked, i === 0))
  const main = pod.spec.containers.map((container) => blockedStatus(container, blocked, initSpecs.length === 0))
  return assemble(pod, init, main, facts)
}

function assemble(pod: Pod, init: ContainerStatus[], main: ContainerStatus[], facts: PodFacts): PodStatus {
  const phase = phaseOf(pod, init, main)
  return {
    conditions: conditionsOf(pod, phase, init, main, facts.nowMs),
    containerStatuses: main,
    hostIP: facts.hostIP,
    hostIPs: [{ ip: facts.hostIP }],
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    phase,
    podIP: facts.podIP,
    podIPs: [{ ip: facts.podIP }],
    startTime: pod.status?.startTime ?? timestamp(facts.nowMs),
  }
}

/** The status of a pod that ran longer than its `activeDeadlineSeconds`. */
export function deadlineStatus(pod: Pod, nowMs: number): PodStatus {
  const ended = (status: ContainerStatus): ContainerStatus => ({
    ...status,
    ready: false,
    started: false,
    state: status.state?.terminated
      ? status.state
      : {
          terminated: {
            exitCode: 137,
            reason: 'Error',
            startedAt: status.state?.running?.startedAt ?? timestamp(nowMs),
            finishedAt: timestamp(nowMs),
          },
        },
  })
  const init = (pod.status?.initContainerStatuses ?? []).map(ended)
  const main = (pod.status?.containerStatuses ?? []).map(ended)
  return {
    ...pod.status,
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
    conditions: conditionsOf(pod, 'Failed', init, main, nowMs),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: main,
  }
}
