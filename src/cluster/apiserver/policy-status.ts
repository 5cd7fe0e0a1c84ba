import type { KubeObject } from '../../api/index.ts'
import { numberAt } from '../../api/index.ts'
import type { FaultReport } from '../../base/index.ts'
import type { Store } from '../store/index.ts'
import { typeWarnings } from './admission/dynamic/type-checking.ts'
import type { ResourceRegistry } from './registry/registry.ts'
import { followObjects, type SelfClient } from './self-client.ts'

const API_VERSION = 'admissionregistration.k8s.io/v1'
const KIND = 'ValidatingAdmissionPolicy'
const POLICIES = 'admissionregistration.k8s.io/validatingadmissionpolicies/'
const PATH = `/apis/${API_VERSION}/validatingadmissionpolicies`
const MANAGER = 'validatingadmissionpolicy-status'

/**
 * Says in the status of each ValidatingAdmissionPolicy which of its expressions do not fit the types that it matches. As
 * Kubernetes' controller of that status: once for each generation.
 */
export function followPolicies(parts: {
  readonly store: Store
  readonly registry: ResourceRegistry
  readonly send: SelfClient
  readonly report: FaultReport
}): void {
  followObjects(parts, POLICIES, (policy: KubeObject) => {
    const { name = '', generation = 0 } = policy.metadata
    if (generation <= (numberAt(policy.status, 'observedGeneration') ?? 0)) return
    const warnings = typeWarnings(policy, parts.registry)
    const typeChecking = warnings.length === 0 ? {} : { expressionWarnings: warnings }
    const status = { observedGeneration: generation, typeChecking }
    // A write that fails has met another one, whose event brings the policy here again.
    void parts.send(
      'PATCH',
      `${PATH}/${name}/status`,
      { apiVersion: API_VERSION, kind: KIND, metadata: { name }, status },
      MANAGER,
    )
  })
}
