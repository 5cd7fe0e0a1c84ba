import {
  boolAt,
  dnsSubdomainProblems,
  dns1035LabelProblems,
  dnsLabelProblems,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { type Findings, forbidden, IMMUTABLE, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateClientConfig } from './webhook.ts'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/** Checks a CustomResourceDefinition. */
export function validateCustomResourceDefinition(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const out: Findings = []
  const names = objectAt(spec, 'names')
  const group = stringAt(spec, 'group')
  const wanted = `${stringAt(names, 'plural')}.${group}`
  const name = object.metadata.name ?? ''
  if (name !== wanted) out.push(invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group'))
  if (group === '') out.push(required('spec.group'))
  else {
    out.push(...invalidEach('spec.group', group, dnsSubdomainProblems(group)))
    if (!group.includes('.')) out.push(invalid('spec.group', group, 'should be a domain with at least one dot'))
  }
  const scope = stringAt(spec, 'scope')
  if (scope === '') out.push(required('spec.scope'))
  else if (!['Cluster', 'Namespaced'].includes(scope))
    out.push(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']))
  out.push(...validateVersions(spec))
  out.push(...validateNames(names, 'spec.names'))
  out.push(...validateConversion(objectAt(spec, 'conversion')))
  if (stringsAt(object.status, 'storedVersions').length === 0) {
    out.push(invalid('status.storedVersions', null, 'must have at least one stored version'))
  }
  return out
}

function validateNames(names: JsonObject | undefined, field: string): Findings {
  const out: Findings = []
  const label = (key: string, value: string): void => {
    if (value === '') out.push(required(`${field}.${key}`))
    else out.push(...invalidEach(`${field}.${key}`, value, dns1035LabelProblems(value.toLowerCase())))
  }
  label('plural', stringAt(names, 'plural'))
  const singular = stringAt(names, 'singular')
  if (singular !== '') out.push(...invalidEach(`${field}.singular`, singular, dns1035LabelProblems(singular)))
  label('kind', stringAt(names, 'kind'))
  stringsAt(names, 'shortNames').forEach((short, index) => {
    out.push(...invalidEach(`${field}.shortNames[${index}]`, short, dns1035LabelProblems(short)))
  })
  const listKind = stringAt(names, 'listKind')
  if (listKind !== '') {
    out.push(...invalidEach(`${field}.listKind`, listKind, dns1035LabelProblems(listKind.toLowerCase())))
    if (listKind === stringAt(names, 'kind'))
      out.push(invalid(`${field}.listKind`, listKind, 'kind and listKind may not be the same'))
  }
  stringsAt(names, 'categories').forEach((category, index) => {
    out.push(...invalidEach(`${field}.categories[${index}]`, category, dns1035LabelProblems(category)))
  })
  return out
}

function validateVersions(spec: JsonObject): Findings {
  const versions = listAt(spec, 'versions')
  const out: Findings = []
  const seen = new Set<string>()
  const printed = versions.map((version) => stringAt(version, 'name'))
  const unique = printed.every((name) => !seen.has(name) && seen.add(name))
  versions.forEach((version, index) => {
    out.push(...validateVersion(version, `spec.versions[${index}]`, versions.length === 1))
  })
  if (!unique) out.push(invalid('spec.versions', printed, 'must contain unique version names'))
  const stored = versions.filter((version) => boolAt(version, 'storage')).length
  // An empty list of names is Go's nil slice.
  if (stored !== 1)
    out.push(
      invalid(
        'spec.versions',
        printed.length === 0 ? null : printed,
        'must have exactly one version marked as storage version',
      ),
    )
  return out
}

function validateVersion(version: JsonObject, field: string, single: boolean): Findings {
  const out: Findings = []
  const name = stringAt(version, 'name')
  out.push(...invalidEach(`${field}.name`, name, dnsLabelProblems(name)))
  const schema = objectAt(objectAt(version, 'schema'), 'openAPIV3Schema')
  if (!schema) out.push(required(`${field}.schema.openAPIV3Schema`, ''))
  else {
    // A single version's schema counts as the schema of the whole definition, and is named so.
    const at = single ? 'spec.validation.openAPIV3Schema' : `${field}.schema.openAPIV3Schema`
    if (stringAt(schema, 'type') === '') out.push(required(`${at}.type`, 'must not be empty at the root'))
    else if (stringAt(schema, 'type') !== 'object')
      out.push(invalid(`${at}.type`, schema.type, 'must be object at the root'))
    out.push(...structuralProblems(schema, at, true))
    out.push(...typeProblems(schema, at))
  }
  const scale = objectAt(objectAt(version, 'subresources'), 'scale')
  if (scale) out.push(...validateScale(scale, single ? 'spec.subresources.scale' : `${field}.subresources.scale`))
  const columns = single ? 'spec.additionalPrinterColumns' : `${field}.additionalPrinterColumns`
  listAt(version, 'additionalPrinterColumns').forEach((column, index) => {
    out.push(...validateColumn(column, `${columns}[${index}]`))
  })
  return out
}

function validateScale(scale: JsonObject, field: string): Findings {
  const out: Findings = []
  const replicas = stringAt(scale, 'specReplicasPath')
  if (replicas === '') out.push(required(`${field}.specReplicasPath`))
  else if (!replicas.startsWith('.spec.'))
    out.push(invalid(`${field}.specReplicasPath`, replicas, 'should be a json path under .spec'))
  const status = stringAt(scale, 'statusReplicasPath')
  if (status === '') out.push(required(`${field}.statusReplicasPath`))
  else if (!status.startsWith('.status.'))
    out.push(invalid(`${field}.statusReplicasPath`, status, 'should be a json path under .status'))
  const selector = stringAt(scale, 'labelSelectorPath')
  if (selector !== '' && !selector.startsWith('.status.') && !selector.startsWith('.spec.')) {
    out.push(invalid(`${field}.labelSelectorPath`, selector, 'should be a json path under either .spec or .status'))
  }
  return out
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']

function validateColumn(column: JsonObject, field: string): Findings {
  const out: Findings = []
  if (stringAt(column, 'name') === '') out.push(required(`${field}.name`))
  const type = stringAt(column, 'type')
  if (type === '') out.push(required(`${field}.type`, `must be one of ${COLUMN_TYPES.join(',')}`))
  else if (!COLUMN_TYPES.includes(type))
    out.push(invalid(`${field}.type`, type, `must be one of ${COLUMN_TYPES.join(',')}`))
  if (stringAt(column, 'jsonPath') === '') out.push(required(`${field}.JSONPath`))
  return out
}

/** Missing types: every field of a structural schema has one unless it says that it is open. */
function structuralProblems(schema: JsonObject, field: string, root: boolean): Findings {
  const out: Findings = []
  const open = boolAt(schema, 'x-kubernetes-int-or-string') || boolAt(schema, 'x-kubernetes-preserve-unknown-fields')
  if (!root && stringAt(schema, 'type') === '' && !open) {
    const array = /\.items$/.test(field)
    out.push(
      required(
        `${field}.type`,
        array ? 'must not be empty for specified array items' : 'must not be empty for specified object fields',
      ),
    )
  }
  for (const [key, child] of Object.entries(objectAt(schema, 'properties') ?? {})) {
    if (isSchema(child)) out.push(...structuralProblems(child, `${field}.properties[${key}]`, false))
  }
  const items = objectAt(schema, 'items')
  if (items) out.push(...structuralProblems(items, `${field}.items`, false))
  const additional = objectAt(schema, 'additionalProperties')
  if (additional) {
    out.push(...structuralProblems(additional, `${field}.additionalProperties`, false))
    if (objectAt(schema, 'properties')) {
      out.push(forbidden(`${field}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'))
    }
  }
  if (stringAt(schema, 'type') === 'array' && !items) out.push(required(`${field}.items`, 'must be specified'))
  return out
}

/** Unknown types, and list kinds that lack their keys. */
function typeProblems(schema: JsonObject, field: string): Findings {
  const out: Findings = []
  const type = stringAt(schema, 'type')
  if (type !== '' && !TYPES.includes(type)) out.push(notSupported(`${field}.type`, type, TYPES))
  const listType = valueAt(schema, 'x-kubernetes-list-type')
  if (listType !== undefined && !['atomic', 'map', 'set'].includes(String(listType))) {
    out.push(notSupported(`${field}.x-kubernetes-list-type`, listType, ['atomic', 'map', 'set']))
  }
  const keys = stringsAt(schema, 'x-kubernetes-list-map-keys')
  if (listType === 'map' && keys.length === 0) {
    out.push(required(`${field}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'))
  }
  if (boolAt(schema, 'uniqueItems'))
    out.push(
      forbidden(
        `${field}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    )
  for (const [key, child] of Object.entries(objectAt(schema, 'properties') ?? {})) {
    if (isSchema(child)) out.push(...typeProblems(child, `${field}.properties[${key}]`))
  }
  const items = objectAt(schema, 'items')
  if (items) out.push(...typeProblems(items, `${field}.items`))
  const additional = objectAt(schema, 'additionalProperties')
  if (additional) out.push(...typeProblems(additional, `${field}.additionalProperties`))
  return out
}

function isSchema(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function validateConversion(conversion: JsonObject | undefined): Findings {
  if (!conversion) return []
  const field = 'spec.conversion'
  const strategy = stringAt(conversion, 'strategy')
  if (strategy === '') return [required(`${field}.strategy`)]
  if (!['None', 'Webhook'].includes(strategy)) return [notSupported(`${field}.strategy`, strategy, ['None', 'Webhook'])]
  const webhook = objectAt(conversion, 'webhook')
  if (strategy === 'None') {
    return webhook
      ? [forbidden(`${field}.webhookClientConfig`, 'should not be set when strategy is not set to Webhook')]
      : []
  }
  const out: Findings = []
  if (stringsAt(webhook, 'conversionReviewVersions').length === 0)
    out.push(required(`${field}.conversionReviewVersions`))
  const client = objectAt(webhook, 'clientConfig')
  if (!client) out.push(required(`${field}.webhookClientConfig`, 'required when strategy is set to Webhook'))
  else out.push(...validateClientConfig(client, `${field}.webhookClientConfig`))
  return out
}

/** What a definition never changes once it is established. */
export function validateCustomResourceDefinitionUpdate(object: KubeObject, old: KubeObject): Findings {
  const out: Findings = []
  const spec = (object.spec ?? {}) as JsonObject
  const before = (old.spec ?? {}) as JsonObject
  const established = listAt(old.status, 'conditions').some(
    (condition) => stringAt(condition, 'type') === 'Established' && stringAt(condition, 'status') === 'True',
  )
  const names = objectAt(spec, 'names')
  const oldNames = objectAt(before, 'names')
  if (established) {
    if (spec.scope !== before.scope) out.push(invalid('spec.scope', spec.scope, IMMUTABLE))
    if (stringAt(names, 'kind') !== stringAt(oldNames, 'kind'))
      out.push(invalid('spec.names.kind', names?.kind, IMMUTABLE))
  }
  if (spec.group !== before.group) out.push(invalid('spec.group', spec.group, IMMUTABLE))
  if (stringAt(names, 'plural') !== stringAt(oldNames, 'plural'))
    out.push(invalid('spec.names.plural', names?.plural, IMMUTABLE))
  return out
}
