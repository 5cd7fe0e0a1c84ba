import type { FieldError, FieldErrorType, JsonObject, KubeObject, StructNode } from '../../../api/index.ts'
import {
  applyStructuralDefaults,
  boolAt,
  customResourceNode,
  decodeObject,
  dropNulls,
  dnsSubdomainProblems,
  findType,
  jsonEqual,
  listAt,
  META_PACKAGE,
  objectAt,
  pruneObject,
  qualifiedNameProblems,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import { cloneJson, isObject } from '../clone.ts'
import { ALL_VERBS, storageVersionHash } from '../registry/define.ts'
import type { ResourceDefinition, ScalePaths, Strategy, SubresourceDefinition } from '../registry/resource.ts'
import { customTable, type PrinterColumn } from '../table/index.ts'
import { validateMetadata, validateMetadataUpdate } from '../validation/metadata.ts'
import { ruleChecker } from './cel-rules.ts'
import type { ConvertObjects } from './conversion-webhook.ts'
import type { Before } from './correlation.ts'
import { embeddedProblems } from './default-rules.ts'
import { validateListKinds, validateValue } from './value-validation.ts'
import { type VersionShape, versionConversion } from './version-conversion.ts'

/** Kubernetes lists the verbs of custom resources in this order. */
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'] as const

/**
 * The resources that a CustomResourceDefinition describes: one for each served version, by priority. `convert` converts
 * between versions; absent: only their name differs.
 */
export function definitionsOf(crd: KubeObject, convert?: ConvertObjects): ResourceDefinition[] {
  const versions = listAt(crd.spec, 'versions')
  const storageVersion = stringAt(
    versions.find((version) => boolAt(version, 'storage')),
    'name',
  )
  const group = stringAt(crd.spec, 'group')
  const shapes = convert === undefined ? undefined : shapesOf(crd)
  return versions
    .filter((version) => boolAt(version, 'served'))
    .sort((a, b) => compareVersions(stringAt(a, 'name'), stringAt(b, 'name')))
    .map((version) => {
      const definition = definitionOf(crd, version, storageVersion)
      if (convert === undefined || shapes === undefined) return definition
      const setup = { group, version: definition.version, storageVersion, shapes, convert }
      return { ...definition, conversion: versionConversion(setup) }
    })
}

/** How each version shows objects, also those that are not served any more. */
function shapesOf(crd: KubeObject): Map<string, VersionShape> {
  const preserve = boolAt(crd.spec, 'preserveUnknownFields')
  const shapeOf = (version: JsonObject): VersionShape => {
    const schema = objectAt(objectAt(version, 'schema'), 'openAPIV3Schema')
    const node = customResourceNode(preserve ? undefined : schema)
    return {
      shown: shownBy(node, schema),
      pruned(converted) {
        const object = cloneJson(converted)
        pruneObject(node, object)
        return { ...object, metadata: converted.metadata }
      },
    }
  }
  return new Map(listAt(crd.spec, 'versions').map((version) => [stringAt(version, 'name'), shapeOf(version)]))
}

function definitionOf(crd: KubeObject, version: JsonObject, storageVersion: string): ResourceDefinition {
  const names = objectAt(crd.spec, 'names')
  const group = stringAt(crd.spec, 'group')
  const kind = stringAt(names, 'kind')
  const schema = objectAt(objectAt(version, 'schema'), 'openAPIV3Schema')
  const preserve = boolAt(crd.spec, 'preserveUnknownFields')
  const node = customResourceNode(preserve ? undefined : schema)
  const subresources = objectAt(version, 'subresources')
  const scale = scaleOf(objectAt(subresources, 'scale'))
  const gvk = { group, version: stringAt(version, 'name'), kind }
  const hasStatus = objectAt(subresources, 'status') !== undefined
  const namespaced = stringAt(crd.spec, 'scope') === 'Namespaced'
  const columns = listAt(version, 'additionalPrinterColumns') as unknown as readonly PrinterColumn[]
  return {
    ...gvk,
    listKind: stringAt(names, 'listKind'),
    plural: stringAt(names, 'plural'),
    singular: stringAt(names, 'singular'),
    shortNames: stringsAt(names, 'shortNames'),
    categories: stringsAt(names, 'categories'),
    namespaced,
    verbs: CUSTOM_VERBS.filter((verb) => ALL_VERBS.includes(verb)),
    subresources: subresourcesOf(hasStatus, scale !== undefined),
    ...(scale !== undefined && { scale }),
    storageVersion,
    storageVersionHash: storageVersionHash({ group, version: storageVersion, kind }),
    strategy: strategyOf(schema, { hasStatus, namespaced, scale, fields: selectableFieldsOf(version) }),
    table: customTable(columns),
    custom: true,
    applyDefaults: (object) => applyStructuralDefaults(schema, object),
    schema: { node, name: schemaName(gvk), openapi: openapiOf(gvk, schema) },
    read: (raw, { keepNulls = false } = {}) => readCustom(raw, { node, schema, keepNulls }),
    shown: shownBy(node, schema),
    ...(boolAt(version, 'deprecated') && { deprecationWarning: deprecationWarning(crd, version) }),
  }
}

function deprecationWarning(crd: KubeObject, version: JsonObject): string {
  const own = stringAt(version, 'deprecationWarning')
  if (own !== '') return own
  const name = stringAt(version, 'name')
  const group = stringAt(crd.spec, 'group')
  const kind = stringAt(objectAt(crd.spec, 'names'), 'kind')
  const [best] = listAt(crd.spec, 'versions')
    .filter((other) => boolAt(other, 'served') && !boolAt(other, 'deprecated'))
    .map((other) => stringAt(other, 'name'))
    .filter((other) => compareVersions(other, name) < 0)
    .sort(compareVersions)
  const instead = best === undefined ? '' : `; use ${group}/${best} ${kind}`
  return `${group}/${name} ${kind} is deprecated${instead}`
}

function subresourcesOf(status: boolean, scale: boolean): SubresourceDefinition[] {
  const verbs = ['get', 'patch', 'update'] as const
  return [
    ...(status ? [{ name: 'status', verbs }] : []),
    ...(scale ? [{ name: 'scale', verbs, group: 'autoscaling', version: 'v1', kind: 'Scale' }] : []),
  ]
}

function scaleOf(scale: JsonObject | undefined): ScalePaths | undefined {
  if (scale === undefined) return undefined
  const labelSelectorPath = stringAt(scale, 'labelSelectorPath')
  return {
    specReplicasPath: stringAt(scale, 'specReplicasPath'),
    statusReplicasPath: stringAt(scale, 'statusReplicasPath'),
    ...(labelSelectorPath !== '' && { labelSelectorPath }),
  }
}

function selectableFieldsOf(version: JsonObject): string[] {
  return listAt(version, 'selectableFields').map((field) => stringAt(field, 'jsonPath'))
}

function schemaName(gvk: { readonly group: string; readonly version: string; readonly kind: string }): string {
  return `${gvk.group.split('.').reverse().join('.')}.${gvk.version}.${gvk.kind}`
}

function openapiOf(
  gvk: { readonly group: string; readonly version: string; readonly kind: string },
  schema: JsonObject | undefined,
): JsonObject {
  const properties = objectAt(schema, 'properties') ?? {}
  return {
    type: 'object',
    ...schema,
    properties: {
      ...properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { allOf: [{ $ref: `#/components/schemas/${META_PACKAGE}.ObjectMeta` }] },
    },
    'x-kubernetes-group-version-kind': [gvk],
  }
}

/** Reads a custom resource: metadata by its type, everything else pruned to the schema and defaulted. */
function readCustom(
  raw: KubeObject,
  how: { readonly node: StructNode; readonly schema: JsonObject | undefined; readonly keepNulls: boolean },
): ReturnType<NonNullable<ResourceDefinition['read']>> {
  const object = cloneJson(raw)
  const unknown = pruneObject(how.node, object)
  if (!how.keepNulls) dropNulls(how.schema, object)
  const meta = findType(`${META_PACKAGE}.ObjectMeta`)
  const decoded = meta === undefined ? undefined : decodeObject(meta, object.metadata ?? {})
  if (decoded !== undefined) {
    object.metadata = decoded.value as KubeObject['metadata']
    unknown.push(...decoded.unknown.map((text) => text.replace(/^unknown field "(.*)"$/, 'metadata.$1')))
  }
  applyStructuralDefaults(how.schema, object)
  const findings = unknown.sort().map((path) => `unknown field ${JSON.stringify(path)}`)
  return { object, findings, ...(decoded?.error !== undefined && { error: decoded.error }) }
}

/** What is kept was written by another version's schema, or by an older one: it is pruned and defaulted when read. */
function shownBy(node: StructNode, schema: JsonObject | undefined): (stored: KubeObject) => KubeObject {
  const known = new WeakMap<KubeObject, KubeObject>()
  return (stored) => {
    const before = known.get(stored)
    if (before !== undefined) return before
    const object = cloneJson(stored)
    pruneObject(node, object)
    dropNulls(schema, object)
    applyStructuralDefaults(schema, object)
    object.metadata = stored.metadata
    const shown = jsonEqual(object, stored) ? stored : object
    known.set(stored, shown)
    return shown
  }
}

interface CustomTraits {
  readonly hasStatus: boolean
  readonly namespaced: boolean
  readonly scale: ScalePaths | undefined
  readonly fields: readonly string[]
}

/** Findings after which rules are not looked at: the object has the wrong shape. */
const BLOCKING: ReadonlySet<FieldErrorType> = new Set(['Required', 'TooLong', 'TooMany', 'TypeInvalid', 'NotSupported'])

function strategyOf(schema: JsonObject | undefined, traits: CustomTraits): Strategy {
  const { hasStatus, namespaced, scale } = traits
  const shape = withoutMetadata(schema)
  const rules = ruleChecker(schema)
  /** What findings said of values that have not changed. */
  const ratcheted = new WeakMap<KubeObject, string[]>()
  const values = (object: KubeObject, old: KubeObject | undefined): FieldError[] => {
    const before: Before | undefined = old === undefined ? undefined : { value: old }
    const errors = [
      ...validateValue(shape, object, '', before),
      ...(scale === undefined ? [] : scaleProblems(object, scale)),
      ...embeddedProblems(shape, object),
      ...(old !== undefined && validateListKinds(schema, old).length > 0 ? [] : validateListKinds(schema, object)),
    ]
    if (rules === undefined) return errors
    if (errors.some(({ type }) => BLOCKING.has(type))) return [...errors, UNCHECKED]
    const warnings: string[] = []
    errors.push(...rules(object, before, (text) => warnings.push(text)))
    if (warnings.length > 0) ratcheted.set(object, warnings)
    return errors
  }
  return {
    generation: true,
    countsStatus: !hasStatus,
    prepareForCreate(object) {
      if (hasStatus) delete object.status
    },
    prepareForUpdate(object, old) {
      if (!hasStatus) return
      if (old.status === undefined) delete object.status
      else object.status = old.status
    },
    prepareForStatusUpdate: keepAllButStatus,
    validateCreate: (object) => [
      ...validateMetadata(object, { namespaced, rule: dnsSubdomainProblems }),
      ...values(object, undefined),
    ],
    validateUpdate: (object, old) => [...validateMetadataUpdate(object, old), ...values(object, old)],
    validateStatusUpdate: (object, old) => [...validateMetadataUpdate(object, old), ...values(object, old)],
    warnings: (object, old) => [...(ratcheted.get(object) ?? []), ...finalizerWarnings(object, old)],
    selectableFields: (object) =>
      Object.fromEntries(traits.fields.map((path) => [path.slice(1), textAt(object, path)])),
  }
}

const UNCHECKED: FieldError = {
  type: 'Invalid',
  field: '<nil>',
  value: null,
  detail:
    'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
}

const STANDARD_FINALIZERS = new Set(['orphan', 'foregroundDeletion', 'kubernetes'])

/** Finalizers that others may use too are warned of when they are added. */
function finalizerWarnings(object: KubeObject, old: KubeObject | undefined): string[] {
  const before = old?.metadata.finalizers ?? []
  const added = (object.metadata.finalizers ?? []).filter((name) => !before.includes(name)).sort()
  return added.flatMap((name) => {
    const said = `metadata.finalizers: ${JSON.stringify(name)}: `
    const problems = qualifiedNameProblems(name).map((problem) => said + problem)
    if (name.includes('/') || STANDARD_FINALIZERS.has(name)) return problems
    const path = name.includes('.') ? ' including a path (/)' : ''
    const why = 'to avoid accidental conflicts with other finalizer writers'
    return [...problems, `${said}prefer a domain-qualified finalizer name${path} ${why}`]
  })
}

/** metadata has rules of its own. */
function withoutMetadata(schema: JsonObject | undefined): JsonObject | undefined {
  const properties = objectAt(schema, 'properties')
  if (schema === undefined || properties?.metadata === undefined) return schema
  const { metadata: _metadata, ...rest } = properties
  return { ...schema, properties: rest }
}

/** A write to status changes nothing else, not even metadata. */
function keepAllButStatus(object: KubeObject, old: KubeObject): void {
  const { managedFields, resourceVersion } = object.metadata
  const { status } = object
  for (const key of Object.keys(object)) delete object[key]
  Object.assign(object, cloneJson(old))
  if (managedFields !== undefined) object.metadata.managedFields = managedFields
  if (resourceVersion !== undefined) object.metadata.resourceVersion = resourceVersion
  if (status === undefined) delete object.status
  else object.status = status
}

function valueAt(object: unknown, path: string): unknown {
  let value = object
  for (const part of path.split('.').filter((each) => each !== '')) value = isObject(value) ? value[part] : undefined
  return value
}

function textAt(object: KubeObject, path: string): string {
  const value = valueAt(object, path)
  return value === undefined || value === null ? '' : String(value)
}

/** The counts that the scale sub-resource needs have to be numbers that fit it. */
function scaleProblems(object: KubeObject, scale: ScalePaths): FieldError[] {
  const errors: FieldError[] = []
  for (const path of [scale.specReplicasPath, scale.statusReplicasPath]) {
    const value = valueAt(object, path)
    const problem = (shown: unknown, detail: string): void => {
      errors.push({ type: 'Invalid', field: path, value: shown, detail })
    }
    if (value === undefined || value === null) continue
    if (typeof value !== 'number') {
      problem(0, `${path} accessor error: ${printGo(value)} is of the type ${goType(value)}, expected int64`)
    } else if (value < 0) problem(value, 'should be a non-negative integer')
    else if (value > 2 ** 31 - 1) problem(value, `should be less than or equal to ${2 ** 31 - 1}`)
  }
  return errors
}

function printGo(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (isObject(value)) return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

/** Kubernetes' order of versions: GA before beta before alpha, newer first, anything else by name after them. */
export function compareVersions(a: string, b: string): number {
  const left = versionRank(a)
  const right = versionRank(b)
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1
    if (right !== undefined) return 1
    return a < b ? -1 : a > b ? 1 : 0
  }
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0
    if (value !== other) return other - value
  }
  return 0
}

/** Stability, major and minor number. */
function versionRank(version: string): [number, number, number] | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version)
  if (match === null) return undefined
  const stability = match[2] === 'alpha' ? 0 : match[2] === 'beta' ? 1 : 2
  return [stability, Number(match[1]), Number(match[3] ?? 0)]
}
