import type { LabelSelector } from '../../../api/index.ts'

/** The fields of Toleration that components of the cluster read or write. */
export interface Toleration {
  key?: string
  operator?: string
  value?: string
  effect?: string
  tolerationSeconds?: number
}

/** The fields of Taint that components of the cluster read or write. */
export interface Taint {
  key: string
  value?: string
  effect: string
  timeAdded?: string
}

/** The fields of NodeSelectorTerm that components of the cluster read or write. */
export interface NodeSelectorTerm {
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
  matchFields?: { key: string; operator: string; values?: string[] }[]
}

/** The fields of PodAffinityTerm that components of the cluster read or write. */
export interface PodAffinityTerm {
  labelSelector?: LabelSelector
  namespaceSelector?: LabelSelector
  namespaces?: string[]
  topologyKey: string
  matchLabelKeys?: string[]
  mismatchLabelKeys?: string[]
}

/** The fields of Affinity that components of the cluster read or write. */
export interface Affinity {
  nodeAffinity?: {
    requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms?: NodeSelectorTerm[] }
    preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; preference: NodeSelectorTerm }[]
  }
  podAffinity?: PodAffinityRules
  podAntiAffinity?: PodAffinityRules
}

/** The fields of PodAffinityRules that components of the cluster read or write. */
export interface PodAffinityRules {
  requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[]
  preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; podAffinityTerm: PodAffinityTerm }[]
}

/** The fields of TopologySpreadConstraint that components of the cluster read or write. */
export interface TopologySpreadConstraint {
  maxSkew: number
  topologyKey: string
  whenUnsatisfiable: string
  labelSelector?: LabelSelector
  minDomains?: number
  matchLabelKeys?: string[]
  nodeAffinityPolicy?: string
  nodeTaintsPolicy?: string
}
