import {
  type FieldError,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from '../../api/index.ts'
import { forbidden, invalid, required } from './validation/findings.ts'
import { validateRequirement } from './validation/selector.ts'

/**
 * What is wrong with a review that asks who may do what. `metadata` is what the server would store, with who set it;
 * `namespace` is that of the request for the local kind. As Kubernetes' validation of authorization.k8s.io.
 */
export function accessReviewProblems(
  review: KubeObject,
  metadata: KubeObject['metadata'],
  namespace: string,
): FieldError[] {
  const spec = (review.spec ?? {}) as JsonObject
  const [resource, other] = [objectAt(spec, 'resourceAttributes'), objectAt(spec, 'nonResourceAttributes')]
  const shown = { Path: stringAt(other, 'path'), Verb: stringAt(other, 'verb') }
  const isLocal = review.kind === 'LocalSubjectAccessReview'
  const errors: FieldError[] = []
  if (resource !== undefined && other !== undefined) {
    const detail = 'cannot be specified in combination with resourceAttributes'
    errors.push(invalid('spec.nonResourceAttributes', shown, detail))
  }
  if (resource === undefined && other === undefined) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    errors.push(invalid('spec.resourceAttributes', null, detail))
  }
  const isSelf = review.kind === 'SelfSubjectAccessReview'
  if (!isSelf && stringAt(spec, 'user') === '' && stringsAt(spec, 'groups').length === 0) {
    errors.push(invalid('spec.user', '', 'at least one of user or group must be specified'))
  }
  errors.push(...selectorProblems(objectAt(resource, 'fieldSelector'), 'fieldSelector'))
  errors.push(...selectorProblems(objectAt(resource, 'labelSelector'), 'labelSelector'))
  const { managedFields: _, ...own } = metadata
  const set = Object.entries(own).filter(([key, value]) => !isEmpty(value) && !(isLocal && key === 'namespace'))
  if (set.length > 0) {
    errors.push(invalid('metadata', printMetadata(metadata), `must be empty${isLocal ? ' except for namespace' : ''}`))
  }
  if (!isLocal) return errors
  const asked = stringAt(resource, 'namespace')
  if (resource !== undefined && asked !== namespace) {
    errors.push(invalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'))
  }
  if (other !== undefined) {
    errors.push(invalid('spec.nonResourceAttributes', shown, 'disallowed on this kind of request'))
  }
  return errors
}

function selectorProblems(selector: JsonObject | undefined, name: 'fieldSelector' | 'labelSelector'): FieldError[] {
  if (selector === undefined) return []
  const field = `spec.resourceAttributes.${name}`
  const [raw, requirements] = [stringAt(selector, 'rawSelector'), listAt(selector, 'requirements')]
  const errors: FieldError[] = []
  if (raw !== '' && requirements.length > 0) {
    errors.push(invalid(`${field}.rawSelector`, raw, 'may not specified at the same time as requirements'))
  }
  if (raw === '' && requirements.length === 0) {
    const detail = `when ${field} is specified, requirements or rawSelector is required`
    errors.push(required(`${field}.requirements`, detail))
  }
  const check = name === 'fieldSelector' ? fieldRequirementProblems : validateRequirement
  // Operators that are not known may be those of a newer server.
  requirements.forEach((each, index) => {
    errors.push(...check(each, `${field}.requirements[${index}]`, true))
  })
  return errors
}

function fieldRequirementProblems(requirement: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (stringAt(requirement, 'key') === '') errors.push(required(`${field}.key`, 'must be specified'))
  const [operator, count] = [stringAt(requirement, 'operator'), stringsAt(requirement, 'values').length]
  if (['In', 'NotIn'].includes(operator) && count === 0) {
    errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
  }
  if (['Exists', 'DoesNotExist'].includes(operator) && count > 0) {
    errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
  }
  return errors
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

const METADATA =
  'name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields'.split(
    ' ',
  )
const MANAGER = 'manager operation apiVersion time fieldsType fieldsV1 subresource'.split(' ')

/** Metadata as findings print it: fields in the order that Go declares. */
function printMetadata(metadata: KubeObject['metadata']): JsonObject {
  const entries = (metadata.managedFields ?? []).map((entry) => inOrder(entry as unknown as JsonObject, MANAGER))
  const all = { ...metadata, ...(entries.length > 0 && { managedFields: entries }) }
  return inOrder(all as unknown as JsonObject, METADATA)
}

function inOrder(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (isEmpty(object[name]) ? [] : [[name, object[name] ?? null]])))
}
