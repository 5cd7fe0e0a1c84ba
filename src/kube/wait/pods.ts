import type { KubeObject } from '../../api/index.ts'
import type { Client } from '../client.ts'
import { computeStatus } from '../status/compute.ts'
import { isUnschedulable } from '../status/workload-rules.ts'

/** Pods in URLs. */
export const PODS = { group: '', version: 'v1', resource: 'pods' } as const

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[]
}

/** A LabelSelector as query text; undefined when it selects nothing. */
export function selectorQuery(selector: LabelSelector | undefined): string | undefined {
  if (selector === undefined || selector === null) return undefined
  const parts = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`)
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === 'Exists') parts.push(key)
    else if (operator === 'DoesNotExist') parts.push(`!${key}`)
    else parts.push(`${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`)
  }
  return parts.join(',')
}

/** Whether a workload's selector takes a pod, by its labels alone; a pod takes itself. */
export function selects(workload: KubeObject | undefined, pod: KubeObject): boolean {
  if (workload === undefined || workload.metadata.namespace !== pod.metadata.namespace) return false
  if (workload.kind === 'Pod') return workload.metadata.name === pod.metadata.name
  const { matchLabels = {} } = ((workload.spec ?? {}) as { selector?: LabelSelector }).selector ?? {}
  const wanted = Object.entries(matchLabels)
  return wanted.length > 0 && wanted.every(([key, value]) => pod.metadata.labels?.[key] === value)
}

/** The pods that a workload's selector matches. */
export async function podsOf(
  client: Client,
  workload: KubeObject,
  signal: AbortSignal | undefined,
): Promise<KubeObject[]> {
  const { selector } = (workload.spec ?? {}) as { selector?: LabelSelector }
  const labelSelector = selectorQuery(selector)
  if (labelSelector === undefined) return []
  const place = { namespace: workload.metadata.namespace }
  return (await client.list(PODS, place, { labelSelector, signal })).items
}

/**
 * How many pods of a workload have failed for good. As kstatus: pods that are being deleted or that no node can take yet
 * are not counted.
 */
export async function podsFailed(
  client: Client,
  workload: KubeObject,
  nowMs: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const pods = await podsOf(client, workload, signal)
  return pods.filter((pod) => {
    if (pod.metadata.deletionTimestamp !== undefined || isUnschedulable(pod)) return false
    return computeStatus(pod, nowMs).status === 'Failed'
  }).length
}
