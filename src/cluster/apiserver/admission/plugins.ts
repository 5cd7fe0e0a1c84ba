import type { AccessJudge } from '../authz/attributes.ts'
import type { AdmissionPlugin } from './chain.ts'
import { mutatingPolicies } from './dynamic/mutating-policies.ts'
import { validatingPolicies } from './dynamic/validating-policies.ts'
import { certificateAdmission } from './certificates.ts'
import { claimResize } from './claim-resize.ts'
import { admissionWebhooks, type WebhookParts } from './dynamic/webhooks.ts'
import { escalationCheck } from './escalation.ts'
import { limitRanger } from './limit-range.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { defaultTolerationSeconds, priority, taintNodesByCondition } from './pod-defaults.ts'
import { type NodeRestrictionParts, nodeRestriction } from './node-restriction.ts'
import { podSecurity } from './pod-security/plugin.ts'
import { resourceQuota } from './resource-quota.ts'
import { runtimeClass } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { defaultIngressClass, defaultStorageClass, storageProtection } from './storage-defaults.ts'
import { type TokenSecretParts, tokenSecret } from './token-secret.ts'

/** The plugins that Kubernetes runs by default, in its order. */
export function defaultPlugins(
  parts: TokenSecretParts &
    WebhookParts &
    NodeRestrictionParts & { readonly judge: AccessJudge; readonly suffix: () => string },
): AdmissionPlugin[] {
  const { store, suffix } = parts
  return [
    namespaceLifecycle(store),
    limitRanger(store),
    serviceAccount(store, suffix),
    nodeRestriction(parts),
    taintNodesByCondition,
    podSecurity(store),
    priority(store),
    defaultTolerationSeconds,
    defaultStorageClass(store),
    storageProtection,
    claimResize(store),
    runtimeClass(store),
    ...certificateAdmission(parts.judge, parts.readRequest),
    defaultIngressClass(store),
    tokenSecret(parts),
    escalationCheck(parts),
    mutatingPolicies(parts),
    validatingPolicies(parts),
    ...admissionWebhooks(parts),
    resourceQuota(store),
  ]
}
