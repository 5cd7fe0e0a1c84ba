import type { Store } from '../../store/index.ts'
import type { AdmissionPlugin } from './chain.ts'
import { limitRanger } from './limit-range.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { defaultTolerationSeconds, priority, taintNodesByCondition } from './pod-defaults.ts'
import { resourceQuota } from './resource-quota.ts'
import { serviceAccount } from './service-account.ts'
import { defaultIngressClass, defaultStorageClass, storageProtection } from './storage-defaults.ts'

/** The plugins that Kubernetes runs by default, in its order. */
export function defaultPlugins(parts: { readonly store: Store; readonly suffix: () => string }): AdmissionPlugin[] {
  const { store, suffix } = parts
  return [
    namespaceLifecycle(store),
    limitRanger(store),
    serviceAccount(store, suffix),
    taintNodesByCondition,
    priority(store),
    defaultTolerationSeconds,
    defaultStorageClass(store),
    storageProtection,
    defaultIngressClass(store),
    resourceQuota(store),
  ]
}
