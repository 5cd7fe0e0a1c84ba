import { matchesPairs } from '../../../api/index.ts'
import type { Pod, Service, ServicePort } from '../../control/index.ts'
import { allContainers, isFinished, isReady } from '../../control/index.ts'

/** A port of a Service as one pod serves it. */
export interface ResolvedPort {
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly appProtocol?: string
}

/** The number behind a service's target port for one pod; undefined when the pod has no port of that name. */
export function targetPort(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target
  if (/^[0-9]+$/.test(target)) return Number(target)
  for (const container of allContainers(pod.spec)) {
    for (const candidate of container.ports ?? []) {
      if (candidate.name === target && (candidate.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))
        return candidate.containerPort
    }
  }
  return undefined
}

/** The ports of a service that a pod serves. A service without ports (headless) has none. */
export function resolvePorts(pod: Pod, service: Service): ResolvedPort[] {
  const resolved: ResolvedPort[] = []
  for (const port of service.spec.ports ?? []) {
    const number = targetPort(pod, port)
    if (number === undefined) continue
    resolved.push({
      name: port.name ?? '',
      port: number,
      protocol: port.protocol ?? 'TCP',
      ...(port.appProtocol ? { appProtocol: port.appProtocol } : {}),
    })
  }
  return resolved
}

/** True when the pod is behind the service at all: it has an address and has not ended. */
export function isBehind(pod: Pod, service: Service): boolean {
  return matchesPairs(service.spec.selector, pod.metadata.labels) && !isFinished(pod) && Boolean(pod.status?.podIP)
}

/** The three conditions of an endpoint. */
export function endpointConditions(
  pod: Pod,
  service: Service,
): { ready: boolean; serving: boolean; terminating: boolean } {
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const serving = isReady(pod)
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating)
  return { ready, serving, terminating }
}

/** The host name that DNS gives the pod within a headless service. */
export function endpointHostname(pod: Pod, service: Service): string | undefined {
  const { hostname, subdomain } = pod.spec
  const same = subdomain === service.metadata.name && pod.metadata.namespace === service.metadata.namespace
  return hostname && same ? hostname : undefined
}

/** The reference from an endpoint to its pod. */
export function podReference(pod: Pod): Record<string, string> {
  return { kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, uid: pod.metadata.uid }
}
