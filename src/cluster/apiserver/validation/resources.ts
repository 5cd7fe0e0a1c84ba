import {
  ApiValueError,
  compareQuantities,
  dnsLabelProblems,
  formatQuantity,
  type JsonObject,
  listAt,
  mapAt,
  parseQuantity,
  qualifiedNameProblems,
  stringAt,
} from '../../../api/index.ts'
import {
  duplicate,
  type Findings,
  forbidden,
  invalid,
  invalidEach,
  notFound,
  notSupported,
  required,
} from './findings.ts'

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

function isExtended(name: string): boolean {
  return name.includes('/') && !isNative(name)
}

/** Whether a resource is one of Kubernetes' own. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/')
}

/** Checks the name of a resource that containers may ask for. */
export function validateContainerResourceName(name: string, field: string): Findings {
  const out = validateResourceName(name, field)
  if (!name.includes('/')) {
    if (!CONTAINER_RESOURCES.includes(name) && !name.startsWith('hugepages-')) {
      out.push(invalid(field, name, 'must be a standard resource for containers'))
    }
  } else if (!isNative(name)) {
    const asQuota = `requests.${name}`
    if (name.startsWith('requests.') || qualifiedNameProblems(asQuota).length > 0) {
      out.push(invalid(field, name, "doesn't follow extended resource name standard"))
    }
  }
  return out
}

function validatePodResourceName(name: string, field: string): Findings {
  const out = validateResourceName(name, field)
  if (out.length > 0 || name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) return out
  return [notSupported(field, name, ['cpu', 'hugepages-', 'memory'])]
}

/** A quantity must not be negative; the text is the one for quantities that are no resource's. */
export function validateBasicQuantity(text: string, field: string): Findings {
  const { nano } = parseQuantity(text)
  // Go rounds up to a whole number first.
  const whole = nano <= -1_000_000_000n ? -(-nano / 1_000_000_000n) : 0n
  return whole < 0n ? [invalid(field, Number(whole), 'must be a valid resource quantity')] : []
}

/** Checks that a quantity is not negative, and whole where only whole numbers make sense. */
export function validateQuantity(name: string, text: string, field: string): Findings {
  const quantity = parseQuantity(text)
  const out: Findings = []
  if (quantity.nano < 0n) out.push(invalid(field, formatQuantity(quantity), 'must be greater than or equal to 0'))
  const whole = isExtended(name) || COUNTS.has(name)
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
const mayOvercommit = (name: string): boolean => isNative(name) && !name.startsWith('hugepages-')

/** Huge pages come whole. */
function validatePages(name: string, text: string, field: string): Findings {
  if (!name.startsWith('hugepages-')) return []
  const size = parsedSize(name.slice('hugepages-'.length))
  const quantity = parseQuantity(text)
  if (size !== undefined && size !== 0n && quantity.nano % size === 0n) return []
  const shown = formatQuantity(quantity)
  return [invalid(field, shown, `${shown} is not positive integer multiple of ${name}`)]
}

function parsedSize(text: string): bigint | undefined {
  try {
    return parseQuantity(text).nano
  } catch (error) {
    if (error instanceof ApiValueError) return undefined
    throw error
  }
}

/** Checks the requests and limits of a container. `claims` are the names of the pod's resource claims. */
export function validateContainerResources(
  resources: JsonObject | undefined,
  field: string,
  claims: ReadonlySet<string>,
): Findings {
  return validateResources(resources, field, claims, validateContainerResourceName)
}

/** Checks the requests and limits of a whole pod. */
export function validatePodLevelResources(resources: JsonObject, field: string, claims: ReadonlySet<string>): Findings {
  return validateResources(resources, field, claims, validatePodResourceName)
}

function validateResources(
  resources: JsonObject | undefined,
  field: string,
  claims: ReadonlySet<string>,
  nameRule: (name: string, field: string) => Findings,
): Findings {
  const out: Findings = []
  const limits = mapAt(resources, 'limits')
  const requests = mapAt(resources, 'requests')
  for (const [name, value] of sortedEntries(limits)) {
    const at = `${field}.limits[${name}]`
    out.push(...nameRule(name, at), ...validateQuantity(name, value, at), ...validatePages(name, value, at))
  }
  for (const [name, value] of sortedEntries(requests)) {
    const at = `${field}.requests[${name}]`
    out.push(...nameRule(name, at), ...validateQuantity(name, value, at))
    out.push(...compareToLimit(name, value, limits[name], field), ...validatePages(name, value, at))
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  const compute = names.includes('cpu') || names.includes('memory')
  if (!compute && names.some((name) => name.startsWith('hugepages-'))) {
    out.push(forbidden(field, 'HugePages require cpu or memory'))
  }
  return [...out, ...validateClaims(listAt(resources, 'claims'), claims, `${field}.claims`)]
}

function sortedEntries(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))
}

function compareToLimit(name: string, value: string, limit: string | undefined, field: string): Findings {
  if (limit === undefined) {
    if (mayOvercommit(name)) return []
    return [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')]
  }
  const order = compareQuantities(parseQuantity(value), parseQuantity(limit))
  const shown = formatQuantity(parseQuantity(value))
  const bound = formatQuantity(parseQuantity(limit))
  if (!mayOvercommit(name) && order !== 0) {
    return [invalid(`${field}.requests`, shown, `must be equal to ${name} limit of ${bound}`)]
  }
  return order > 0
    ? [invalid(`${field}.requests`, shown, `must be less than or equal to ${name} limit of ${bound}`)]
    : []
}

function validateClaims(uses: readonly JsonObject[], claims: ReadonlySet<string>, field: string): Findings {
  const out: Findings = []
  const seen = new Set<string>()
  uses.forEach((use, index) => {
    const at = `${field}[${index}]`
    const name = stringAt(use, 'name')
    if (name === '') {
      out.push(required(at))
      return
    }
    if (seen.has(name)) out.push(duplicate(at, name))
    else {
      const request = stringAt(use, 'request')
      const key = request === '' ? name : `${name}/${request}`
      if (request !== '') out.push(...invalidEach(`${at}.request`, request, dnsLabelProblems(request)))
      if (seen.has(key)) out.push(duplicate(at, key))
      else if (request === '') {
        for (const other of seen) if (other.startsWith(`${name}/`)) out.push(duplicate(at, name))
      }
      seen.add(key)
    }
    if (claims.has(name)) return
    const known = claims.size === 0 ? ' which is empty' : `: ${[...claims].sort().join(', ')}`
    out.push({ ...notFound(at, name), detail: `must be one of the names in pod.spec.resourceClaims${known}` })
  })
  return out
}
