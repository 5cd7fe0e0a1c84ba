import { boolAt, type Json, type JsonObject, objectAt, valueAt } from '../../../api/index.ts'
import { printGoStruct } from './go-print.ts'
import { unifiedDiff } from './unified-diff.ts'

/** A change of a pod's spec as Kubernetes shows it: a diff of its internal form. */
export function podSpecDiff(before: JsonObject, after: JsonObject): string {
  const print = (spec: JsonObject): string => JSON.stringify(printPodSpec(spec), null, 1)
  return unifiedDiff(print(before), print(after))
}

/** The spec of a pod in Kubernetes' internal form, which has the flags of the host in the security context. */
export function printPodSpec(spec: JsonObject): JsonObject {
  const out = printGoStruct('PodSpec', spec)
  const security = out.SecurityContext
  const inner = security !== null && typeof security === 'object' && !Array.isArray(security) ? security : {}
  const optional = (key: string): Json => valueAt(spec, key) ?? null
  out.SecurityContext = {
    HostNetwork: boolAt(spec, 'hostNetwork'),
    HostPID: boolAt(spec, 'hostPID'),
    HostIPC: boolAt(spec, 'hostIPC'),
    ShareProcessNamespace: optional('shareProcessNamespace'),
    HostUsers: optional('hostUsers'),
    ...(objectAt({ inner }, 'inner') ?? {}),
  }
  return out
}
