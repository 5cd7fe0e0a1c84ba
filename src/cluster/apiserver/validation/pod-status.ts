import { isIP } from 'node:net'
import {
  dnsSubdomainProblems,
  type JsonObject,
  listAt,
  numberAt,
  qualifiedNameProblems,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { duplicate, type Findings, forbidden, IMMUTABLE, invalid, invalidEach } from './findings.ts'
import { validateIp } from './ip.ts'
import type { StatusCheck } from './status.ts'

/** Conditions of the system, whose names are not looked at. */
const SYSTEM_CONDITIONS = ['Initialized', 'PodScheduled', 'Ready']
const NOT_NEGATIVE = 'must be a non-negative integer'

/** What may be said of a pod. As ValidatePodStatusUpdate, without what it says of single containers. */
export const validatePodStatus: StatusCheck = (object, old) => {
  const { status } = object
  const out = listAt(status, 'conditions').flatMap((each, index) =>
    validateCondition(each, `status.conditions[${index}]`),
  )
  const nominated = stringAt(status, 'nominatedNodeName')
  if (nominated !== '' && nominated !== stringAt(old.status, 'nominatedNodeName')) {
    const at = 'status.nominatedNodeName'
    out.push(...invalidEach(at, nominated, dnsSubdomainProblems(nominated)))
    if (stringAt(old.spec, 'nodeName') !== '') {
      out.push(forbidden(at, 'may not be set on pods that are already bound to a node'))
    }
  }
  const generation = numberAt(status, 'observedGeneration') ?? 0
  if (generation < 0) out.push(invalid('status.observedGeneration', generation, NOT_NEGATIVE))
  const quality = stringAt(status, 'qosClass')
  if (quality !== stringAt(old.status, 'qosClass')) out.push(invalid('status.qosClass', quality, IMMUTABLE))
  out.push(...validateClaims(object.spec, listAt(status, 'resourceClaimStatuses')))
  out.push(...validateAddresses(listAt(status, 'podIPs'), 'status.podIPs'))
  const hosts = listAt(status, 'hostIPs')
  if (hosts.length === 0) return out
  const first = stringAt(hosts[0], 'ip')
  if (stringAt(status, 'hostIP') !== first) {
    out.push(invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`'))
  }
  return [...out, ...validateAddresses(hosts, 'status.hostIPs')]
}

function validateCondition(condition: JsonObject, field: string): Findings {
  const generation = numberAt(condition, 'observedGeneration') ?? 0
  const out: Findings = generation < 0 ? [invalid(`${field}.observedGeneration`, generation, NOT_NEGATIVE)] : []
  const type = stringAt(condition, 'type')
  if (SYSTEM_CONDITIONS.includes(type)) return out
  return [...out, ...invalidEach(`${field}.Type`, type, qualifiedNameProblems(type))]
}

function validateClaims(spec: unknown, statuses: readonly JsonObject[]): Findings {
  const claims = listAt(spec, 'resourceClaims').map((claim) => stringAt(claim, 'name'))
  const names = statuses.map((each) => stringAt(each, 'name'))
  return statuses.flatMap((each, index) => {
    const at = `status.resourceClaimStatuses[${index}]`
    const name = names[index] ?? ''
    const out: Findings = claims.includes(name)
      ? []
      : [invalid(`${at}.name`, name, 'must match the name of an entry in `spec.resourceClaims`')]
    if (names.indexOf(name) < index) out.push(duplicate(`${at}.name`, name))
    const claim = valueAt(each, 'resourceClaimName')
    if (claim === undefined) return out
    return [...out, ...invalidEach(`${at}.resourceClaimName`, claim, dnsSubdomainProblems(String(claim)))]
  })
}

function validateAddresses(entries: readonly JsonObject[], field: string): Findings {
  const addresses = entries.map((each) => stringAt(each, 'ip'))
  const out = addresses.flatMap((address, index) => validateIp(address, `${field}[${index}]`))
  const families = new Set(addresses.map((address) => isIP(address)))
  if (addresses.length > 1 && (families.size < 2 || addresses.length > 2)) {
    const printed = addresses.map((address) => ({ IP: address }))
    out.push(invalid(field, printed, 'may specify no more than one IP for each IP family'))
  }
  return out
}
