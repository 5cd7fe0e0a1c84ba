import type { KubeObject } from '../../../api/index.ts'
import type { TableDefinition } from '../registry/resource.ts'
import { sinceText } from './age.ts'
import { columns } from './column.ts'
import { ageOf, at, listAt, numberAt, orElse, textAt } from './read.ts'

/** What the containers of a pod say together. */
interface ContainerSummary {
  /** The word in the STATUS column. */
  readonly reason: string
  readonly ready: number
  readonly total: number
  readonly restarts: number
  /** When a container last ended before a restart; empty when none did. */
  readonly lastRestart: string
}

/** The table of pods. */
export const podTable: TableDefinition = {
  columns: columns(
    'Name!',
    'Ready',
    'Status',
    'Restarts',
    'Age',
    'IP*',
    'Node*',
    'Nominated Node*',
    'Readiness Gates*',
  ),
  row: (object, nowMs) => {
    const summary = summarise(object)
    const ago =
      summary.restarts > 0 && summary.lastRestart !== '' ? ` (${sinceText(summary.lastRestart, nowMs)} ago)` : ''
    const address = textAt(object, 'status', 'podIPs', 0, 'ip') || textAt(object, 'status', 'podIP')
    return [
      object.metadata.name ?? '',
      `${summary.ready}/${summary.total}`,
      finalReason(object, summary.reason),
      `${summary.restarts}${ago}`,
      ageOf(object, nowMs),
      orElse(address, '<none>'),
      orElse(textAt(object, 'spec', 'nodeName'), '<none>'),
      orElse(textAt(object, 'status', 'nominatedNodeName'), '<none>'),
      readinessGates(object),
    ]
  },
}

/** As Kubernetes' pod printer: init containers speak first, then the last container with something to say. */
function summarise(pod: KubeObject): ContainerSummary {
  const sidecars = new Set(
    listAt(pod, 'spec', 'initContainers')
      .filter((c) => textAt(c, 'restartPolicy') === 'Always')
      .map((c) => textAt(c, 'name')),
  )
  const total = listAt(pod, 'spec', 'containers').length + sidecars.size
  const init = summariseInit(pod, sidecars)
  if (init.reason !== undefined && !hasCondition(pod, 'Initialized')) {
    return { reason: init.reason, ready: init.ready, total, restarts: init.restarts, lastRestart: init.lastRestart }
  }
  const main = summariseMain(pod, init.reason ?? phaseReason(pod))
  return {
    reason: main.reason,
    ready: init.ready + main.ready,
    total,
    restarts: init.sidecarRestarts + main.restarts,
    lastRestart: later(init.sidecarLastRestart, main.lastRestart),
  }
}

function phaseReason(pod: KubeObject): string {
  const gated = listAt(pod, 'status', 'conditions').some(
    (c) => textAt(c, 'type') === 'PodScheduled' && textAt(c, 'reason') === 'SchedulingGated',
  )
  if (gated) return 'SchedulingGated'
  return orElse(textAt(pod, 'status', 'reason'), textAt(pod, 'status', 'phase'))
}

function summariseInit(pod: KubeObject, sidecars: ReadonlySet<string>) {
  const count = listAt(pod, 'spec', 'initContainers').length
  const result = {
    restarts: 0,
    lastRestart: '',
    sidecarRestarts: 0,
    sidecarLastRestart: '',
    ready: 0,
    reason: undefined as string | undefined,
  }
  for (const [index, status] of listAt(pod, 'status', 'initContainerStatuses').entries()) {
    const sidecar = sidecars.has(textAt(status, 'name'))
    const ended = textAt(status, 'lastState', 'terminated', 'finishedAt')
    result.restarts += numberAt(status, 'restartCount')
    result.lastRestart = later(result.lastRestart, ended)
    if (sidecar) {
      result.sidecarRestarts += numberAt(status, 'restartCount')
      result.sidecarLastRestart = later(result.sidecarLastRestart, ended)
    }
    const terminated = at(status, 'state', 'terminated')
    if (isPresent(terminated) && numberAt(terminated, 'exitCode') === 0) continue
    if (sidecar && at(status, 'started') === true) {
      if (at(status, 'ready') === true) result.ready += 1
      continue
    }
    const waiting = textAt(status, 'state', 'waiting', 'reason')
    if (isPresent(terminated)) result.reason = `Init:${terminatedReason(terminated)}`
    else if (waiting !== '' && waiting !== 'PodInitializing') result.reason = `Init:${waiting}`
    else result.reason = `Init:${index}/${count}`
    break
  }
  return result
}

function summariseMain(pod: KubeObject, initial: string): Omit<ContainerSummary, 'total'> {
  let reason = initial
  let ready = 0
  let restarts = 0
  let lastRestart = ''
  let running = false
  for (const status of listAt(pod, 'status', 'containerStatuses').toReversed()) {
    restarts += numberAt(status, 'restartCount')
    lastRestart = later(lastRestart, textAt(status, 'lastState', 'terminated', 'finishedAt'))
    const waiting = textAt(status, 'state', 'waiting', 'reason')
    const terminated = at(status, 'state', 'terminated')
    if (waiting !== '') reason = waiting
    else if (isPresent(terminated)) reason = terminatedReason(terminated)
    else if (at(status, 'ready') === true && isPresent(at(status, 'state', 'running'))) {
      running = true
      ready += 1
    }
  }
  if (reason === 'Completed' && running) reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady'
  return { reason, ready, restarts, lastRestart }
}

function terminatedReason(terminated: unknown): string {
  const reason = textAt(terminated, 'reason')
  if (reason !== '') return reason
  const signal = numberAt(terminated, 'signal')
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${numberAt(terminated, 'exitCode')}`
}

function finalReason(pod: KubeObject, reason: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return reason
  if (textAt(pod, 'status', 'reason') === 'NodeLost') return 'Unknown'
  const phase = textAt(pod, 'status', 'phase')
  return phase === 'Succeeded' || phase === 'Failed' ? reason : 'Terminating'
}

function readinessGates(pod: KubeObject): string {
  const gates = listAt(pod, 'spec', 'readinessGates').map((gate) => textAt(gate, 'conditionType'))
  if (gates.length === 0) return '<none>'
  return `${gates.filter((gate) => hasCondition(pod, gate)).length}/${gates.length}`
}

function hasCondition(pod: KubeObject, type: string): boolean {
  return listAt(pod, 'status', 'conditions').some((c) => textAt(c, 'type') === type && textAt(c, 'status') === 'True')
}

function isPresent(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function later(a: string, b: string): string {
  return a > b ? a : b
}
