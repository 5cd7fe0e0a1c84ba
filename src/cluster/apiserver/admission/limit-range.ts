import type { JsonObject, KubeObject, Quantity } from '../../../api/index.ts'
import {
  addQuantities,
  compareQuantities,
  ensureObject,
  entriesAt,
  formatQuantity,
  listAt,
  objectAt,
  parseQuantity,
  quantityMilliValue,
  stringAt,
} from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { type AdmissionPlugin, type AdmissionRequest, isFor, refusedBy } from './chain.ts'

const ANNOTATION = 'kubernetes.io/limit-ranger'

/** Fills in the default requests and limits of containers, and refuses pods and claims beyond the bounds of a namespace. */
export function limitRanger(store: Store): AdmissionPlugin {
  const rangesFor = (request: AdmissionRequest): KubeObject[] =>
    store.range(`core/limitranges/${request.namespace}/`).entries.map((entry) => entry.value as KubeObject)
  return {
    name: 'LimitRanger',
    admit(request) {
      if (request.operation !== 'CREATE' || !isFor(request, '', 'pods') || request.object === undefined) return
      for (const range of rangesFor(request)) applyDefaults(range, request.object)
    },
    validate(request) {
      const object = request.object
      if (request.operation === 'DELETE' || object === undefined) return
      const isPod = isFor(request, '', 'pods') && request.operation === 'CREATE'
      const isClaim = isFor(request, '', 'persistentvolumeclaims')
      if (!isPod && !isClaim) return
      for (const range of rangesFor(request)) {
        const problems = isPod ? podProblems(range, object) : claimProblems(range, object)
        if (problems.length === 0) continue
        throw refusedBy(request, problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`)
      }
    },
  }
}

function limitsOf(range: KubeObject): JsonObject[] {
  return listAt(range.spec, 'limits')
}

/** What a container misses is taken from the defaults; the annotation tells what was. */
function applyDefaults(range: KubeObject, pod: KubeObject): void {
  const requests: Record<string, string> = {}
  const limits: Record<string, string> = {}
  for (const item of limitsOf(range)) {
    if (stringAt(item, 'type') !== 'Container') continue
    for (const [name, value] of entriesAt(item, 'defaultRequest')) requests[name] = String(value)
    for (const [name, value] of entriesAt(item, 'default')) limits[name] = String(value)
  }
  const notes: string[] = []
  const containers = [
    ...listAt(pod.spec, 'containers').map((container) => ['container', container] as const),
    ...listAt(pod.spec, 'initContainers').map((container) => ['init container', container] as const),
  ]
  for (const [what, container] of containers) {
    const name = stringAt(container, 'name')
    const set = (kind: 'requests' | 'limits', defaults: Record<string, string>): void => {
      const names = fillIn(container, kind, defaults)
      if (names.length > 0) notes.push(`${names.join(', ')} ${kind.slice(0, -1)} for ${what} ${name}`)
    }
    set('requests', requests)
    set('limits', limits)
  }
  if (notes.length === 0) return
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
  }
}

function fillIn(container: JsonObject, kind: string, defaults: Record<string, string>): string[] {
  const missing = Object.keys(defaults).filter(
    (name) => objectAt(objectAt(container, 'resources'), kind)?.[name] === undefined,
  )
  if (missing.length === 0) return []
  const values = ensureObject(ensureObject(container, 'resources'), kind)
  for (const name of missing) values[name] = defaults[name]
  return missing.sort()
}

type Amounts = ReadonlyMap<string, Quantity>

interface Usage {
  readonly requests: Amounts
  readonly limits: Amounts
}

function amounts(value: unknown, key: string): Map<string, Quantity> {
  return new Map(entriesAt(value, key).map(([name, each]) => [name, parseQuantity(String(each))]))
}

function usageOf(container: JsonObject): Usage {
  const resources = objectAt(container, 'resources')
  return { requests: amounts(resources, 'requests'), limits: amounts(resources, 'limits') }
}

function podProblems(range: KubeObject, pod: KubeObject): string[] {
  const containers = [...listAt(pod.spec, 'containers'), ...listAt(pod.spec, 'initContainers')]
  return limitsOf(range).flatMap((item) => {
    const type = stringAt(item, 'type')
    if (type === 'Container') return containers.flatMap((container) => boundProblems(item, type, usageOf(container)))
    return type === 'Pod' ? boundProblems(item, type, podUsage(pod)) : []
  })
}

/** The sum over the containers, or the largest init container where that is more. */
function podUsage(pod: KubeObject): Usage {
  const total = (kind: 'requests' | 'limits'): Amounts => {
    const sum = new Map<string, Quantity>()
    const largest = new Map<string, Quantity>()
    const add = (to: Map<string, Quantity>, from: Amounts): void => {
      for (const [name, value] of from) {
        const before = to.get(name)
        to.set(name, before === undefined ? value : addQuantities(before, value))
      }
    }
    for (const container of listAt(pod.spec, 'containers')) add(sum, usageOf(container)[kind])
    for (const container of listAt(pod.spec, 'initContainers')) {
      const own = usageOf(container)[kind]
      if (stringAt(container, 'restartPolicy') === 'Always') add(sum, own)
      else for (const [name, value] of own) keepLarger(largest, name, value)
    }
    for (const [name, value] of largest) keepLarger(sum, name, value)
    return sum
  }
  return { requests: total('requests'), limits: total('limits') }
}

function keepLarger(map: Map<string, Quantity>, name: string, value: Quantity): void {
  const before = map.get(name)
  if (before === undefined || compareQuantities(value, before) > 0) map.set(name, value)
}

function boundProblems(item: JsonObject, type: string, usage: Usage): string[] {
  const problems: string[] = []
  const each = (key: string, check: (name: string, bound: Quantity) => string | undefined): void => {
    for (const [name, bound] of [...amounts(item, key)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const problem = check(name, bound)
      if (problem !== undefined) problems.push(problem)
    }
  }
  each('min', (name, bound) => minProblem(type, name, bound, usage))
  each('max', (name, bound) => maxProblem(type, name, bound, usage))
  each('maxLimitRequestRatio', (name, bound) => ratioProblem(type, name, bound, usage))
  return problems
}

function minProblem(type: string, name: string, bound: Quantity, usage: Usage): string | undefined {
  const request = usage.requests.get(name)
  const limit = usage.limits.get(name)
  const head = `minimum ${name} usage per ${type} is ${formatQuantity(bound)}`
  if (request === undefined) return `${head}.  No request is specified`
  if (compareQuantities(request, bound) < 0) return `${head}, but request is ${formatQuantity(request)}`
  if (limit !== undefined && compareQuantities(limit, bound) < 0)
    return `${head}, but limit is ${formatQuantity(limit)}`
  return undefined
}

function maxProblem(type: string, name: string, bound: Quantity, usage: Usage): string | undefined {
  const request = usage.requests.get(name)
  const limit = usage.limits.get(name)
  const head = `maximum ${name} usage per ${type} is ${formatQuantity(bound)}`
  if (limit === undefined) return `${head}.  No limit is specified`
  if (compareQuantities(limit, bound) > 0) return `${head}, but limit is ${formatQuantity(limit)}`
  if (request !== undefined && compareQuantities(request, bound) > 0)
    return `${head}, but request is ${formatQuantity(request)}`
  return undefined
}

function ratioProblem(type: string, name: string, bound: Quantity, usage: Usage): string | undefined {
  const request = usage.requests.get(name)
  const limit = usage.limits.get(name)
  const head = `${name} max limit to request ratio per ${type} is ${formatQuantity(bound)}`
  if (request === undefined || quantityMilliValue(request) === 0)
    return `${head}, but no request is specified or request is 0`
  if (limit === undefined || quantityMilliValue(limit) === 0) return `${head}, but no limit is specified or limit is 0`
  const ratio = quantityMilliValue(limit) / quantityMilliValue(request)
  const allowed = quantityMilliValue(bound) / 1000
  return ratio > allowed ? `${head}, but provided ratio is ${ratio.toFixed(6)}` : undefined
}

function claimProblems(range: KubeObject, claim: KubeObject): string[] {
  const requests = amounts(objectAt(claim.spec, 'resources'), 'requests')
  return limitsOf(range).flatMap((item) => {
    const type = stringAt(item, 'type')
    if (type !== 'PersistentVolumeClaim') return []
    return [
      ...[...amounts(item, 'min')].flatMap(([name, bound]) => {
        const request = requests.get(name)
        const head = `minimum ${name} usage per ${type} is ${formatQuantity(bound)}`
        if (request === undefined) return [`${head}.  No request is specified`]
        return compareQuantities(request, bound) < 0 ? [`${head}, but request is ${formatQuantity(request)}`] : []
      }),
      ...[...amounts(item, 'max')].flatMap(([name, bound]) => {
        const request = requests.get(name)
        const head = `maximum ${name} usage per ${type} is ${formatQuantity(bound)}`
        if (request === undefined) return [`${head}.  No request is specified`]
        return compareQuantities(request, bound) > 0 ? [`${head}, but request is ${formatQuantity(request)}`] : []
      }),
    ]
  })
}
