import {
  compareQuantities,
  formatQuantity,
  type JsonObject,
  mapAt,
  objectAt,
  parseQuantity,
  qualifiedNameProblems,
} from '../../../api/index.ts'
import { type Findings, invalid, invalidEach, required } from './findings.ts'

const CONTAINER_RESOURCES = ['cpu', 'memory', 'ephemeral-storage']

const STANDARD_RESOURCES = new Set([
  ...CONTAINER_RESOURCES,
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])

const isHugePages = (name: string): boolean => name.startsWith('hugepages-') || name.startsWith('requests.hugepages-')

/** Checks a resource name: one of Kubernetes' own, or qualified by a domain. */
export function validateResourceName(name: string, field: string): Findings {
  const problems = qualifiedNameProblems(name)
  if (problems.length > 0) return invalidEach(field, name, problems)
  if (name.includes('/') || STANDARD_RESOURCES.has(name) || isHugePages(name)) return []
  return [invalid(field, name, 'must be a standard resource type or fully qualified')]
}

function validateContainerResourceName(name: string, field: string): Findings {
  const out = validateResourceName(name, field)
  if (name.includes('/')) {
    const native = name.split('/')[0]?.endsWith('kubernetes.io') ?? false
    const isRequest = name.startsWith('requests.')
    if (!native && isRequest) out.push(invalid(field, name, "doesn't follow extended resource name standard"))
  } else if (!CONTAINER_RESOURCES.includes(name) && !isHugePages(name)) {
    out.push(invalid(field, name, 'must be a standard resource for containers'))
  }
  return out
}

/** Checks that a quantity is not negative, and whole where only whole numbers make sense. */
export function validateQuantity(name: string, text: string, field: string): Findings {
  const quantity = parseQuantity(text)
  const out: Findings = []
  if (quantity.nano < 0n) out.push(invalid(field, formatQuantity(quantity), 'must be greater than or equal to 0'))
  const whole = name.includes('/') || COUNTS.has(name)
  if (whole && quantity.nano % 1_000_000_000n !== 0n) out.push(invalid(field, text, 'must be an integer'))
  return out
}

const COUNTS = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])

/** Resources of which no more may be requested than there is. */
const mayOvercommit = (name: string): boolean => CONTAINER_RESOURCES.includes(name)

/** Checks the requests and limits of a container. */
export function validateContainerResources(resources: JsonObject | undefined, field: string): Findings {
  const out: Findings = []
  const limits = mapAt(resources, 'limits')
  const requests = mapAt(resources, 'requests')
  for (const [name, value] of Object.entries(limits)) {
    const at = `${field}.limits[${name}]`
    out.push(...validateContainerResourceName(name, at), ...validateQuantity(name, value, at))
  }
  for (const [name, value] of Object.entries(requests)) {
    const at = `${field}.requests[${name}]`
    out.push(...validateContainerResourceName(name, at), ...validateQuantity(name, value, at))
    const limit = limits[name]
    if (limit === undefined) {
      if (!mayOvercommit(name) && name.includes('/')) {
        out.push(required(`${field}.limits`, 'Limit must be set for non overcommitable resources'))
      }
      continue
    }
    const order = compareQuantities(parseQuantity(value), parseQuantity(limit))
    if (!mayOvercommit(name) && order !== 0) {
      out.push(invalid(`${field}.requests`, value, `must be equal to ${name} limit of ${limit}`))
    } else if (order > 0) {
      out.push(invalid(`${field}.requests`, value, `must be less than or equal to ${name} limit of ${limit}`))
    }
  }
  return out
}

/** The resources under `key` of a holder. */
export function resourcesOf(holder: JsonObject): JsonObject | undefined {
  return objectAt(holder, 'resources')
}
