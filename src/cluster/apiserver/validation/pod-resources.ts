import {
  compareQuantities,
  dnsLabelProblems,
  dnsSubdomainProblems,
  formatQuantity,
  type JsonObject,
  listAt,
  mapAt,
  objectAt,
  parseQuantity,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { aggregateResources } from '../pod-resources.ts'
import { duplicate, type Findings, forbidden, invalid, invalidEach, required } from './findings.ts'
import { validatePodLevelResources } from './resources.ts'

/** Checks the resource claims of a pod: each names a claim or a template of one. */
export function validatePodClaims(claims: readonly JsonObject[], field: string): Findings {
  const out: Findings = []
  const names = new Set<string>()
  claims.forEach((claim, index) => {
    const at = `${field}[${index}]`
    const name = stringAt(claim, 'name')
    if (name === '') out.push(required(`${at}.name`))
    else if (names.has(name)) out.push(duplicate(`${at}.name`, name))
    else {
      out.push(...invalidEach(`${at}.name`, name, dnsLabelProblems(name)))
      names.add(name)
    }
    const own = valueAt(claim, 'resourceClaimName')
    const template = valueAt(claim, 'resourceClaimTemplateName')
    const printed = { Name: name, ResourceClaimName: own ?? null, ResourceClaimTemplateName: template ?? null }
    if (own !== undefined && template !== undefined) {
      const text = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'
      out.push(invalid(at, printed, text))
    }
    if (own === undefined && template === undefined) {
      out.push(invalid(at, printed, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'))
    }
    for (const key of ['resourceClaimName', 'resourceClaimTemplateName']) {
      const value = valueAt(claim, key)
      if (value !== undefined) out.push(...invalidEach(`${at}.${key}`, value, dnsSubdomainProblems(String(value))))
    }
  })
  return out
}

/** Checks the resources of a whole pod, and that its containers keep within them. */
export function validatePodResources(spec: JsonObject, claims: ReadonlySet<string>, field: string): Findings {
  const resources = objectAt(spec, 'resources')
  if (!resources) return []
  const at = `${field}.resources`
  if (stringAt(spec.os, 'name') === 'windows') return [forbidden(at, 'may not be set for a windows pod')]
  const out: Findings = []
  if (valueAt(resources, 'claims') !== undefined) {
    out.push(forbidden(`${at}.claims`, 'claims may not be set for Resources at pod-level'))
  }
  out.push(...validatePodLevelResources(resources, at, claims))
  return [...out, ...validateConsistency(spec, resources, at)]
}

function validateConsistency(spec: JsonObject, resources: JsonObject, field: string): Findings {
  const out: Findings = []
  const requests = mapAt(resources, 'requests')
  for (const [name, total] of aggregateResources(spec, 'requests')) {
    const own = requests[name]
    if (own === undefined || compareQuantities(total, parseQuantity(own)) <= 0) continue
    const text = `must be greater than or equal to aggregate container requests of ${formatQuantity(total)}`
    out.push(invalid(`${field}.requests[${name}]`, own, text))
  }
  const limits = mapAt(resources, 'limits')
  for (const [name, total] of aggregateResources(spec, 'limits')) {
    const own = limits[name]
    if (!name.startsWith('hugepages-') || own === undefined) continue
    if (compareQuantities(total, parseQuantity(own)) <= 0) continue
    const text = `must be greater than or equal to aggregate container limits of ${formatQuantity(total)}`
    out.push(invalid(`${field}.limits[${name}]`, own, text))
  }
  listAt(spec, 'containers').forEach((container, index) => {
    for (const [name, limit] of Object.entries(mapAt(objectAt(container, 'resources'), 'limits'))) {
      const own = limits[name]
      if (own === undefined || compareQuantities(parseQuantity(limit), parseQuantity(own)) <= 0) continue
      const text = `must be less than or equal to pod limits of ${own}`
      out.push(invalid(`${field}.containers[${index}][${name}].limits`, limit, text))
    }
  })
  return out
}
