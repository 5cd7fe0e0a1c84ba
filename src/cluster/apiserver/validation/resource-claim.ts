import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  jsonEqual,
  type JsonObject,
  type KubeObject,
  labelValueProblems,
  listAt,
  numberAt,
  objectAt,
  qualifiedNameProblems,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import { eachOf, eachOnce, fullNameProblems, LIST_LIMIT, validateConfiguration, validateSelectors } from './device.ts'
import { type Findings, IMMUTABLE, invalid, invalidEach, notSupported, required } from './findings.ts'
import { printClaimSpec } from './print-claim.ts'
import { validateAnnotations, validateLabels } from './metadata.ts'

const ALTERNATIVES_LIMIT = 8
const MODES = ['All', 'ExactCount']
const OPERATORS = ['Equal', 'Exists']
/** What a taint of a device does, as it is printed. */
export const EFFECTS = ['NoExecute', 'NoSchedule', 'None']
const REFERENCE =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

/** Checks a new ResourceClaim. */
export function validateResourceClaim(object: KubeObject): Findings {
  return validateClaimSpec(objectAt(object, 'spec'), 'spec')
}

/** Checks a new ResourceClaimTemplate. */
export function validateResourceClaimTemplate(object: KubeObject): Findings {
  const metadata = objectAt(object.spec, 'metadata')
  return [
    ...validateLabels(objectAt(metadata, 'labels') as Record<string, string> | undefined, 'spec.metadata.labels'),
    ...validateAnnotations(
      objectAt(metadata, 'annotations') as Record<string, string> | undefined,
      'spec.metadata.annotations',
    ),
    ...validateClaimSpec(objectAt(object.spec, 'spec'), 'spec.spec'),
  ]
}

/** What is claimed, and how, does not change. */
export function validateResourceClaimUpdate(object: KubeObject, old: KubeObject): Findings {
  if (jsonEqual(object.spec, old.spec)) return []
  const type = object.kind === 'ResourceClaim' ? 'ResourceClaimSpec' : 'ResourceClaimTemplateSpec'
  return [invalid('spec', printClaimSpec(type, object.spec as JsonObject | undefined), IMMUTABLE)]
}

/** Checks a DeviceClass. */
export function validateDeviceClass(object: KubeObject): Findings {
  const extended = stringAt(object.spec, 'extendedResourceName')
  return [
    ...validateSelectors(listAt(object.spec, 'selectors'), 'spec.selectors'),
    ...eachOf(listAt(object.spec, 'config'), LIST_LIMIT, 'spec.config', validateConfiguration),
    ...(extended === '' || isExtended(extended)
      ? []
      : [invalid('spec.extendedResourceName', extended, 'must be a valid extended resource name')]),
  ]
}

/** A resource of a domain that is not Kubernetes'. */
function isExtended(name: string): boolean {
  if (!name.includes('/') || name.includes('kubernetes.io/') || name.startsWith('requests.')) return false
  return qualifiedNameProblems(`requests.${name}`).length === 0
}

function validateClaimSpec(spec: JsonObject | undefined, field: string): Findings {
  const devices = objectAt(spec, 'devices')
  const at = `${field}.devices`
  const names = requestNames(devices)
  return [
    ...eachOnce(listAt(devices, 'requests'), LIST_LIMIT, `${at}.requests`, {
      key: (request) => stringAt(request, 'name'),
      check: validateRequest,
    }),
    ...eachOf(listAt(devices, 'constraints'), LIST_LIMIT, `${at}.constraints`, (constraint, place) =>
      validateConstraint(constraint, place, names),
    ),
    ...eachOf(listAt(devices, 'config'), LIST_LIMIT, `${at}.config`, (config, place) => [
      ...validateReferences(stringsAt(config, 'requests'), `${place}.requests`, names),
      ...validateConfiguration(config, place),
    ]),
  ]
}

/** The names by which constraints refer to requests and to the alternatives within them. */
function requestNames(devices: JsonObject | undefined): ReadonlySet<string> {
  return new Set(
    listAt(devices, 'requests').flatMap((request) => {
      const name = stringAt(request, 'name')
      return [name, ...listAt(request, 'firstAvailable').map((each) => `${name}/${stringAt(each, 'name')}`)]
    }),
  )
}

const nameProblems = (name: string, field: string): Findings => invalidEach(field, name, dnsLabelProblems(name))

function validateRequest(request: JsonObject, field: string): Findings {
  const out = nameProblems(stringAt(request, 'name'), `${field}.name`)
  const exactly = objectAt(request, 'exactly')
  const alternatives = listAt(request, 'firstAvailable')
  const which = 'exactly one of `exactly` or `firstAvailable` is required'
  if (exactly === undefined && alternatives.length === 0) return [...out, required(field, which)]
  if (exactly !== undefined && alternatives.length > 0)
    return [...out, invalid(field, null, `${which}, but multiple fields are set`)]
  if (exactly !== undefined) return [...out, ...validateDevices(exactly, `${field}.exactly`)]
  return [
    ...out,
    ...eachOnce(alternatives, ALTERNATIVES_LIMIT, `${field}.firstAvailable`, {
      key: (each) => stringAt(each, 'name'),
      check: (each, at) => [...nameProblems(stringAt(each, 'name'), `${at}.name`), ...validateDevices(each, at)],
    }),
  ]
}

function validateDevices(request: JsonObject, field: string): Findings {
  const name = stringAt(request, 'deviceClassName')
  const at = `${field}.deviceClassName`
  return [
    ...(name === '' ? [required(at)] : invalidEach(at, name, dnsSubdomainProblems(name))),
    ...validateSelectors(listAt(request, 'selectors'), `${field}.selectors`),
    ...validateMode(request, field),
    ...listAt(request, 'tolerations').flatMap((each, index) =>
      validateToleration(each, `${field}.tolerations[${index}]`),
    ),
  ]
}

function validateMode(request: JsonObject, field: string): Findings {
  const mode = stringAt(request, 'allocationMode')
  const count = numberAt(request, 'count') ?? 0
  if (mode === 'All' && count !== 0)
    return [invalid(`${field}.count`, count, "must not be specified when allocationMode is 'All'")]
  if (mode === 'ExactCount' && count <= 0) return [invalid(`${field}.count`, count, 'must be greater than zero')]
  return MODES.includes(mode) ? [] : [notSupported(`${field}.allocationMode`, mode, MODES)]
}

function validateToleration(toleration: JsonObject, field: string): Findings {
  const key = stringAt(toleration, 'key')
  const operator = stringAt(toleration, 'operator')
  const value = stringAt(toleration, 'value')
  const effect = stringAt(toleration, 'effect')
  const out = key === '' ? [] : invalidEach(`${field}.key`, key, qualifiedNameProblems(key))
  if (operator === '') out.push(required(`${field}.operator`))
  else if (!OPERATORS.includes(operator)) out.push(notSupported(`${field}.operator`, operator, OPERATORS))
  else if (operator === 'Equal') out.push(...invalidEach(`${field}.value`, value, labelValueProblems(value)))
  else if (value !== '') out.push(invalid(`${field}.value`, value, 'must be empty for operator `Exists`'))
  if (effect !== '' && !EFFECTS.includes(effect)) out.push(notSupported(`${field}.effect`, effect, EFFECTS))
  return out
}

function validateConstraint(constraint: JsonObject, field: string, names: ReadonlySet<string>): Findings {
  const out = validateReferences(stringsAt(constraint, 'requests'), `${field}.requests`, names)
  for (const key of ['matchAttribute', 'distinctAttribute']) {
    if (typeof constraint[key] === 'string')
      return [...out, ...fullNameProblems(stringAt(constraint, key), `${field}.${key}`)]
  }
  const which = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
  return [...out, required(field, which)]
}

function validateReferences(requests: readonly string[], field: string, names: ReadonlySet<string>): Findings {
  return eachOnce(requests, LIST_LIMIT, field, {
    key: (name) => name,
    check: (name, at) => {
      const parts = name.split('/')
      if (parts.length > 2) return [invalid(at, name, REFERENCE)]
      const unknown = names.has(name) ? [] : [invalid(at, name, REFERENCE)]
      return [...parts.flatMap((part) => nameProblems(part, at)), ...unknown]
    },
  })
}
