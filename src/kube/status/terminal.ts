import type { KubeObject } from '../../api/index.ts'
import { conditionsOf, valueAt } from './model.ts'
import { isUnschedulable } from './workload-rules.ts'

/** Why containers wait that does not pass by waiting longer. */
const TERMINAL_WAITING: ReadonlySet<string> = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImageNeverPull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RunContainerError',
])

/** The state of one container of a pod, as its status says. */
export interface ContainerState {
  readonly name: string
  readonly restarts: number
  /** `ImagePullBackOff`, `Error`; empty while it runs. */
  readonly reason: string
  readonly message: string
  /** Of the last end; undefined while it never ended. */
  readonly exitCode: number | undefined
  readonly running: boolean
}

/** The containers of a pod, init containers first. */
export function containerStates(pod: KubeObject): ContainerState[] {
  return ['initContainerStatuses', 'containerStatuses'].flatMap((field) => {
    const list = valueAt(pod, ['status', field])
    return Array.isArray(list) ? (list as RawStatus[]).map(containerState) : []
  })
}

interface RawState {
  readonly waiting?: { readonly reason?: string; readonly message?: string }
  readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode?: number }
  readonly running?: object
}

interface RawStatus {
  readonly name?: string
  readonly restartCount?: number
  readonly state?: RawState
  readonly lastState?: RawState
}

function containerState({ name = '', restartCount = 0, state = {}, lastState = {} }: RawStatus): ContainerState {
  const now = state.waiting ?? state.terminated ?? {}
  return {
    name,
    restarts: restartCount,
    reason: now.reason ?? '',
    message: now.message ?? '',
    exitCode: state.terminated?.exitCode ?? lastState.terminated?.exitCode,
    running: state.running !== undefined,
  }
}

/** Why a pod will not become ready by waiting: `container web: ImagePullBackOff`; undefined: it may. */
export function terminalCause(pod: KubeObject): string | undefined {
  if (isUnschedulable(pod)) {
    const condition = conditionsOf(pod).find(({ type }) => type === 'PodScheduled')
    return `no node takes pod ${pod.metadata.name ?? ''}: ${condition?.message ?? ''}`
  }
  const stuck = containerStates(pod).find(({ reason }) => TERMINAL_WAITING.has(reason))
  return stuck === undefined ? undefined : `container ${stuck.name} of pod ${pod.metadata.name ?? ''}: ${stuck.reason}`
}

/** Why a workload cannot make its pods (a quota, an admission refusal); undefined: it can. */
export function creationFailure(workload: KubeObject): string | undefined {
  const condition = conditionsOf(workload).find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  return condition === undefined ? undefined : (condition.message ?? condition.reason ?? 'pods cannot be created')
}
