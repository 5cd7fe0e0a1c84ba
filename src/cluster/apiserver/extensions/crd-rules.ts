import type { FieldError, Json, JsonObject, KubeObject } from '../../../api/index.ts'
import {
  boolAt,
  dns1035LabelProblems,
  dnsSubdomainProblems,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import type { Strategy, StrategyContext } from '../registry/resource.ts'
import { validateMetadata, validateMetadataUpdate } from '../validation/metadata.ts'
import { structuralProblems } from './structural-rules.ts'

/** Keeps a CustomResourceDefinition until its instances are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io'

/** Adds the rules of CustomResourceDefinitions to their strategy. As apiextensions' validation. */
export function withCrdRules(strategy: Strategy): Strategy {
  return {
    ...strategy,
    validateCreate: validateCrd,
    validateUpdate: (object, old) => [
      ...validateMetadataUpdate(object, old),
      ...specProblems(object),
      ...changeProblems(object, old),
    ],
    validateStatusUpdate: (object, old) => validateMetadataUpdate(object, old),
    prepareForDelete: markTerminating,
  }
}

function validateCrd(crd: KubeObject): FieldError[] {
  const names = objectAt(crd.spec, 'names')
  const required = `${stringAt(names, 'plural')}.${stringAt(crd.spec, 'group')}`
  const rule = (name: string): string[] => [
    ...dnsSubdomainProblems(name),
    ...(name === required ? [] : ['must be spec.names.plural+"."+spec.group']),
  ]
  return [...validateMetadata(crd, { namespaced: false, rule }), ...specProblems(crd), ...storedVersionProblems(crd)]
}

function invalid(field: string, value: unknown, detail: string): FieldError {
  return { type: 'Invalid', field, value: value ?? null, detail }
}

function required(field: string, detail = ''): FieldError {
  return { type: 'Required', field, detail }
}

function specProblems(crd: KubeObject): FieldError[] {
  const spec = crd.spec as JsonObject | undefined
  const versions = listAt(spec, 'versions')
  const names = objectAt(spec, 'names')
  const schemas = versions.map((version) => objectAt(objectAt(version, 'schema'), 'openAPIV3Schema'))
  // Versions that are all alike are one definition for the whole: problems are found there, once.
  const isShared = versions.length > 0 && versions.every((version) => same(version.schema, versions[0]?.schema))
  const errors = [...groupProblems(spec), ...scopeProblems(spec)]
  schemas.forEach((schema, index) => {
    if (schema === undefined) errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`))
  })
  versions.forEach((version, index) => {
    const problems = dns1035LabelProblems(stringAt(version, 'name'))
    if (problems.length > 0)
      errors.push(invalid(`spec.versions[${index}].name`, stringAt(version, 'name'), problems.join(',')))
    const schema = schemas[index]
    if (!isShared && schema !== undefined)
      errors.push(...structuralProblems(schema, `spec.versions[${index}].schema.openAPIV3Schema`))
    const at = versions.length === 1 ? 'spec' : `spec.versions[${index}]`
    errors.push(...subresourceProblems(objectAt(version, 'subresources'), `${at}.subresources`))
    errors.push(...columnProblems(version, `${at}.additionalPrinterColumns`))
  })
  if (new Set(versions.map((version) => stringAt(version, 'name'))).size < versions.length) {
    errors.push(invalid('spec.versions', versions, 'must contain unique version names'))
  }
  if (versions.filter((version) => boolAt(version, 'storage')).length !== 1) {
    errors.push(invalid('spec.versions', versions, 'must have exactly one version marked as storage version'))
  }
  errors.push(...nameProblems(names))
  const shared = schemas[0]
  if (isShared && shared !== undefined) errors.push(...structuralProblems(shared, 'spec.validation.openAPIV3Schema'))
  return errors
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function groupProblems(spec: JsonObject | undefined): FieldError[] {
  const group = stringAt(spec, 'group')
  if (group === '') return [required('spec.group')]
  const problems = dnsSubdomainProblems(group)
  if (problems.length > 0) return [invalid('spec.group', group, problems.join(','))]
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

function scopeProblems(spec: JsonObject | undefined): FieldError[] {
  const scope = stringAt(spec, 'scope')
  if (scope === '') return [required('spec.scope')]
  const supported = ['Cluster', 'Namespaced']
  return supported.includes(scope)
    ? []
    : [{ type: 'NotSupported', field: 'spec.scope', value: scope, detail: '', supported }]
}

function nameProblems(names: JsonObject | undefined): FieldError[] {
  const errors: FieldError[] = []
  for (const key of ['plural', 'singular', 'kind', 'listKind']) {
    if (stringAt(names, key) === '') errors.push(required(`spec.names.${key}`))
  }
  const check = (field: string, value: string, prefix = ''): void => {
    const problems = value === '' ? [] : dns1035LabelProblems(prefix === '' ? value : value.toLowerCase())
    if (problems.length > 0) errors.push(invalid(field, value, prefix + problems.join(',')))
  }
  const mixed = 'may have mixed case, but should otherwise match: '
  check('spec.names.plural', stringAt(names, 'plural'))
  check('spec.names.singular', stringAt(names, 'singular'))
  check('spec.names.kind', stringAt(names, 'kind'), mixed)
  check('spec.names.listKind', stringAt(names, 'listKind'), mixed)
  stringsAt(names, 'shortNames').forEach((name, index) => {
    check(`spec.names.shortNames[${index}]`, name)
  })
  const kind = stringAt(names, 'kind')
  if (kind !== '' && kind === stringAt(names, 'listKind')) {
    errors.push(invalid('spec.names.listKind', kind, 'kind and listKind may not be the same'))
  }
  stringsAt(names, 'categories').forEach((name, index) => {
    check(`spec.names.categories[${index}]`, name)
  })
  return errors
}

function pathProblems(path: string, field: string, roots: readonly string[], detail: string): FieldError[] {
  if (path === '') return [required(field)]
  if (!path.startsWith('.')) return [invalid(field, path, 'must be a simple json path starting with .')]
  return roots.some((root) => path.startsWith(root)) ? [] : [invalid(field, path, detail)]
}

function subresourceProblems(subresources: JsonObject | undefined, field: string): FieldError[] {
  const scale = objectAt(subresources, 'scale')
  if (scale === undefined) return []
  const selector = stringAt(scale, 'labelSelectorPath')
  const either = 'should be a json path under either .spec or .status'
  return [
    ...pathProblems(
      stringAt(scale, 'specReplicasPath'),
      `${field}.scale.specReplicasPath`,
      ['.spec.'],
      'should be a json path under .spec',
    ),
    ...pathProblems(
      stringAt(scale, 'statusReplicasPath'),
      `${field}.scale.statusReplicasPath`,
      ['.status.'],
      'should be a json path under .status',
    ),
    ...(selector === ''
      ? []
      : pathProblems(selector, `${field}.scale.labelSelectorPath`, ['.spec.', '.status.'], either)),
  ]
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

function columnProblems(version: JsonObject, field: string): FieldError[] {
  return listAt(version, 'additionalPrinterColumns').flatMap((column, index) => {
    const at = `${field}[${index}]`
    const errors: FieldError[] = []
    if (stringAt(column, 'name') === '') errors.push(required(`${at}.name`))
    const type = stringAt(column, 'type')
    const oneOf = `must be one of ${COLUMN_TYPES.join(',')}`
    if (type === '') errors.push(required(`${at}.type`, oneOf))
    else if (!COLUMN_TYPES.includes(type)) errors.push(invalid(`${at}.type`, type, oneOf))
    const format = stringAt(column, 'format')
    if (format !== '' && !COLUMN_FORMATS.includes(format)) {
      errors.push(invalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`))
    }
    const path = stringAt(column, 'jsonPath')
    if (path === '') errors.push(required(`${at}.JSONPath`))
    else if (!path.startsWith('.'))
      errors.push(invalid(`${at}.JSONPath`, path, 'must be a simple json path starting with .'))
    return errors
  })
}

function storedVersionProblems(crd: KubeObject): FieldError[] {
  const stored = stringsAt(crd.status, 'storedVersions')
  if (stored.length > 0) return []
  return [invalid('status.storedVersions', null, 'must have at least one stored version')]
}

function changeProblems(crd: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  const isEstablished = listAt(old.status, 'conditions').some(
    (condition) => stringAt(condition, 'type') === 'Established' && stringAt(condition, 'status') === 'True',
  )
  if (!isEstablished) return errors
  const frozen = (field: string, value: string, before: string): void => {
    if (value !== before) errors.push(invalid(field, value, 'field is immutable'))
  }
  const [names, before] = [objectAt(crd.spec, 'names'), objectAt(old.spec, 'names')]
  frozen('spec.scope', stringAt(crd.spec, 'scope'), stringAt(old.spec, 'scope'))
  frozen('spec.group', stringAt(crd.spec, 'group'), stringAt(old.spec, 'group'))
  frozen('spec.names.plural', stringAt(names, 'plural'), stringAt(before, 'plural'))
  frozen('spec.names.kind', stringAt(names, 'kind'), stringAt(before, 'kind'))
  const known = listAt(crd.spec, 'versions').map((version) => stringAt(version, 'name'))
  stringsAt(crd.status, 'storedVersions').forEach((version, index) => {
    if (known.includes(version)) return
    errors.push(
      invalid(
        `status.storedVersions[${index}]`,
        version,
        'missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions'.replaceAll(
          'v1',
          version,
        ),
      ),
    )
  })
  return errors
}

/** The first delete marks a definition as terminating; it goes when its instances are gone. */
function markTerminating(crd: KubeObject, ctx: StrategyContext): void {
  const finalizers = crd.metadata.finalizers ?? []
  if (finalizers.includes(CLEANUP_FINALIZER)) return
  crd.metadata.finalizers = [...finalizers, CLEANUP_FINALIZER]
  const status = (crd.status ?? {}) as JsonObject
  const others = listAt(status, 'conditions').filter((condition) => stringAt(condition, 'type') !== 'Terminating')
  const condition = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: ctx.now,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  }
  crd.status = { ...status, conditions: [...others, condition] }
}
