import type { JsonObject, KubeObject, Quantity } from '../../../api/index.ts'
import {
  addQuantities,
  compareQuantities,
  entriesAt,
  formatQuantity,
  listAt,
  numberAt,
  objectAt,
  parseQuantity,
  quantityOf,
  stringAt,
  stringsAt,
  subtractQuantities,
} from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { prefixOf } from '../object-storage.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusedBy } from './chain.ts'

/** What one object adds to the use of a namespace, by the names that quotas use. */
type Use = ReadonlyMap<string, Quantity>

const ONE = quantityOf(1)
const ZERO = quantityOf(0)
/** Core resources that quotas also count by their plain name. */
const PLAIN_COUNTS: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
])
/** Compute resources that have a second, older name for requests. */
const BARE_REQUESTS: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage'])

/**
 * Refuses what would exceed a quota of the namespace. Use is counted from what is stored, right before the write; the
 * quota's status is the business of its controller.
 */
export function resourceQuota(store: Store): AdmissionPlugin {
  return {
    name: 'ResourceQuota',
    reserve(request) {
      const { object, operation, namespace, definition, subresource } = request
      if (object === undefined || operation === 'DELETE' || subresource !== '' || !definition.namespaced) return
      for (const entry of store.range(`core/resourcequotas/${namespace}/`).entries) {
        checkQuota(store, request, object, entry.value as KubeObject)
      }
    },
  }
}

function checkQuota(store: Store, request: AdmissionRequest, object: KubeObject, quota: KubeObject): void {
  if (!inScope(quota, request, object)) return
  const hard = new Map(entriesAt(quota.spec, 'hard').map(([name, value]) => [name, parseQuantity(String(value))]))
  const name = quota.metadata.name ?? ''
  if (request.operation === 'CREATE') checkSpecified(request, object, hard, name)
  const wanted = useOf(request, object)
  const before: Use = request.oldObject === undefined ? new Map() : useOf(request, request.oldObject)
  const delta = new Map<string, Quantity>()
  for (const [resource, value] of wanted) {
    if (!hard.has(resource)) continue
    const added = subtractQuantities(value, before.get(resource) ?? ZERO)
    if (compareQuantities(added, ZERO) > 0) delta.set(resource, added)
  }
  if (delta.size === 0) return
  const used = totalUse(store, request, quota)
  const exceeded = [...delta.keys()].sort().filter((resource) => {
    const total = addQuantities(used.get(resource) ?? ZERO, delta.get(resource) ?? ZERO)
    return compareQuantities(total, hard.get(resource) ?? ZERO) > 0
  })
  if (exceeded.length === 0) return
  const print = (amounts: ReadonlyMap<string, Quantity>): string =>
    exceeded.map((resource) => `${resource}=${formatQuantity(amounts.get(resource) ?? ZERO)}`).join(',')
  throw refusedBy(
    request,
    `exceeded quota: ${name}, requested: ${print(delta)}, used: ${print(used)}, limited: ${print(hard)}`,
  )
}

/** A quota on compute resources demands that every container of a pod states them. */
function checkSpecified(
  request: AdmissionRequest,
  object: KubeObject,
  hard: ReadonlyMap<string, Quantity>,
  quota: string,
): void {
  if (request.definition.group !== '' || request.definition.plural !== 'pods') return
  const containers = [...listAt(object.spec, 'containers'), ...listAt(object.spec, 'initContainers')]
  const missing = new Map<string, string[]>()
  for (const resource of hard.keys()) {
    const match = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(resource)
    if (match === null) continue
    const [, side = 'requests', name = ''] = match
    const without = containers.filter(
      (container) => objectAt(objectAt(container, 'resources'), side)?.[name] === undefined,
    )
    if (without.length > 0) missing.set(resource, [...new Set(without.map((each) => stringAt(each, 'name')))].sort())
  }
  if (missing.size === 0) return
  const list = [...missing.keys()]
    .sort()
    .map((resource) => `${resource} for: ${(missing.get(resource) ?? []).join(',')}`)
  throw refusedBy(request, `failed quota: ${quota}: must specify ${list.join('; ')}`)
}

function totalUse(store: Store, request: AdmissionRequest, quota: KubeObject): Use {
  const total = new Map<string, Quantity>()
  for (const entry of store.range(prefixOf(request.definition, request.namespace)).entries) {
    const object = entry.value as KubeObject
    if (!inScope(quota, request, object)) continue
    for (const [resource, value] of useOf(request, object)) {
      const before = total.get(resource)
      total.set(resource, before === undefined ? value : addQuantities(before, value))
    }
  }
  return total
}

function useOf(request: AdmissionRequest, object: KubeObject): Use {
  const { group, plural } = request.definition
  const use = new Map<string, Quantity>()
  use.set(`count/${group === '' ? plural : `${plural}.${group}`}`, ONE)
  if (group !== '') return use
  if (PLAIN_COUNTS.has(plural)) use.set(plural, ONE)
  if (plural === 'pods') addPod(use, object)
  else if (plural === 'services') addService(use, object)
  else if (plural === 'persistentvolumeclaims') addClaim(use, object)
  return use
}

function addPod(use: Map<string, Quantity>, pod: KubeObject): void {
  const phase = stringAt(pod.status, 'phase')
  if (phase === 'Succeeded' || phase === 'Failed') return
  use.set('pods', ONE)
  for (const side of ['requests', 'limits'] as const) {
    for (const [name, value] of podAmounts(pod, side)) {
      use.set(`${side}.${name}`, value)
      if (side === 'requests' && BARE_REQUESTS.has(name)) use.set(name, value)
    }
  }
}

/** The sum over the containers, or the largest init container where that is more. */
function podAmounts(pod: KubeObject, side: 'requests' | 'limits'): Use {
  const sum = new Map<string, Quantity>()
  const of = (container: JsonObject): [string, Quantity][] =>
    entriesAt(objectAt(container, 'resources'), side).map(([name, value]) => [name, parseQuantity(String(value))])
  const add = (name: string, value: Quantity): void => {
    const before = sum.get(name)
    sum.set(name, before === undefined ? value : addQuantities(before, value))
  }
  for (const container of listAt(pod.spec, 'containers')) for (const [name, value] of of(container)) add(name, value)
  for (const container of listAt(pod.spec, 'initContainers')) {
    const stays = stringAt(container, 'restartPolicy') === 'Always'
    for (const [name, value] of of(container)) {
      if (stays) add(name, value)
      else if (compareQuantities(value, sum.get(name) ?? ZERO) > 0) sum.set(name, value)
    }
  }
  return sum
}

function addService(use: Map<string, Quantity>, service: KubeObject): void {
  const type = stringAt(service.spec, 'type')
  const ports = listAt(service.spec, 'ports').length
  if (type === 'LoadBalancer') use.set('services.loadbalancers', ONE)
  const allocates = objectAt({ spec: service.spec }, 'spec')?.allocateLoadBalancerNodePorts !== false
  if (type === 'NodePort' || (type === 'LoadBalancer' && allocates)) use.set('services.nodeports', quantityOf(ports))
}

function addClaim(use: Map<string, Quantity>, claim: KubeObject): void {
  const storage = objectAt(objectAt(claim.spec, 'resources'), 'requests')?.storage
  const amount = storage === undefined ? ZERO : parseQuantity(String(storage))
  use.set('requests.storage', amount)
  const name = stringAt(claim.spec, 'storageClassName')
  if (name === '') return
  use.set(`${name}.storageclass.storage.k8s.io/requests.storage`, amount)
  use.set(`${name}.storageclass.storage.k8s.io/persistentvolumeclaims`, ONE)
}

/** Whether a quota's scopes take an object in; quotas with scopes count pods only. */
function inScope(quota: KubeObject, request: AdmissionRequest, object: KubeObject): boolean {
  const scopes = stringsAt(quota.spec, 'scopes').map((scope) => ({ scope, operator: 'Exists', values: [] as string[] }))
  const selector = listAt(objectAt(quota.spec, 'scopeSelector'), 'matchExpressions').map((each) => ({
    scope: stringAt(each, 'scopeName'),
    operator: stringAt(each, 'operator'),
    values: stringsAt(each, 'values'),
  }))
  const all = [...scopes, ...selector]
  if (all.length === 0) return true
  if (request.definition.group !== '' || request.definition.plural !== 'pods') return false
  return all.every(({ scope, operator, values }) => podInScope(object, scope, operator, values))
}

function podInScope(pod: KubeObject, scope: string, operator: string, values: readonly string[]): boolean {
  switch (scope) {
    case 'Terminating':
      return numberAt(pod.spec, 'activeDeadlineSeconds') !== undefined
    case 'NotTerminating':
      return numberAt(pod.spec, 'activeDeadlineSeconds') === undefined
    case 'BestEffort':
      return isBestEffort(pod)
    case 'NotBestEffort':
      return !isBestEffort(pod)
    case 'PriorityClass': {
      const name = stringAt(pod.spec, 'priorityClassName')
      if (operator === 'Exists') return name !== ''
      if (operator === 'DoesNotExist') return name === ''
      return values.includes(name) === (operator === 'In')
    }
    default:
      return true
  }
}

function isBestEffort(pod: KubeObject): boolean {
  return [...listAt(pod.spec, 'containers'), ...listAt(pod.spec, 'initContainers')].every((container) => {
    const resources = objectAt(container, 'resources')
    return entriesAt(resources, 'requests').length === 0 && entriesAt(resources, 'limits').length === 0
  })
}
