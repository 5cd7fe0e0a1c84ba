import type { Pod } from '../../../control/index.ts'
import { isSidecar } from '../../../control/index.ts'
import { scriptOf } from './script.ts'
import type { ContainerStage, RestartPolicy } from './timeline.ts'
import { stageAt } from './timeline.ts'

/** The stage of every container of a pod. */
export interface PodStage {
  readonly init: readonly ContainerStage[]
  readonly main: readonly ContainerStage[]
  /** When the next container changes by itself; absent: never. */
  readonly nextMs?: number
}

const notStarted: ContainerStage = { state: 'waiting', reason: 'PodInitializing', ready: false, restarts: 0, pulls: 0 }

function shifted(stage: ContainerStage, byMs: number): ContainerStage {
  const { startedMs, finishedMs, nextMs, last, ...rest } = stage
  return {
    ...rest,
    ...(startedMs === undefined ? {} : { startedMs: startedMs + byMs }),
    ...(finishedMs === undefined ? {} : { finishedMs: finishedMs + byMs }),
    ...(nextMs === undefined ? {} : { nextMs: nextMs + byMs }),
    ...(last === undefined
      ? {}
      : { last: { ...last, startedMs: last.startedMs + byMs, finishedMs: last.finishedMs + byMs } }),
  }
}

/**
 * What all containers do `elapsedMs` after the pod's volumes and references are there: init containers one after the other
 * (a sidecar lets the next one go as soon as it has started), then the main containers together. Sidecars end when the main
 * containers of a pod that is not restarted have ended.
 */
export function podStageAt(pod: Pod, elapsedMs: number): PodStage {
  const policy = (pod.spec.restartPolicy ?? 'Always') as RestartPolicy
  const init: ContainerStage[] = []
  let openMs = 0
  let nextMs = Number.POSITIVE_INFINITY
  for (const container of pod.spec.initContainers ?? []) {
    if (openMs > elapsedMs) {
      init.push(notStarted)
      continue
    }
    const sidecar = isSidecar(container)
    const own = scriptOf(pod, container.name)
    const { exit, ...endless } = own
    // Init containers end by themselves; only a failure that names them changes that.
    const fails = exit !== undefined && exit.code !== 0 && named(pod, container.name)
    const script = fails ? own : sidecar ? endless : { ...endless, exit: { afterMs: 0, code: 0 } }
    const stage = shifted(
      stageAt(script, sidecar ? 'Always' : policy === 'Never' ? 'Never' : 'OnFailure', elapsedMs - openMs),
      openMs,
    )
    init.push(stage)
    nextMs = Math.min(nextMs, stage.nextMs ?? Number.POSITIVE_INFINITY)
    if (sidecar) openMs = stage.startedMs ?? Number.POSITIVE_INFINITY
    else
      openMs = stage.state === 'terminated' && stage.exitCode === 0 ? (stage.finishedMs ?? 0) : Number.POSITIVE_INFINITY
  }
  const main = pod.spec.containers.map((container) => {
    if (openMs > elapsedMs) return notStarted
    const stage = shifted(stageAt(scriptOf(pod, container.name), policy, elapsedMs - openMs), openMs)
    nextMs = Math.min(nextMs, stage.nextMs ?? Number.POSITIVE_INFINITY)
    return stage
  })
  return { init: endSidecars(pod, init, main), main, ...(Number.isFinite(nextMs) ? { nextMs } : {}) }
}

function named(pod: Pod, container: string): boolean {
  return Object.entries(pod.metadata.annotations ?? {}).some(
    ([key, value]) =>
      key.startsWith('simulate.chartctl.dev/') && value.split(',').some((name) => name.trim() === container),
  )
}

function endSidecars(pod: Pod, init: ContainerStage[], main: readonly ContainerStage[]): readonly ContainerStage[] {
  if (pod.spec.restartPolicy === 'Always' || main.some((stage) => stage.state !== 'terminated')) return init
  const endMs = Math.max(...main.map((stage) => stage.finishedMs ?? 0))
  return init.map((stage) =>
    stage.state === 'running' ? { ...stage, state: 'terminated', ready: false, finishedMs: endMs, exitCode: 0 } : stage,
  )
}
