import {
  apiVersionOf,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from '../../../../api/index.ts'
import type { Store } from '../../../store/index.ts'
import { cloneJson } from '../../clone.ts'
import { prefixOf } from '../../object-storage.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { ResourceRegistry } from '../../registry/registry.ts'
import { selectorMatches } from '../../selectors.ts'
import type { AdmissionRequest } from '../chain.ts'

/** What webhooks and policies say about the requests that they are for. */
export interface MatchCriteria {
  readonly rules: readonly JsonObject[]
  readonly excluded: readonly JsonObject[]
  readonly namespaceSelector: JsonObject | undefined
  readonly objectSelector: JsonObject | undefined
  /** Requests for other versions of a resource match too, and objects are converted. */
  readonly equivalent: boolean
}

/** Reads criteria; policies call their rules `resourceRules`. */
export function criteriaOf(source: JsonObject | undefined, rules: 'rules' | 'resourceRules'): MatchCriteria {
  return {
    rules: listAt(source, rules),
    excluded: listAt(source, 'excludeResourceRules'),
    namespaceSelector: objectAt(source, 'namespaceSelector'),
    objectSelector: objectAt(source, 'objectSelector'),
    equivalent: stringAt(source, 'matchPolicy') !== 'Exact',
  }
}

/** What matching looks things up in. */
export interface MatchContext {
  readonly store: Store
  readonly registry: ResourceRegistry
}

/** Kinds that decide about admission are not subject to it: nobody could repair them. */
export function isExempt({ definition }: AdmissionRequest): boolean {
  return definition.group === 'admissionregistration.k8s.io'
}

/**
 * The version of the resource that matches, which is the requested one unless criteria are for equivalent versions; undefined
 * when the request is none of theirs.
 */
export function matchRequest(
  context: MatchContext,
  criteria: MatchCriteria,
  request: AdmissionRequest,
): ResourceDefinition | undefined {
  const { definition } = request
  if (!namespaceMatches(context.store, criteria.namespaceSelector, request)) return undefined
  if (!objectMatches(criteria.objectSelector, request)) return undefined
  const versions = criteria.equivalent ? versionsOf(context.registry, definition) : [definition]
  const ruled = (rules: readonly JsonObject[]): ResourceDefinition | undefined =>
    versions.find((version) => rules.some((rule) => ruleMatches(rule, version, request)))
  if (criteria.excluded.length > 0 && ruled(criteria.excluded) !== undefined) return undefined
  return ruled(criteria.rules)
}

/** The requested version first, then the others that are stored together with it. */
function versionsOf(registry: ResourceRegistry, definition: ResourceDefinition): ResourceDefinition[] {
  const prefix = prefixOf(definition, '')
  return [definition, ...registry.all().filter((other) => other !== definition && prefixOf(other, '') === prefix)]
}

function ruleMatches(rule: JsonObject, definition: ResourceDefinition, request: AdmissionRequest): boolean {
  const has = (key: string, value: string): boolean => {
    const values = stringsAt(rule, key)
    return values.includes('*') || values.includes(value)
  }
  if (!has('operations', request.operation)) return false
  if (!has('apiGroups', definition.group) || !has('apiVersions', definition.version)) return false
  const scope = stringAt(rule, 'scope')
  const isNamespaced = request.namespace !== '' && !isNamespaceObject(request)
  if (scope === 'Namespaced' && !isNamespaced) return false
  if (scope === 'Cluster' && isNamespaced) return false
  const names = stringsAt(rule, 'resourceNames')
  if (names.length > 0 && !names.includes(request.name)) return false
  return stringsAt(rule, 'resources').some((pattern) =>
    resourceMatches(pattern, definition.plural, request.subresource),
  )
}

function resourceMatches(pattern: string, resource: string, subresource: string): boolean {
  const [first = '', second = ''] = pattern.split('/')
  return (first === '*' || first === resource) && (second === '*' || second === subresource)
}

function isNamespaceObject({ definition }: AdmissionRequest): boolean {
  return definition.group === '' && definition.plural === 'namespaces'
}

function isEverything(selector: JsonObject | undefined): boolean {
  if (selector === undefined) return true
  return Object.keys(objectAt(selector, 'matchLabels') ?? {}).length + listAt(selector, 'matchExpressions').length === 0
}

/** Objects in no namespace are not selected by one; a Namespace is by its own labels. */
function namespaceMatches(store: Store, selector: JsonObject | undefined, request: AdmissionRequest): boolean {
  if (isEverything(selector)) return true
  if (isNamespaceObject(request)) {
    const own =
      request.operation === 'CREATE' ? request.object : (namespaceNamed(store, request.name) ?? request.object)
    return own === undefined || selectorMatches(selector, own)
  }
  if (request.namespace === '') return true
  const namespace = namespaceNamed(store, request.namespace)
  return namespace !== undefined && selectorMatches(selector, namespace)
}

/** The Namespace of a name; undefined when there is none. */
export function namespaceNamed(store: Store, name: string): KubeObject | undefined {
  return store.get(`core/namespaces/${name}`)?.value as KubeObject | undefined
}

/** Either state of the object may be selected. */
function objectMatches(selector: JsonObject | undefined, { object, oldObject }: AdmissionRequest): boolean {
  if (isEverything(selector)) return true
  return [object, oldObject].some((each) => each !== undefined && selectorMatches(selector, each))
}

/** An object of the requested version as the matched version has it; a promise where a webhook has to be asked. */
export function converted(
  object: KubeObject | undefined,
  from: ResourceDefinition,
  to: ResourceDefinition,
): KubeObject | undefined | Promise<KubeObject> {
  if (object === undefined || from === to) return object
  if (from.conversion !== undefined) return from.conversion.convert(object, apiVersionOf(to))
  const stored = from.convert === undefined ? cloneJson(object) : from.convert.toStorage(cloneJson(object))
  const result = to.convert === undefined ? stored : to.convert.fromStorage(stored)
  const apiVersion = to.group === '' ? to.version : `${to.group}/${to.version}`
  return { ...result, apiVersion, kind: to.kind }
}
