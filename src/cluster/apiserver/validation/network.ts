import { isIP } from 'node:net'
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  pathSegmentProblems,
  portNameProblems,
  portNumberProblems,
  stringAt,
  stringsAt,
  valueAt,
  wildcardDomainProblems,
} from '../../../api/index.ts'
import {
  type Findings,
  forbidden,
  IMMUTABLE,
  invalid,
  invalidEach,
  notSupported,
  required,
  tooLong,
} from './findings.ts'
import { validateDomainPath } from './domain-path.ts'
import { isStrictSubset, validateCidr } from './ip.ts'
import { validatePort } from './probe.ts'
import { validateLabelSelector } from './selector.ts'

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject

/** Checks a new Ingress: besides its rules, that the old annotation names the same class. As ValidateIngressCreate. */
export function validateNewIngress(object: KubeObject): Findings {
  const [old, name] = [object.metadata.annotations?.[INGRESS_CLASS], valueAt(specOf(object), 'ingressClassName')]
  if (old === undefined || name === undefined || old === name) return validateIngress(object)
  const detail = 'must match `ingressClassName` when both are specified'
  return [...validateIngress(object), invalid(`annotations.${INGRESS_CLASS}`, old, detail)]
}

const INGRESS_CLASS = 'kubernetes.io/ingress.class'

/** Checks an Ingress. */
export function validateIngress(object: KubeObject): Findings {
  const spec = specOf(object)
  const rules = listAt(spec, 'rules')
  const backend = objectAt(spec, 'defaultBackend')
  const out: Findings = []
  if (rules.length === 0 && !backend) {
    out.push(invalid('spec', valueAt(spec, 'rules'), 'either `defaultBackend` or `rules` must be specified'))
  }
  if (backend) out.push(...validateBackend(backend, 'spec.defaultBackend'))
  rules.forEach((rule, index) => {
    out.push(...validateRule(rule, `spec.rules[${index}]`))
  })
  listAt(spec, 'tls').forEach((tls, index) => {
    stringsAt(tls, 'hosts').forEach((host, i) => {
      out.push(...validateHost(host, `spec.tls[${index}].hosts[${i}]`))
    })
    const secret = stringAt(tls, 'secretName')
    if (secret !== '') out.push(...invalidEach(`spec.tls[${index}].secretName`, secret, dnsSubdomainProblems(secret)))
  })
  const name = valueAt(spec, 'ingressClassName')
  if (name !== undefined) out.push(...invalidEach('spec.ingressClassName', name, dnsSubdomainProblems(String(name))))
  return out
}

function validateHost(host: string, field: string): Findings {
  return invalidEach(field, host, host.includes('*') ? wildcardDomainProblems(host) : dnsSubdomainProblems(host))
}

function validateRule(rule: JsonObject, field: string): Findings {
  const out: Findings = []
  const host = stringAt(rule, 'host')
  if (host !== '') {
    if (isIP(host) !== 0) out.push(invalid(`${field}.host`, host, 'must be a DNS name, not an IP address'))
    if (isIP(host) === 0 || !host.includes(':')) out.push(...validateHost(host, `${field}.host`))
  }
  const http = objectAt(rule, 'http')
  if (!http) return out
  const paths = listAt(http, 'paths')
  if (paths.length === 0) out.push(required(`${field}.http.paths`))
  paths.forEach((path, index) => {
    out.push(...validatePath(path, `${field}.http.paths[${index}]`))
  })
  return out
}

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const BAD_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F']
const BAD_SUFFIXES = ['/..', '/.']

function validatePath(entry: JsonObject, field: string): Findings {
  const out: Findings = []
  const type = valueAt(entry, 'pathType')
  const path = stringAt(entry, 'path')
  if (type === undefined) return [required(`${field}.pathType`, 'pathType must be specified')]
  if (type === 'Exact' || type === 'Prefix') {
    if (!path.startsWith('/')) out.push(invalid(`${field}.path`, path, 'must be an absolute path'))
    for (const sequence of BAD_SEQUENCES) {
      if (path.includes(sequence)) out.push(invalid(`${field}.path`, path, `must not contain '${sequence}'`))
    }
    for (const suffix of BAD_SUFFIXES) {
      if (path.endsWith(suffix)) out.push(invalid(`${field}.path`, path, `cannot end with '${suffix}'`))
    }
  } else if (type === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) out.push(invalid(`${field}.path`, path, 'must be an absolute path'))
  } else out.push(notSupported(`${field}.pathType`, type, PATH_TYPES))
  return [...out, ...validateBackend(objectAt(entry, 'backend') ?? {}, `${field}.backend`)]
}

function validateBackend(backend: JsonObject, field: string): Findings {
  const service = objectAt(backend, 'service')
  const resource = objectAt(backend, 'resource')
  if (service && resource) return [invalid(field, '', 'cannot set both resource and service backends')]
  if (resource) {
    return validateTypedReference(resource, `${field}.resource`)
  }
  if (!service) return [invalid(field, '', 'resource or service backend is required')]
  const out: Findings = []
  const name = stringAt(service, 'name')
  if (name === '') out.push(required(`${field}.service.name`))
  else out.push(...invalidEach(`${field}.service.name`, name, dnsLabelProblems(name)))
  const port = objectAt(service, 'port')
  const portName = stringAt(port, 'name')
  const number = numberAt(port, 'number') ?? 0
  if (portName !== '' && number !== 0) out.push(invalid(field, '', 'cannot set both port name & port number'))
  else if (portName !== '') out.push(...invalidEach(`${field}.service.port.name`, portName, portNameProblems(portName)))
  else if (number !== 0) out.push(...invalidEach(`${field}.service.port.number`, number, portNumberProblems(number)))
  else out.push(required(field, 'port name or number is required'))
  return out
}

/** Checks an IngressClass. */
export function validateIngressClass(object: KubeObject): Findings {
  const spec = specOf(object)
  const controller = stringAt(spec, 'controller')
  const out: Findings = Buffer.byteLength(controller) > 250 ? [tooLong('spec.controller', 250)] : []
  out.push(...validateDomainPath(controller, 'spec.controller'))
  const parameters = objectAt(spec, 'parameters')
  if (!parameters) return out
  const at = 'spec.parameters'
  out.push(...validateTypedReference(parameters, at))
  const scope = valueAt(parameters, 'scope')
  const namespace = valueAt(parameters, 'namespace')
  if (scope === undefined) return [...out, required(`${at}.scope`)]
  if (scope === 'Namespace') {
    if (namespace === undefined) {
      return [...out, required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'")]
    }
    return [...out, ...invalidEach(`${at}.namespace`, namespace, dnsLabelProblems(String(namespace)))]
  }
  if (scope !== 'Cluster') return [...out, notSupported(`${at}.scope`, scope, ['Cluster', 'Namespace'])]
  if (namespace === undefined) return out
  return [...out, forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'")]
}

/** A reference to an object of any kind. */
function validateTypedReference(reference: JsonObject, field: string): Findings {
  const group = valueAt(reference, 'apiGroup')
  const out = group === undefined ? [] : invalidEach(`${field}.apiGroup`, group, dnsSubdomainProblems(String(group)))
  for (const key of ['kind', 'name']) {
    const value = stringAt(reference, key)
    if (value === '') out.push(required(`${field}.${key}`))
    else out.push(...invalidEach(`${field}.${key}`, value, pathSegmentProblems(value)))
  }
  return out
}

/** Checks an IPAddress, whose name is the address. */
export function validateIpAddress(object: KubeObject): Findings {
  const parent = objectAt(object.spec, 'parentRef')
  if (!parent) return [required('spec.parentRef')]
  const at = 'spec.parentRef'
  const group = stringAt(parent, 'group')
  const out = group === '' ? [] : invalidEach(`${at}.group`, group, dnsSubdomainProblems(group))
  for (const key of ['resource', 'name', 'namespace']) {
    const value = stringAt(parent, key)
    if (value !== '') out.push(...invalidEach(`${at}.${key}`, value, pathSegmentProblems(value)))
    else if (key !== 'namespace') out.push(required(`${at}.${key}`))
  }
  return out
}

/** What an address belongs to, never changes. */
export function validateIpAddressUpdate(object: KubeObject, old: KubeObject): Findings {
  const now = valueAt(object.spec, 'parentRef')
  if (jsonEqual(now ?? null, valueAt(old.spec, 'parentRef') ?? null)) return []
  const printed = ['group', 'resource', 'namespace', 'name'].map((key) => [capital(key), stringAt(now, key)])
  return [invalid('spec.parentRef', now === undefined ? null : Object.fromEntries(printed), IMMUTABLE)]
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Checks a ServiceCIDR: one range, or one of each family. */
export function validateServiceCidr(object: KubeObject): Findings {
  const ranges = stringsAt(object.spec, 'cidrs')
  const at = 'spec.cidrs'
  if (ranges.length === 0) return [required(at, 'at least one CIDR required')]
  if (ranges.length > 2) return [invalid(at, { CIDRs: ranges }, 'may only hold up to 2 values')]
  const out = ranges.flatMap((range, index) => validateCidr(range, `${at}[${index}]`))
  const [first, second] = ranges.map((range) => isIP(range.split('/')[0] ?? ''))
  if (ranges.length === 2 && first === second && first !== 0) {
    const text = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
    out.push(invalid(at, ranges, text))
  }
  return out
}

/** A range may get one of the other family beside it; nothing else changes. */
export function validateServiceCidrUpdate(object: KubeObject, old: KubeObject): Findings {
  const ranges = stringsAt(object.spec, 'cidrs')
  const before = stringsAt(old.spec, 'cidrs')
  const grows = before.length === 1 && ranges.length === 2
  if (!grows && before.length !== ranges.length) return [invalid('spec.cidrs', ranges, IMMUTABLE)]
  const out = before.flatMap((range, index) =>
    ranges[index] === range ? [] : [invalid(`spec.cidrs[${index}]`, ranges[index], IMMUTABLE)],
  )
  return grows ? [...out, ...validateServiceCidr(object)] : out
}

/** The controller of a class never changes. */
export function validateIngressClassUpdate(object: KubeObject, old: KubeObject): Findings {
  const controller = stringAt(specOf(object), 'controller')
  return controller === stringAt(specOf(old), 'controller') ? [] : [invalid('spec.controller', controller, IMMUTABLE)]
}

const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
const DIRECTIONS = ['Ingress', 'Egress']

/** Checks a NetworkPolicy. */
export function validateNetworkPolicy(object: KubeObject): Findings {
  const spec = specOf(object)
  const out = validateLabelSelector(objectAt(spec, 'podSelector'), 'spec.podSelector')
  for (const [key, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    listAt(spec, key).forEach((rule, index) => {
      const at = `spec.${key}[${index}]`
      listAt(rule, 'ports').forEach((port, i) => {
        out.push(...validatePolicyPort(port, `${at}.ports[${i}]`))
      })
      listAt(rule, peers).forEach((peer, i) => {
        out.push(...validatePeer(peer, `${at}.${peers}[${i}]`))
      })
    })
  }
  const types = stringsAt(spec, 'policyTypes')
  if (types.length > 2) return [...out, invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')]
  types.forEach((type, index) => {
    if (!DIRECTIONS.includes(type)) out.push(notSupported(`spec.policyTypes[${index}]`, type, DIRECTIONS))
  })
  return out
}

function validatePolicyPort(port: JsonObject, field: string): Findings {
  const out: Findings = []
  const protocol = valueAt(port, 'protocol')
  if (protocol !== undefined && !PROTOCOLS.includes(String(protocol)))
    out.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS))
  const value = valueAt(port, 'port')
  const end = numberAt(port, 'endPort')
  if (value === undefined) {
    if (end !== undefined)
      out.push(invalid(`${field}.endPort`, end, 'may not be specified when `port` is not specified'))
    return out
  }
  if (typeof value === 'string') {
    if (end !== undefined) out.push(invalid(`${field}.endPort`, end, 'may not be specified when `port` is non-numeric'))
    return [...out, ...validatePort(value, `${field}.port`)]
  }
  out.push(...validatePort(value, `${field}.port`))
  if (end === undefined) return out
  // The text shows the port, as in Kubernetes.
  if (end < Number(value)) out.push(invalid(`${field}.endPort`, value, 'must be greater than or equal to `port`'))
  return [...out, ...invalidEach(`${field}.endPort`, end, portNumberProblems(end))]
}

function validatePeer(peer: JsonObject, field: string): Findings {
  const out: Findings = []
  const block = objectAt(peer, 'ipBlock')
  const pods = objectAt(peer, 'podSelector')
  const namespaces = objectAt(peer, 'namespaceSelector')
  if (pods) out.push(...validateLabelSelector(pods, `${field}.podSelector`))
  if (namespaces) out.push(...validateLabelSelector(namespaces, `${field}.namespaceSelector`))
  if (block) {
    const range = stringAt(block, 'cidr')
    if (range === '') out.push(required(`${field}.ipBlock.cidr`))
    else out.push(...validateBlock(range, stringsAt(block, 'except'), `${field}.ipBlock`))
  }
  if (!block && !pods && !namespaces) out.push(required(field, 'must specify a peer'))
  else if (block && (pods || namespaces)) out.push(forbidden(field, 'may not specify both ipBlock and another peer'))
  return out
}

/** Checks a range and the parts of it that are not meant; those of a range that is none are not looked at. */
function validateBlock(range: string, except: readonly string[], field: string): Findings {
  const out = validateCidr(range, `${field}.cidr`)
  if (out.length > 0) return out
  return except.flatMap((each, index) => {
    const at = `${field}.except[${index}]`
    const broken = validateCidr(each, at)
    if (broken.length > 0 || isStrictSubset(each, range) === true) return broken
    return [invalid(at, each, 'must be a strict subset of `cidr`')]
  })
}
