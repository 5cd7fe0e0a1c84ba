import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  type JsonObject,
  type KubeObject,
  labelValueProblems,
  listAt,
  numberAt,
  objectAt,
  qualifiedNameProblems,
  stringAt,
} from '../../../api/index.ts'
import { attributeNameProblems, driverNameProblems, eachOf, eachOnce } from './device.ts'
import { type Findings, IMMUTABLE, invalid, invalidEach, notSupported, required, tooLong } from './findings.ts'
import { EFFECTS } from './resource-claim.ts'
import { validateNodeSelector } from './scheduling.ts'

const DEVICES_LIMIT = 128
/** Most devices where some have taints or counters, or attributes that are lists. */
const RICH_DEVICES_LIMIT = 64
const COUNTER_SETS_LIMIT = 8
const TAINTS_LIMIT = 16
const PROPERTIES_LIMIT = 32
const TEXT_LIMIT = 64
const POOL_LIMIT = 253

/** Checks a ResourceSlice: where its devices are, and what they are. */
export function validateResourceSlice(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const devices = listAt(spec, 'devices')
  const rich = devices.some((device) => isRich(device))
  const out = [
    ...driverNameProblems(stringAt(spec, 'driver'), 'spec.driver'),
    ...validatePool(objectAt(spec, 'pool'), 'spec.pool'),
    ...validatePlace(spec),
  ]
  if (spec.sharedCounters !== undefined && spec.devices !== undefined)
    out.push(invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed'))
  return [
    ...out,
    ...eachOnce(devices, rich ? RICH_DEVICES_LIMIT : DEVICES_LIMIT, 'spec.devices', {
      key: (device) => stringAt(device, 'name'),
      check: validateDevice,
    }),
    ...eachOnce(listAt(spec, 'sharedCounters'), COUNTER_SETS_LIMIT, 'spec.sharedCounters', {
      key: (set) => stringAt(set, 'name'),
      check: validateCounterSet,
    }),
  ]
}

/** A slice stays with its pool, driver and node. */
export function validateResourceSliceUpdate(object: KubeObject, old: KubeObject): Findings {
  const poolOf = ({ spec }: KubeObject): string => stringAt(objectAt(spec, 'pool'), 'name')
  const frozen = (field: string, now: string, before: string): Findings =>
    now === before ? [] : [invalid(field, now, IMMUTABLE)]
  return [
    ...frozen('spec.pool.name', poolOf(object), poolOf(old)),
    ...['driver', 'nodeName'].flatMap((key) =>
      frozen(`spec.${key}`, stringAt(object.spec, key), stringAt(old.spec, key)),
    ),
  ]
}

const LISTS = ['bools', 'ints', 'strings', 'versions']

function isRich(device: JsonObject): boolean {
  if (listAt(device, 'taints').length > 0 || listAt(device, 'consumesCounters').length > 0) return true
  return Object.values(objectAt(device, 'attributes') ?? {}).some((attribute) =>
    LISTS.some((key) => listAt(attribute as JsonObject, key).length > 0),
  )
}

function validatePool(pool: JsonObject | undefined, field: string): Findings {
  const name = stringAt(pool, 'name')
  const count = numberAt(pool, 'resourceSliceCount') ?? 0
  const generation = numberAt(pool, 'generation') ?? 0
  const out: Findings = name === '' ? [required(`${field}.name`)] : []
  if (name.length > POOL_LIMIT) out.push(tooLong(`${field}.name`, POOL_LIMIT))
  if (name !== '')
    out.push(...name.split('/').flatMap((part) => invalidEach(`${field}.name`, part, dnsSubdomainProblems(part))))
  if (count <= 0) out.push(invalid(`${field}.resourceSliceCount`, count, 'must be greater than zero'))
  if (generation < 0) out.push(invalid(`${field}.generation`, generation, 'must be greater than or equal to zero'))
  return out
}

/** Where the devices are: at one node, at selected ones, at all, or each somewhere else. */
function validatePlace(spec: JsonObject): Findings {
  const out: Findings = []
  const set: string[] = []
  const { nodeName } = spec
  if (nodeName === '') out.push(invalid('spec.nodeName', '', 'must be either unset or set to a non-empty string'))
  else if (typeof nodeName === 'string') {
    set.push('`nodeName`')
    out.push(...invalidEach('spec.nodeName', nodeName, dnsSubdomainProblems(nodeName)))
  }
  const selector = objectAt(spec, 'nodeSelector')
  if (selector !== undefined) {
    set.push('`nodeSelector`')
    out.push(...validateNodeSelector(selector, 'spec.nodeSelector'))
    const terms = listAt(selector, 'nodeSelectorTerms')
    if (terms.length !== 1)
      out.push(invalid('spec.nodeSelector.nodeSelectorTerms', terms, 'must have exactly one node selector term'))
  }
  for (const key of ['allNodes', 'perDeviceNodeSelection']) {
    if (spec[key] === true) set.push(`\`${key}\``)
    else if (spec[key] === false) out.push(invalid(`spec.${key}`, false, 'must be either unset or set to true'))
  }
  const which = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'
  if (set.length === 0) out.push(required('spec', which))
  if (set.length > 1) out.push(invalid('spec', `{${set.join(', ')}}`, `${which}, but multiple fields are set`))
  return out
}

function validateCounterSet(set: JsonObject, field: string): Findings {
  const name = stringAt(set, 'name')
  const counters = Object.keys(objectAt(set, 'counters') ?? {})
  return [
    ...(name === '' ? [required(`${field}.name`)] : invalidEach(`${field}.name`, name, dnsLabelProblems(name))),
    ...(counters.length === 0 ? [required(`${field}.counters`)] : []),
    ...counters.flatMap((key) => invalidEach(`${field}.counters`, key, dnsLabelProblems(key))),
  ]
}

function validateDevice(device: JsonObject, field: string): Findings {
  const name = stringAt(device, 'name')
  const attributes = Object.entries(objectAt(device, 'attributes') ?? {})
  const capacities = Object.keys(objectAt(device, 'capacity') ?? {})
  const count = attributes.length + capacities.length
  const limit = `the total number of attributes and capacities must not exceed ${PROPERTIES_LIMIT}`
  return [
    ...invalidEach(`${field}.name`, name, dnsLabelProblems(name)),
    ...(count > PROPERTIES_LIMIT ? [invalid(field, count, limit)] : []),
    ...attributes.flatMap(([key, attribute]) => [
      ...attributeNameProblems(key, `${field}.attributes`),
      ...validateAttribute(attribute as JsonObject, `${field}.attributes[${key}]`),
    ]),
    ...capacities.flatMap((key) => attributeNameProblems(key, `${field}.capacity`)),
    ...eachOf(listAt(device, 'taints'), TAINTS_LIMIT, `${field}.taints`, validateTaint),
  ]
}

const SEMANTIC_VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/

/** An attribute has one value, or one list of values. */
function validateAttribute(attribute: JsonObject, field: string): Findings {
  const out: Findings = []
  const { string: text, version } = attribute
  if (typeof text === 'string' && Buffer.byteLength(text) > TEXT_LIMIT) out.push(tooLong(`${field}.string`, TEXT_LIMIT))
  if (typeof version === 'string') {
    if (!SEMANTIC_VERSION.test(version))
      out.push(invalid(`${field}.version`, version, 'must be a string compatible with semver.org spec 2.0.0'))
    if (version.length > TEXT_LIMIT) out.push(tooLong(`${field}.version`, TEXT_LIMIT))
  }
  const given = ['bool', 'int', 'string', 'version', ...LISTS].filter((key) => attribute[key] !== undefined)
  if (given.length === 1) return out
  return [...out, invalid(field, given.length === 0 ? '' : attribute, 'exactly one value must be specified')]
}

function validateTaint(taint: JsonObject, field: string): Findings {
  const key = stringAt(taint, 'key')
  const value = stringAt(taint, 'value')
  const effect = stringAt(taint, 'effect')
  const out = invalidEach(`${field}.key`, key, qualifiedNameProblems(key))
  if (value !== '') out.push(...invalidEach(`${field}.value`, value, labelValueProblems(value)))
  if (effect === '') out.push(required(`${field}.effect`))
  else if (!EFFECTS.includes(effect)) out.push(notSupported(`${field}.effect`, effect, EFFECTS))
  return out
}
