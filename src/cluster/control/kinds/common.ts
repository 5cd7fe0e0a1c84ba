import type { KubeObject, ObjectMeta } from '../../../api/index.ts'

/** `metadata` as the API server returns it: name, uid and version are always there. */
export interface ServerMeta extends ObjectMeta {
  name: string
  uid: string
}

/** An object as the API server returns it. */
export interface ServerObject extends KubeObject {
  metadata: ServerMeta
}

/** A condition of most kinds. */
export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string | null
  lastUpdateTime?: string
  lastProbeTime?: string | null
  lastHeartbeatTime?: string
  observedGeneration?: number
}

/** The fields of ObjectReference that components of the cluster read or write. */
export interface ObjectReference {
  kind?: string
  namespace?: string
  name?: string
  uid?: string
  apiVersion?: string
  resourceVersion?: string
  fieldPath?: string
}
