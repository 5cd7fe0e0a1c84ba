import { isIP } from 'node:net'
import type { FieldError, JsonObject } from '../../../api/index.ts'
import { jsonEqual, mapAt, stringAt, stringsAt, valueAt } from '../../../api/index.ts'
import { type Findings, invalid } from '../validation/findings.ts'
import { validateClusterAddresses } from '../validation/service.ts'

const POLICY = 'spec.ipFamilyPolicy'
/** The one family that services have addresses of. */
const FAMILY = 'IPv4'

/** A service of the policy that takes what there is, whose addresses and families are as before. */
function isSettled(spec: JsonObject, before: JsonObject | undefined): boolean {
  const prefers = (policy: unknown): boolean => policy === undefined || policy === 'PreferDualStack'
  const same = (key: string): boolean => jsonEqual(valueAt(spec, key) ?? null, valueAt(before, key) ?? null)
  return (
    before !== undefined &&
    valueAt(spec, 'ipFamilyPolicy') !== undefined &&
    prefers(spec.ipFamilyPolicy) &&
    prefers(valueAt(before, 'ipFamilyPolicy')) &&
    ['type', 'clusterIP', 'clusterIPs', 'ipFamilies'].every(same)
  )
}

/**
 * Fills in which families a service's addresses are of, in `spec`, and says what keeps it from having them. `before` is
 * the spec that an update replaces. As `initIPFamilyFields` of Kubernetes' allocator, in a cluster that has IPv4 only.
 */
export function settleFamilies(spec: JsonObject, before: JsonObject | undefined): FieldError[] {
  if (stringAt(spec, 'type') === 'ExternalName' || isSettled(spec, before)) return []
  const headless = stringAt(spec, 'clusterIP') === 'None'
  const open = headless && Object.keys(mapAt(spec, 'selector')).length === 0
  if (valueAt(spec, 'ipFamilyPolicy') === undefined) {
    spec.ipFamilyPolicy = valueAt(before, 'ipFamilyPolicy') ?? (open ? 'RequireDualStack' : 'SingleStack')
  }
  const unsound = validateClusterAddresses(spec)
  if (unsound.length > 0) return unsound
  const out = [...(before ? released(spec, before) : []), ...inferFamilies(spec)]
  if (out.length > 0) return out
  const families = stringsAt(spec, 'ipFamilies')
  if (open) {
    if (families.length === 0) families.push(FAMILY)
    if (families.length < 2 && spec.ipFamilyPolicy !== 'SingleStack') {
      families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4')
    }
    spec.ipFamilies = families
    return []
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    out.push(invalid(POLICY, spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'))
  }
  families.forEach((family, index) => {
    if (family !== FAMILY) out.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'))
  })
  if (out.length === 0 && families.length === 0) spec.ipFamilies = [FAMILY]
  return out
}

/** An update that gives up the second address or family says so in its policy, or has them taken. */
function released(spec: JsonObject, before: JsonObject): Findings {
  const out: Findings = []
  for (const [key, what] of [
    ['clusterIPs', 'cluster IP'],
    ['ipFamilies', 'IP family'],
  ] as const) {
    const now = stringsAt(spec, key)
    const then = stringsAt(before, key)
    if (spec.ipFamilyPolicy === 'SingleStack') {
      if (now.length > 1 && jsonEqual(now, then)) spec[key] = now.slice(0, 1)
    } else if (then.length === 2 && now.length === 1 && now[0] === then[0]) {
      out.push(invalid(POLICY, spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`))
    }
  }
  return out
}

/** Addresses that the client chose say their families. */
function inferFamilies(spec: JsonObject): Findings {
  const out: Findings = []
  const addresses = stringsAt(spec, 'clusterIPs')
  const families = stringsAt(spec, 'ipFamilies')
  if (spec.ipFamilyPolicy === 'SingleStack') {
    const text = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"
    if (addresses.length === 2) out.push(invalid(POLICY, spec.ipFamilyPolicy, `${text} cluster IPs are specified`))
    if (families.length === 2) out.push(invalid(POLICY, spec.ipFamilyPolicy, `${text} IP families are specified`))
  }
  for (const [index, address] of addresses.entries()) {
    if (address === 'None') break
    if (index < families.length) continue
    const family = isIP(address) === 6 ? 'IPv6' : 'IPv4'
    if (family === FAMILY) families.push(family)
    else out.push(invalid(`spec.clusterIPs[${index}]`, addresses, `${family} is not configured on this cluster`))
  }
  if (families.length > 0) spec.ipFamilies = families
  return out
}
