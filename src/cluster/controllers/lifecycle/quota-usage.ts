import type { PersistentVolumeClaim, Pod, ResourceQuota, Service } from '../../control/index.ts'
import { formatQuantity, isFinished, podRequests, quantityStyle, quantityValue } from '../../control/index.ts'

/** Sums quantities and remembers the style in which the first was written. */
class Sum {
  private value = 0
  private style: 'binary' | 'decimal' = 'decimal'
  private started = false
  add(text: string | number | undefined): void {
    if (text === undefined) return
    if (!this.started) {
      this.style = quantityStyle(String(text))
      this.started = true
    }
    this.value += quantityValue(text)
  }
  toString(): string {
    return formatQuantity(Math.round(this.value * 1e9) / 1e9, this.style)
  }
}

/** Resources whose limits and requests of pods a quota counts. */
const computeName = /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage|hugepages-.+|[^/]+\/.+)$/

/** True for a pod without any requests and limits. */
export function isBestEffort(pod: Pod): boolean {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].every(
    ({ resources }) =>
      Object.keys(resources?.requests ?? {}).length === 0 && Object.keys(resources?.limits ?? {}).length === 0,
  )
}

/** True when the quota's scopes all take the pod in. */
export function inScope(quota: ResourceQuota, pod: Pod): boolean {
  const matches = (scope: string, operator = 'Exists', values: readonly string[] = []): boolean => {
    switch (scope) {
      case 'Terminating':
        return pod.spec.activeDeadlineSeconds !== undefined
      case 'NotTerminating':
        return pod.spec.activeDeadlineSeconds === undefined
      case 'BestEffort':
        return isBestEffort(pod)
      case 'NotBestEffort':
        return !isBestEffort(pod)
      case 'PriorityClass': {
        const name = pod.spec.priorityClassName ?? ''
        if (operator === 'Exists') return name !== ''
        if (operator === 'DoesNotExist') return name === ''
        return operator === 'In' ? values.includes(name) : !values.includes(name)
      }
      default:
        return true
    }
  }
  return (
    (quota.spec?.scopes ?? []).every((scope) => matches(scope)) &&
    (quota.spec?.scopeSelector?.matchExpressions ?? []).every((e) => matches(e.scopeName, e.operator, e.values))
  )
}

/** What a namespace holds, as far as quotas count it. */
export interface NamespaceContent {
  readonly pods: readonly Pod[]
  readonly services: readonly Service[]
  readonly claims: readonly PersistentVolumeClaim[]
  /** How many objects of a resource there are; `group` is empty for the core group. */
  count(resource: string, group: string): number
}

function computeUsage(pods: readonly Pod[], side: string | undefined, resource: string): string {
  const sum = new Sum()
  for (const pod of pods) {
    if (side === 'limits') {
      const containers = [
        ...pod.spec.containers,
        ...(pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always'),
      ]
      for (const { resources } of containers) sum.add(resources?.limits?.[resource])
    } else {
      for (const { resources } of pod.spec.containers)
        sum.add(resources?.requests?.[resource] ?? resources?.limits?.[resource])
      const whole = podRequests({ containers: [], initContainers: pod.spec.initContainers ?? [] }).get(resource) ?? 0
      if (whole > 0 && pod.spec.containers.length === 0) sum.add(whole)
    }
  }
  return sum.toString()
}

function serviceUsage(services: readonly Service[], name: string): number | undefined {
  if (name === 'services.loadbalancers') return services.filter(({ spec }) => spec.type === 'LoadBalancer').length
  if (name !== 'services.nodeports') return undefined
  return services
    .filter(
      ({ spec }) =>
        spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false),
    )
    .reduce((count, { spec }) => count + (spec.ports ?? []).length, 0)
}

function storageUsage(claims: readonly PersistentVolumeClaim[], name: string): string | undefined {
  const classed = /^(.+)\.storageclass\.storage\.k8s\.io\/(requests\.storage|persistentvolumeclaims)$/.exec(name)
  const what = classed?.[2] ?? name
  if (what !== 'requests.storage' && what !== 'persistentvolumeclaims') return undefined
  const counted = classed === null ? claims : claims.filter((claim) => claim.spec.storageClassName === classed[1])
  if (what === 'persistentvolumeclaims') return String(counted.length)
  const sum = new Sum()
  for (const claim of counted) sum.add(claim.spec.resources?.requests?.storage)
  return sum.toString()
}

/** What a namespace uses of everything that a quota limits, printed as quantities. */
export function quotaUsage(quota: ResourceQuota, content: NamespaceContent): Record<string, string> {
  const pods = content.pods.filter((pod) => !isFinished(pod) && inScope(quota, pod))
  const used: Record<string, string> = {}
  for (const name of Object.keys(quota.spec?.hard ?? {})) {
    const counted = /^count\/([^.]+)(?:\.(.+))?$/.exec(name)
    const services = serviceUsage(content.services, name)
    const storage = storageUsage(content.claims, name)
    const compute = computeName.exec(name)
    if (name === 'count/pods') used[name] = String(content.pods.length)
    else if (counted !== null) used[name] = String(content.count(counted[1] ?? '', counted[2] ?? ''))
    else if (name === 'pods') used[name] = String(pods.length)
    else if (services !== undefined) used[name] = String(services)
    else if (storage !== undefined) used[name] = storage
    else if (compute !== null) used[name] = computeUsage(pods, compute[1], compute[2] ?? '')
    else used[name] = String(content.count(name, ''))
  }
  return used
}
