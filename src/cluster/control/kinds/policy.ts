import type { JsonObject, LabelSelector } from '../../../api/index.ts'
import type { Condition, ServerObject } from './common.ts'

/** The fields of PodDisruptionBudget that components of the cluster read or write. */
export interface PodDisruptionBudget extends ServerObject {
  spec: { minAvailable?: number | string; maxUnavailable?: number | string; selector?: LabelSelector }
  status?: {
    observedGeneration?: number
    disruptedPods?: Record<string, string>
    disruptionsAllowed: number
    currentHealthy: number
    desiredHealthy: number
    expectedPods: number
    conditions?: Condition[]
  }
}

/** The fields of PriorityClass that components of the cluster read or write. */
export interface PriorityClass extends ServerObject {
  value: number
  globalDefault?: boolean
  preemptionPolicy?: string
}

/** A rule of a role. */
export type PolicyRule = JsonObject

/** The fields of ClusterRole that components of the cluster read or write. */
export interface ClusterRole extends ServerObject {
  rules?: PolicyRule[] | null
  aggregationRule?: { clusterRoleSelectors?: LabelSelector[] } | null
}
