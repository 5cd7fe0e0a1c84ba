import type { FieldError, JsonObject, KubeObject } from '../../../api/index.ts'
import {
  boolAt,
  dns1035LabelProblems,
  dnsSubdomainProblems,
  jsonEqual,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import type { Strategy, StrategyContext } from '../registry/resource.ts'
import { forbidden, invalid, notSupported, required } from '../validation/findings.ts'
import { validateMetadata, validateMetadataUpdate } from '../validation/metadata.ts'
import { conversionProblems } from './conversion-rules.ts'
import { formatWarnings } from './formats.ts'
import { defaultProblems } from './default-rules.ts'
import { columnProblems, deprecationProblems, selectableProblems, subresourceProblems } from './crd-version-rules.ts'
import { printSchema, printVersions } from './print-definition.ts'
import { schemaProblems } from './schema-rules.ts'
import { isReadable, structuralProblems } from './structural-rules.ts'

/** Keeps a CustomResourceDefinition until its instances are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io'

/** Adds the rules of CustomResourceDefinitions to their strategy. As apiextensions' validation. */
export function withCrdRules(strategy: Strategy): Strategy {
  return {
    ...strategy,
    validateCreate: validateCrd,
    validateUpdate: (object, old) => [
      ...validateMetadataUpdate(object, old),
      ...updatedSpecProblems(object, old),
      ...changeProblems(object, old),
      ...storedVersionProblems(object),
      ...approvalProblems(object, old),
      ...(boolAt(old.spec, 'preserveUnknownFields') ? [] : preserveProblems(object)),
    ],
    validateStatusUpdate: (object, old) => validateMetadataUpdate(object, old),
    warnings: (object, old) =>
      formatWarnings(object as unknown as JsonObject, old as unknown as JsonObject | undefined),
    prepareForDelete: markTerminating,
  }
}

/** Schemas are large, and most updates leave them as they are: what was good then is. A CA bundle is looked at anew. */
function updatedSpecProblems(crd: KubeObject, old: KubeObject): FieldError[] {
  if (!jsonEqual(crd.spec, old.spec)) return specProblems(crd, isEstablished(old), old)
  return conversionProblems(crd.spec as JsonObject | undefined, isEstablished(old))
}

function validateCrd(crd: KubeObject): FieldError[] {
  const names = objectAt(crd.spec, 'names')
  const fullName = `${stringAt(names, 'plural')}.${stringAt(crd.spec, 'group')}`
  const rule = (name: string): string[] => [
    ...dnsSubdomainProblems(name),
    ...(name === fullName ? [] : ['must be spec.names.plural+"."+spec.group']),
  ]
  return [
    ...validateMetadata(crd, { namespaced: false, rule }),
    ...specProblems(crd, false),
    ...storedVersionProblems(crd),
    ...approvalProblems(crd, undefined),
    ...preserveProblems(crd),
  ]
}

function isEstablished(crd: KubeObject): boolean {
  return listAt(crd.status, 'conditions').some(
    (condition) => stringAt(condition, 'type') === 'Established' && stringAt(condition, 'status') === 'True',
  )
}

const APPROVAL = 'api-approved.kubernetes.io'

/** Groups of the Kubernetes project need a note of who approved them. */
function approvalProblems(crd: KubeObject, old: KubeObject | undefined): FieldError[] {
  const group = stringAt(crd.spec, 'group')
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return []
  const value = crd.metadata.annotations?.[APPROVAL]
  const field = `metadata.annotations[${APPROVAL}]`
  const state = approvalState(value)
  if (state === 'good' || (old !== undefined && approvalState(old.metadata.annotations?.[APPROVAL]) === state))
    return []
  if (state === 'missing') {
    const see = 'see https://github.com/kubernetes/enhancements/pull/1111'
    return [required(field, `protected groups must have approval annotation "${APPROVAL}", ${see}`)]
  }
  const detail = 'protected groups must have approval annotation'
  const wanted = `"${APPROVAL}" with either a URL or a reason starting with "unapproved"`
  return [invalid(field, value, `${detail} ${wanted}, see https://github.com/kubernetes/enhancements/pull/1111`)]
}

function approvalState(value: string | undefined): 'good' | 'missing' | 'bad' {
  if (value === undefined || value === '') return 'missing'
  return value.startsWith('unapproved') || /^[a-z][a-z0-9+.-]*:\/\/[^/]+/i.test(value) ? 'good' : 'bad'
}

function preserveProblems(crd: KubeObject): FieldError[] {
  if (!boolAt(crd.spec, 'preserveUnknownFields')) return []
  const detail =
    'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
  return [invalid('spec.preserveUnknownFields', true, detail)]
}

function specProblems(crd: KubeObject, established: boolean, old?: KubeObject): FieldError[] {
  const spec = crd.spec as JsonObject | undefined
  const versions = listAt(spec, 'versions')
  const names = objectAt(spec, 'names')
  const schemas = versions.map((version) => objectAt(objectAt(version, 'schema'), 'openAPIV3Schema'))
  // Versions that are all alike are one definition for the whole: problems are found there, once.
  const isShared = versions.length > 0 && versions.every((version) => jsonEqual(version.schema, versions[0]?.schema))
  const before = listAt(old?.spec, 'versions')
  const isUnchanged = ({ name, schema }: JsonObject): boolean =>
    before.some((version) => version.name === name && jsonEqual(version.schema, schema))
  const errors = [...groupProblems(spec), ...scopeProblems(spec)]
  if (
    boolAt(spec, 'preserveUnknownFields') &&
    schemas.some((schema) => JSON.stringify(schema ?? {}).includes('"default":'))
  ) {
    errors.push(invalid('spec.preserveUnknownFields', true, 'must be false in order to use defaults in the schema'))
  }
  schemas.forEach((schema, index) => {
    if (schema === undefined) errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`))
  })
  versions.forEach((version, index) => {
    const problems = dns1035LabelProblems(stringAt(version, 'name'))
    if (problems.length > 0)
      errors.push(invalid(`spec.versions[${index}].name`, stringAt(version, 'name'), problems.join(',')))
    const schema = schemas[index]
    errors.push(...deprecationProblems(version, `spec.versions[${index}].deprecationWarning`))
    if (!isShared && schema !== undefined) {
      errors.push(
        ...wholeSchemaProblems(
          schema,
          `spec.versions[${index}].schema.openAPIV3Schema`,
          hasStatus(version),
          isUnchanged(version),
        ),
      )
    }
    const at = versions.length === 1 ? 'spec' : `spec.versions[${index}]`
    errors.push(...subresourceProblems(objectAt(version, 'subresources'), `${at}.subresources`))
    errors.push(...columnProblems(version, `${at}.additionalPrinterColumns`))
    if (schema !== undefined) errors.push(...selectableProblems(version, schema, `${at}.selectableFields`))
  })
  if (new Set(versions.map((version) => stringAt(version, 'name'))).size < versions.length) {
    errors.push(invalid('spec.versions', printVersions(versions), 'must contain unique version names'))
  }
  if (versions.filter((version) => boolAt(version, 'storage')).length !== 1) {
    const shown = Array.isArray(spec?.versions) ? printVersions(versions) : null
    errors.push(invalid('spec.versions', shown, 'must have exactly one version marked as storage version'))
  }
  // The first version is kept in a field of its own as well.
  const [first] = versions
  if (first !== undefined && stringAt(first, 'name') !== '') {
    const problems = dns1035LabelProblems(stringAt(first, 'name'))
    if (problems.length > 0) errors.push(invalid('spec.version', stringAt(first, 'name'), problems.join(',')))
  }
  errors.push(...nameProblems(names))
  const shared = schemas[0]
  if (isShared && shared !== undefined) {
    errors.push(
      ...wholeSchemaProblems(
        shared,
        'spec.validation.openAPIV3Schema',
        versions.some(hasStatus),
        versions[0] !== undefined && isUnchanged(versions[0]),
      ),
    )
  }
  errors.push(...conversionProblems(spec, established))
  return errors
}

function hasStatus(version: JsonObject): boolean {
  return objectAt(objectAt(version, 'subresources'), 'status') !== undefined
}

const ROOT_KEYS =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations'
const ROOT_NAMES: Readonly<Record<string, string>> = {
  'x-kubernetes-preserve-unknown-fields': 'XPreserveUnknownFields',
  'x-kubernetes-validations': 'XValidations',
}

const isZero = (value: unknown): boolean => value === undefined || value === null || value === false || value === ''

/** What is wrong with the schema of a version; rules are looked at when its structure is good. */
function wholeSchemaProblems(schema: JsonObject, path: string, status: boolean, isUnchanged: boolean): FieldError[] {
  const errors: FieldError[] = []
  if (status) {
    const allowed = ROOT_KEYS.split(' ')
    const name = (key: string): string => ROOT_NAMES[key] ?? key.replace(/^./, (letter) => letter.toUpperCase())
    const other = Object.entries(schema).find(([key, value]) => !isZero(value) && !allowed.includes(name(key)))
    if (stringAt(schema, 'type') !== '' && schema.type !== 'object') {
      const detail =
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
      errors.push(invalid(`${path}.type`, schema.type ?? '', detail))
    } else if (other !== undefined) {
      const only = `only [${ROOT_KEYS}] fields are allowed at the root of the schema`
      errors.push(invalid(path, printSchema(schema), `${only} if the status subresource is enabled`))
    }
  }
  if (schema.nullable === true) errors.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'))
  // What cannot be read as structural is only looked at keyword by keyword.
  if (!isReadable(schema)) return [...errors, ...schemaProblems(schema, path, { withRules: false })]
  const structure = structuralProblems(schema, path)
  const defaults =
    structure.length > 0 ? [] : defaultProblems({ ...schema, 'x-kubernetes-embedded-resource': true }, path)
  const isGood = structure.length + defaults.length === 0
  return [...errors, ...structure, ...defaults, ...schemaProblems(schema, path, { withRules: isGood, isUnchanged })]
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
  return supported.includes(scope) ? [] : [notSupported('spec.scope', scope, supported)]
}

function nameProblems(names: JsonObject | undefined): FieldError[] {
  const errors: FieldError[] = []
  for (const key of ['plural', 'singular', 'kind', 'listKind']) {
    if (stringAt(names, key) === '') errors.push(required(`spec.names.${key}`))
  }
  const check = (field: string, value: string, prefix = ''): void => {
    const problems = dns1035LabelProblems(prefix === '' ? value : value.toLowerCase())
    if (problems.length > 0) errors.push(invalid(field, value, prefix + problems.join(',')))
  }
  const mixed = 'may have mixed case, but should otherwise match: '
  for (const key of ['plural', 'singular', 'kind', 'listKind']) {
    const value = stringAt(names, key)
    if (value !== '') check(`spec.names.${key}`, value, key.toLowerCase().endsWith('kind') ? mixed : '')
  }
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

function storedVersionProblems(crd: KubeObject): FieldError[] {
  const field = 'status.storedVersions'
  const stored = stringsAt(crd.status, 'storedVersions')
  if (stored.length === 0) return [invalid(field, null, 'must have at least one stored version')]
  const versions = listAt(crd.spec, 'versions')
  const errors: FieldError[] = []
  // Each stored version stands for one version: a second one of the same name finds none.
  const unseen = new Set(stored)
  for (const version of versions) {
    const name = stringAt(version, 'name')
    const isStored = unseen.delete(name)
    if (boolAt(version, 'storage') && !isStored) {
      errors.push(invalid(field, stored, `must have the storage version ${name}`))
    }
  }
  stored.forEach((name, index) => {
    if (versions.some((version) => stringAt(version, 'name') === name)) return
    const before = `${name} was previously a storage version, and must remain in spec.versions`
    const until = `until a storage migration ensures no data remains persisted in ${name}`
    const detail = `missing from spec.versions; ${before} ${until} and removes ${name} from status.storedVersions`
    errors.push(invalid(`${field}[${index}]`, name, detail))
  })
  return errors
}

function changeProblems(crd: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  const frozen = (field: string, value: string, before: string): void => {
    if (value !== before) errors.push(invalid(field, value, 'field is immutable'))
  }
  const [names, before] = [objectAt(crd.spec, 'names'), objectAt(old.spec, 'names')]
  if (isEstablished(old)) {
    frozen('spec.scope', stringAt(crd.spec, 'scope'), stringAt(old.spec, 'scope'))
    frozen('spec.names.kind', stringAt(names, 'kind'), stringAt(before, 'kind'))
  }
  frozen('spec.group', stringAt(crd.spec, 'group'), stringAt(old.spec, 'group'))
  frozen('spec.names.plural', stringAt(names, 'plural'), stringAt(before, 'plural'))
  return errors
}

/**
 * The first delete marks a definition as terminating, and does nothing else; it goes when its instances are gone. As the
 * storage of CustomResourceDefinitions.
 */
function markTerminating(crd: KubeObject, ctx: StrategyContext): boolean {
  if (crd.metadata.deletionTimestamp !== undefined) return false
  crd.metadata.deletionTimestamp = ctx.now
  const finalizers = crd.metadata.finalizers ?? []
  if (!finalizers.includes(CLEANUP_FINALIZER)) crd.metadata.finalizers = [...finalizers, CLEANUP_FINALIZER]
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
  return true
}
