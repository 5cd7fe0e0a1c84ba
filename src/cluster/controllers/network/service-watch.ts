import { jsonEqual, matchesPairs } from '../../../api/index.ts'
import type { ComponentContext, Informer, Pod, ReconcileLoop, Service } from '../../control/index.ts'
import { keyOf, PODS, SERVICES } from '../../control/index.ts'

/**
 * Queues every service whose endpoints may have changed: the service itself, or a pod that it selects or selected. Changes
 * of pods are collected for a moment, so that a rollout of many pods costs few writes.
 */
export function watchServices(
  ctx: ComponentContext,
  loop: ReconcileLoop,
  batchMs: number,
): { services: Informer<Service>; pods: Informer<Pod> } {
  const services = ctx.informers.of(SERVICES)
  const pods = ctx.informers.of(PODS)
  const selecting = (pod: Pod): Service[] =>
    services
      .list(pod.metadata.namespace ?? '')
      .filter((service) => matchesPairs(service.spec.selector, pod.metadata.labels))
  const touched = (pod: Pod): void => {
    for (const service of selecting(pod)) loop.queue.addAfter(keyOf(service), batchMs)
  }
  services.on({
    add: (service) => loop.queue.add(keyOf(service)),
    update: (_old, service) => loop.queue.add(keyOf(service)),
    delete: (service) => loop.queue.add(keyOf(service)),
  })
  pods.on({
    add: (pod) => {
      if (pod.status?.podIP) touched(pod)
    },
    update: (old, pod) => {
      if (!matters(old, pod)) return
      touched(pod)
      if (!jsonEqual(old.metadata.labels, pod.metadata.labels)) touched(old)
    },
    delete: touched,
  })
  return { services, pods }
}

function matters(old: Pod, pod: Pod): boolean {
  return !(
    old.status?.podIP === pod.status?.podIP &&
    old.status?.phase === pod.status?.phase &&
    old.metadata.deletionTimestamp === pod.metadata.deletionTimestamp &&
    readyOf(old) === readyOf(pod) &&
    jsonEqual(old.metadata.labels, pod.metadata.labels)
  )
}

function readyOf(pod: Pod): string | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === 'Ready')?.status
}
