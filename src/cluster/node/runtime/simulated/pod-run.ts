import type { Container, ContainerStatus, Pod } from '../../../control/index.ts'
import { isSidecar, timeMs } from '../../../control/index.ts'
import {
  advanceContainer,
  begin,
  type ContainerRun,
  type EndedRun,
  type Happening,
  notStarted,
  type RestartPolicy,
} from './container-run.ts'
import { type ContainerScript, named, scriptOf } from './script.ts'
import type { Settings } from './settings.ts'

/** Where all containers of a pod have come to. */
export interface PodRun {
  readonly init: readonly ContainerRun[]
  readonly main: readonly ContainerRun[]
  readonly ephemeral: readonly ContainerRun[]
}

/** Something that happened to a container of a pod. */
export interface PodHappening {
  readonly container: Container
  /** The list of the pod's spec that holds the container. */
  readonly list: ContainerList
  readonly happening: Happening
}

/** The lists of containers in a pod's spec. */
export type ContainerList = 'initContainers' | 'containers' | 'ephemeralContainers'

/** The result of one look at a pod. */
export interface AdvancedPod {
  readonly run: PodRun
  readonly happened: readonly PodHappening[]
  /** When the next container changes by itself; Infinity: never. */
  readonly nextMs: number
}

/** What a look at a pod needs besides the pod. */
export interface PodInputs {
  readonly settings: Settings
  /** When the containers were first allowed to start. */
  readonly beganMs: number
  readonly nowMs: number
  /** Containers whose process was ended by whoever was attached to it: name → exit code. */
  readonly finished?: ReadonlyMap<string, number>
}

/**
 * Brings a pod to the present: init containers one after the other (a sidecar lets the next one go as soon as it has
 * started), then the main containers together. Sidecars end when the main containers of a pod that is not restarted have
 * ended.
 */
export function advancePod(pod: Pod, from: PodRun | undefined, inputs: PodInputs): AdvancedPod {
  const policy = (pod.spec.restartPolicy ?? 'Always') as RestartPolicy
  const happened: PodHappening[] = []
  let nextMs = Number.POSITIVE_INFINITY
  const advance = (
    container: Container,
    list: ContainerList,
    old: ContainerRun | undefined,
    rule: { script: ContainerScript; policy: RestartPolicy; openMs: number },
  ): ContainerRun => {
    const waiting = old === undefined || old.reason === 'PodInitializing'
    const moved = advanceContainer(waiting ? begin(rule.openMs) : old, rule.script, rule.policy, inputs.nowMs)
    for (const happening of moved.happened) happened.push({ container, list, happening })
    nextMs = Math.min(nextMs, moved.nextMs)
    return moved.run
  }

  let openMs = inputs.beganMs
  const init = (pod.spec.initContainers ?? []).map((container, i) => {
    if (openMs > inputs.nowMs) return notStarted
    const sidecar = isSidecar(container)
    const script = initScript(pod, container, inputs.settings)
    const restart = sidecar ? 'Always' : policy === 'Never' ? 'Never' : 'OnFailure'
    const run = advance(container, 'initContainers', from?.init[i], { script, policy: restart, openMs })
    openMs = openedBy(run, sidecar)
    return run
  })
  const main = pod.spec.containers.map((container, i) => {
    if (openMs > inputs.nowMs) return notStarted
    const script = withEnd(scriptOf(pod, container, inputs.settings), inputs.finished?.get(container.name))
    return advance(container, 'containers', from?.main[i], { script, policy: restartOf(container, policy), openMs })
  })
  const ephemeral = (pod.spec.ephemeralContainers ?? []).map((container, i) => {
    const { exit: _exit, ...endless } = scriptOf(pod, container, inputs.settings)
    const script = withEnd(endless, inputs.finished?.get(container.name))
    return advance(container, 'ephemeralContainers', from?.ephemeral[i], {
      script,
      policy: 'Never',
      openMs: inputs.nowMs,
    })
  })
  happened.sort((a, b) => a.happening.atMs - b.happening.atMs)
  return { run: { init: endSidecars(policy, init, main), main, ephemeral }, happened, nextMs }
}

/** A regular container may have a policy of its own. */
function restartOf(container: Container, policy: RestartPolicy): RestartPolicy {
  return (container.restartPolicy ?? policy) as RestartPolicy
}

/** The process has been ended already, at the next look. */
function withEnd(script: ContainerScript, code: number | undefined): ContainerScript {
  return code === undefined ? script : { ...script, exit: { afterMs: 0, code } }
}

/** Init containers end by themselves; only settings that name them change that. */
function initScript(pod: Pod, container: Container, settings: Settings): ContainerScript {
  const script = scriptOf(pod, container, settings)
  if (script.exit !== undefined && (script.exit.reason !== undefined || named(settings, container.name))) return script
  const { exit: _exit, ...endless } = script
  return isSidecar(container) ? endless : { ...endless, exit: { afterMs: 0, code: 0 } }
}

/** When the next container may begin: after the end of an init container, or the start of a sidecar. */
function openedBy(run: ContainerRun, sidecar: boolean): number {
  if (sidecar)
    return run.started ? run.sinceMs : run.restarts > 0 ? (run.last?.startedMs ?? 0) : Number.POSITIVE_INFINITY
  return run.end?.exitCode === 0 ? run.end.finishedMs : Number.POSITIVE_INFINITY
}

function endSidecars(policy: RestartPolicy, init: ContainerRun[], main: readonly ContainerRun[]): ContainerRun[] {
  if (policy === 'Always' || main.some((run) => run.state !== 'terminated')) return init
  const finishedMs = Math.max(...main.map((run) => run.sinceMs))
  return init.map((run) => {
    if (run.state !== 'running') return run
    const end: EndedRun = { startedMs: run.sinceMs, finishedMs, exitCode: 0, reason: 'Completed' }
    return { ...run, state: 'terminated', sinceMs: finishedMs, ready: false, started: false, end }
  })
}

/** What a pod's status tells of its containers, for an agent that takes the pod over. */
export function podRunOf(pod: Pod): PodRun {
  const runs = (containers: readonly Container[] | undefined, statuses: readonly ContainerStatus[] | undefined) =>
    (containers ?? []).map((container) => runOfStatus(statuses?.find(({ name }) => name === container.name)))
  return {
    init: runs(pod.spec.initContainers, pod.status?.initContainerStatuses),
    main: runs(pod.spec.containers, pod.status?.containerStatuses),
    ephemeral: runs(pod.spec.ephemeralContainers, pod.status?.ephemeralContainerStatuses),
  }
}

function runOfStatus(status: ContainerStatus | undefined): ContainerRun {
  if (status === undefined) return notStarted
  const { state, lastState } = status
  const last = endOf(lastState?.terminated)
  const common = {
    ...notStarted,
    ready: status.ready,
    restarts: status.restartCount,
    failures: status.restartCount,
    pulls: 1,
    ...(last === undefined ? {} : { last }),
  }
  if (state?.running !== undefined) {
    const { reason: _reason, ...rest } = common
    const sinceMs = timeMs(state.running.startedAt)
    return { ...rest, state: 'running', started: status.started ?? true, pulled: true, sinceMs }
  }
  const end = endOf(state?.terminated)
  if (end !== undefined) {
    const { reason: _reason, ...rest } = common
    return { ...rest, state: 'terminated', pulled: true, sinceMs: end.finishedMs, end }
  }
  const reason = state?.waiting?.reason ?? 'ContainerCreating'
  if (reason === 'CrashLoopBackOff' && last !== undefined) {
    return { ...common, reason, pulled: true, sinceMs: last.finishedMs, backOffMs: 10_000 }
  }
  return reason === 'PodInitializing' ? notStarted : { ...common, reason: 'ContainerCreating', pulls: 0 }
}

function endOf(state: NonNullable<ContainerStatus['state']>['terminated']): EndedRun | undefined {
  if (state === undefined) return undefined
  return {
    startedMs: timeMs(state.startedAt),
    finishedMs: timeMs(state.finishedAt),
    exitCode: state.exitCode,
    reason: state.reason ?? 'Error',
  }
}
