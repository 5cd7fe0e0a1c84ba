import { API_SERVICES_PATH, type KubeObject } from '../../api/index.ts'
import { type Clock, type FaultReport, guarded } from '../../base/index.ts'
import type { Store } from '../store/index.ts'
import type { ResourceRegistry } from './registry/registry.ts'
import type { SelfClient } from './self-client.ts'

const PREFIX = 'apiregistration.k8s.io/apiservices/'
const MANAGED = 'kube-aggregator.kubernetes.io/automanaged'

/** What the groups of Kubernetes are worth against others; versions are worth 15 unless said. */
const GROUP_PRIORITY: Readonly<Record<string, number>> = {
  '': 18000,
  'admissionregistration.k8s.io': 16700,
  'apiextensions.k8s.io': 16700,
  apps: 17800,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  batch: 17400,
  'certificates.k8s.io': 17300,
  'coordination.k8s.io': 16500,
  'discovery.k8s.io': 16200,
  'events.k8s.io': 17750,
  'flowcontrol.apiserver.k8s.io': 16100,
  'networking.k8s.io': 17200,
  'node.k8s.io': 16300,
  policy: 17100,
  'rbac.authorization.k8s.io': 17000,
  'resource.k8s.io': 16200,
  'scheduling.k8s.io': 16600,
  'storage.k8s.io': 16800,
}
const VERSION_PRIORITY: Readonly<Record<string, number>> = {
  'v1.': 1,
  'v1.flowcontrol.apiserver.k8s.io': 21,
  'v1.resource.k8s.io': 21,
  'v2.autoscaling': 30,
}

/** What following APIServices needs. */
export interface ApiServiceParts {
  readonly store: Store
  readonly registry: ResourceRegistry
  readonly clock: Clock
  readonly send: SelfClient
  readonly report: FaultReport
}

/** Keeps an APIService for each version of each group that is served here. As the registration controllers of kube-aggregator. */
export function followApiServices(parts: ApiServiceParts): void {
  let scheduled = false
  const register = (): void => {
    if (scheduled) return
    scheduled = true
    queueMicrotask(() => {
      scheduled = false
      guarded(
        () => registerAll(parts),
        (error) => parts.report('kube-apiserver', 'api-services', error),
      )
    })
  }
  register()
  parts.registry.onChange(register)
}

function registerAll({ store, registry, send }: ApiServiceParts): void {
  const served = new Map<string, { group: string; version: string; custom: boolean }>()
  for (const { group, version, custom } of registry.all()) {
    if (group === 'apiregistration.k8s.io') continue
    const name = `${version}.${group}`
    served.set(name, { group, version, custom: custom === true })
  }
  for (const [name, { group, version, custom }] of served) {
    if (store.get(PREFIX + name) !== undefined) continue
    void send('POST', API_SERVICES_PATH, {
      metadata: { name, labels: { [MANAGED]: custom ? 'true' : 'onstart' } },
      spec: {
        ...(group !== '' && { group }),
        version,
        groupPriorityMinimum: GROUP_PRIORITY[group] ?? (custom ? 1000 : 16000),
        versionPriority: custom ? 100 : (VERSION_PRIORITY[name] ?? 15),
      },
    })
  }
  for (const entry of store.range(PREFIX).entries) {
    const { name = '', labels } = (entry.value as KubeObject).metadata
    if (labels?.[MANAGED] === 'true' && !served.has(name)) void send('DELETE', `${API_SERVICES_PATH}/${name}`)
  }
}
