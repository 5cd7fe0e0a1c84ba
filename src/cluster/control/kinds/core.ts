import type { Condition, ServerObject } from './common.ts'
import type { Taint } from './placement.ts'

/** The fields of Node that components of the cluster read or write. */
export interface Node extends ServerObject {
  spec: { unschedulable?: boolean; taints?: Taint[]; podCIDR?: string; podCIDRs?: string[]; providerID?: string }
  status?: {
    capacity?: Record<string, string>
    allocatable?: Record<string, string>
    conditions?: Condition[]
    addresses?: { type: string; address: string }[]
    phase?: string
    images?: { names?: string[]; sizeBytes?: number }[]
    nodeInfo?: Record<string, string>
    daemonEndpoints?: { kubeletEndpoint: { Port: number } }
    [field: string]: unknown
  }
}

/** The fields of Namespace that components of the cluster read or write. */
export interface Namespace extends ServerObject {
  spec?: { finalizers?: string[] }
  status?: { phase?: string; conditions?: Condition[] }
}

/** The fields of ConfigMap that components of the cluster read or write. */
export interface ConfigMap extends ServerObject {
  data?: Record<string, string>
  binaryData?: Record<string, string>
}

/** The fields of Secret that components of the cluster read or write. */
export interface Secret extends ServerObject {
  type?: string
  data?: Record<string, string>
}

/** The fields of ResourceQuota that components of the cluster read or write. */
export interface ResourceQuota extends ServerObject {
  spec?: {
    hard?: Record<string, string>
    scopes?: string[]
    scopeSelector?: { matchExpressions?: { scopeName: string; operator: string; values?: string[] }[] }
  }
  status?: { hard?: Record<string, string>; used?: Record<string, string> }
}
