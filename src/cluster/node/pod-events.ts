import type { Container, EventText, Pod } from '../control/index.ts'
import type { MissingReferences } from './references.ts'
import type { ContainerList, PodHappening } from './runtime/simulated/pod-run.ts'
import type { ProbeKind } from './runtime/simulated/script.ts'
import type { Settings } from './runtime/simulated/settings.ts'
import { pullErrorText } from './status.ts'

function fieldPath(list: ContainerList, container: Container): string {
  return `spec.${list}{${container.name}}`
}

const probeNames: Readonly<Record<ProbeKind, string>> = {
  startup: 'Startup',
  liveness: 'Liveness',
  readiness: 'Readiness',
}

/** What kubelet reports about something that happened to a container, in its words. */
export function happeningEvents(
  pod: Pod,
  { container, list, happening }: PodHappening,
  settings: Settings,
): EventText[] {
  const image = container.image ?? ''
  const path = fieldPath(list, container)
  const normal = (reason: string, message: string): EventText => ({ type: 'Normal', reason, message, fieldPath: path })
  const warning = (reason: string, message: string): EventText => ({
    type: 'Warning',
    reason,
    message,
    fieldPath: path,
  })
  switch (happening.kind) {
    case 'pulling':
      return [normal('Pulling', `Pulling image "${image}"`)]
    case 'pull-failed':
      return [
        warning('Failed', `Failed to pull image "${image}": ${pullErrorText(pod, container, settings)}`),
        warning('Failed', 'Error: ErrImagePull'),
      ]
    case 'pull-back-off':
      return [normal('BackOff', `Back-off pulling image "${image}"`), warning('Failed', 'Error: ImagePullBackOff')]
    case 'started':
      return [
        normal('Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`),
        normal('Created', 'Container created'),
        normal('Started', 'Container started'),
      ]
    case 'restart-back-off': {
      const { name, namespace, uid } = pod.metadata
      const message = `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`
      return [warning('BackOff', message)]
    }
    case 'unhealthy':
      return [warning('Unhealthy', `${probeNames[happening.probe]} probe failed: ${happening.output}`)]
    case 'killing':
      return [normal('Killing', `Container ${container.name} failed ${happening.probe} probe, will be restarted`)]
  }
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
