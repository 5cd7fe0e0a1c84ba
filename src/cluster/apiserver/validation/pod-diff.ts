import { boolAt, type Json, type JsonObject, objectAt, valueAt } from '../../../api/index.ts'
import { printGoStruct } from './go-print.ts'
import { unifiedDiff } from './unified-diff.ts'

/** A change of a pod's spec as Kubernetes shows it: a diff of its internal form. */
export function podSpecDiff(before: JsonObject, after: JsonObject): string {
  return unifiedDiff(print(before), print(after))
}

function print(spec: JsonObject): string {
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
  return JSON.stringify(out, null, 1)
}
