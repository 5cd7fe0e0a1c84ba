import type { Container, Pod, PodSpec } from './kinds/index.ts'
import { isSidecar } from './pods.ts'
import { milliValue, quantityValue } from './quantity.ts'

/** Amounts by resource name: CPU in thousandths, everything else in base units. */
export type Amounts = Map<string, number>

/** Reads requests or limits. */
export function amountsOf(requests: Readonly<Record<string, string>> | undefined): Amounts {
  const amounts: Amounts = new Map()
  for (const name in requests)
    amounts.set(name, name === 'cpu' ? milliValue(requests[name]) : quantityValue(requests[name]))
  return amounts
}

/** Adds `factor` times the other amounts. */
export function addAmounts(target: Amounts, other: Amounts, factor = 1): void {
  for (const [name, value] of other) target.set(name, (target.get(name) ?? 0) + value * factor)
}

function max(target: Amounts, other: Amounts): void {
  for (const [name, value] of other) target.set(name, Math.max(target.get(name) ?? 0, value))
}

function requestsOf(container: Container): Amounts {
  return amountsOf({ ...container.resources?.limits, ...container.resources?.requests })
}

/**
 * What a pod asks for, as Kubernetes counts it: the sum of its containers and sidecars, at least what each init container
 * needs beside the sidecars before it, plus overhead.
 */
export function podRequests(spec: PodSpec): Amounts {
  const total: Amounts = new Map()
  for (const container of spec.containers) addAmounts(total, requestsOf(container))
  const sidecars: Amounts = new Map()
  const peak: Amounts = new Map()
  for (const container of spec.initContainers ?? []) {
    const own = requestsOf(container)
    if (isSidecar(container)) {
      addAmounts(sidecars, own)
      max(peak, sidecars)
    } else {
      const together = new Map(sidecars)
      addAmounts(together, own)
      max(peak, together)
    }
  }
  addAmounts(total, sidecars)
  max(total, peak)
  addAmounts(total, amountsOf(spec.overhead))
  return total
}

const requestCache = new WeakMap<PodSpec, Amounts>()

/** `podRequests`, remembered per spec object. */
export function cachedRequests(pod: Pod): Amounts {
  let amounts = requestCache.get(pod.spec)
  if (amounts === undefined) {
    amounts = podRequests(pod.spec)
    requestCache.set(pod.spec, amounts)
  }
  return amounts
}
