import type { Container, EventText, Pod } from '../control/index.ts'
import type { MissingReferences } from './references.ts'
import type { PodStage } from './runtime/simulated/pod-stage.ts'
import type { ContainerStage } from './runtime/simulated/timeline.ts'
import { pullErrorText } from './status.ts'

function fieldPath(list: 'containers' | 'initContainers', container: Container): string {
  return `spec.${list}{${container.name}}`
}

function containerEvents(
  pod: Pod,
  container: Container,
  path: string,
  old: ContainerStage | undefined,
  stage: ContainerStage,
): EventText[] {
  const events: EventText[] = []
  const image = container.image ?? ''
  const normal = (reason: string, message: string): number =>
    events.push({ type: 'Normal', reason, message, fieldPath: path })
  const warning = (reason: string, message: string): number =>
    events.push({ type: 'Warning', reason, message, fieldPath: path })
  if (stage.reason === 'ContainerCreating' && old?.reason !== 'ContainerCreating')
    normal('Pulling', `Pulling image "${image}"`)
  if (stage.pulls > (old?.pulls ?? 0) && stage.reason === 'ErrImagePull') {
    normal('Pulling', `Pulling image "${image}"`)
    warning('Failed', `Failed to pull image "${image}": ${pullErrorText(pod, image)}`)
    warning('Failed', 'Error: ErrImagePull')
  }
  if (stage.reason === 'ImagePullBackOff' && old?.reason !== 'ImagePullBackOff') {
    normal('BackOff', `Back-off pulling image "${image}"`)
    warning('Failed', 'Error: ImagePullBackOff')
  }
  const runs = (s: ContainerStage | undefined): number =>
    s?.startedMs === undefined && !s?.last ? 0 : (s?.restarts ?? 0) + 1
  if (runs(stage) > runs(old)) {
    normal('Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`)
    normal('Created', 'Container created')
    normal('Started', 'Container started')
  }
  if (
    stage.reason === 'CrashLoopBackOff' &&
    stage.backOffMs &&
    (old?.reason !== 'CrashLoopBackOff' || old.restarts !== stage.restarts)
  ) {
    const { name, namespace, uid } = pod.metadata
    warning('BackOff', `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`)
  }
  if (stage.state === 'running' && !stage.ready && stage.nextMs === undefined && old?.state !== 'running') {
    warning('Unhealthy', 'Readiness probe failed: simulated: the container is never ready')
  }
  return events
}

/** What kubelet reports when the containers of a pod have moved on. */
export function stageEvents(pod: Pod, old: PodStage | undefined, stage: PodStage): EventText[] {
  const events: EventText[] = []
  for (const [i, container] of (pod.spec.initContainers ?? []).entries()) {
    const next = stage.init[i]
    if (next)
      events.push(...containerEvents(pod, container, fieldPath('initContainers', container), old?.init[i], next))
  }
  for (const [i, container] of pod.spec.containers.entries()) {
    const next = stage.main[i]
    if (next) events.push(...containerEvents(pod, container, fieldPath('containers', container), old?.main[i], next))
  }
  return events
}

/** What kubelet reports while something is missing. */
export function blockedEvents(pod: Pod, missing: MissingReferences): EventText[] {
  if (missing.volumes.length > 0) {
    return missing.volumes.map(({ name, message }) => ({
      type: 'Warning',
      reason: 'FailedMount',
      message: `MountVolume.SetUp failed for volume "${name}" : ${message}`,
    }))
  }
  return [...missing.containers].map(([name, why]) => ({
    type: 'Warning',
    reason: 'Failed',
    message: `Error: ${why.message}`,
    fieldPath: (pod.spec.initContainers ?? []).some((c) => c.name === name)
      ? `spec.initContainers{${name}}`
      : `spec.containers{${name}}`,
  }))
}

/** What kubelet reports when it stops a pod's containers. */
export function stopEvents(pod: Pod): EventText[] {
  return (pod.status?.containerStatuses ?? [])
    .filter((status) => status.state?.running !== undefined)
    .map((status) => ({
      type: 'Normal',
      reason: 'Killing',
      message: `Stopping container ${status.name}`,
      fieldPath: `spec.containers{${status.name}}`,
    }))
}
