import { isIP } from 'node:net'
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  type JsonObject,
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
import { type Findings, forbidden, IMMUTABLE, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateCidr } from './ip.ts'
import { validatePort } from './probe.ts'
import { validateLabelSelector } from './selector.ts'

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject

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
    const out: Findings = []
    if (valueAt(resource, 'apiGroup') === undefined) out.push(required(`${field}.resource.apiGroup`))
    for (const key of ['kind', 'name']) {
      const value = stringAt(resource, key)
      if (value === '') out.push(required(`${field}.resource.${key}`))
      else out.push(...invalidEach(`${field}.resource.${key}`, value, pathSegmentProblems(value)))
    }
    return out
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
  const out: Findings = []
  if (controller === '') out.push(required('spec.controller'))
  else if (controller.length > 250)
    out.push({ type: 'TooLong', field: 'spec.controller', detail: 'may not be more than 250 bytes' })
  else if (!controller.includes('/')) {
    out.push(invalid('spec.controller', controller, 'must be a domain-prefixed path (such as "acme.io/foo")'))
  }
  const parameters = objectAt(spec, 'parameters')
  if (!parameters) return out
  for (const key of ['kind', 'name']) if (stringAt(parameters, key) === '') out.push(required(`spec.parameters.${key}`))
  const scope = stringAt(parameters, 'scope')
  const namespace = stringAt(parameters, 'namespace')
  if (scope === 'Namespace' && namespace === '') {
    out.push(required('spec.parameters.namespace', "`parameters.scope` is set to 'Namespace'"))
  }
  if (scope === 'Cluster' && namespace !== '') {
    out.push(forbidden('spec.parameters.namespace', "`parameters.scope` is set to 'Cluster'"))
  }
  if (scope !== 'Cluster' && scope !== 'Namespace')
    out.push(notSupported('spec.parameters.scope', scope, ['Cluster', 'Namespace']))
  return out
}

/** The controller of a class never changes. */
export function validateIngressClassUpdate(object: KubeObject, old: KubeObject): Findings {
  const controller = stringAt(specOf(object), 'controller')
  return controller === stringAt(specOf(old), 'controller') ? [] : [invalid('spec.controller', controller, IMMUTABLE)]
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
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
    if (!DIRECTIONS.includes(type)) out.push(notSupported(`spec.policyTypes[${index}]`, type, ['Egress', 'Ingress']))
  })
  return out
}

function validatePolicyPort(port: JsonObject, field: string): Findings {
  const out: Findings = []
  const protocol = stringAt(port, 'protocol')
  if (protocol !== '' && !PROTOCOLS.includes(protocol)) out.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS))
  const value = valueAt(port, 'port')
  const end = numberAt(port, 'endPort')
  if (value === undefined) {
    if (end !== undefined) out.push(required(`${field}.port`, 'must be specified when `endPort` is specified'))
    return out
  }
  out.push(...validatePort(value, `${field}.port`))
  if (end === undefined) return out
  if (typeof value === 'string')
    out.push(invalid(`${field}.endPort`, end, 'may not be specified when `port` is non-numeric'))
  else if (end < Number(value)) out.push(invalid(`${field}.endPort`, end, 'must be greater than or equal to `port`'))
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
    else out.push(...validateCidr(range, `${field}.ipBlock.cidr`))
    stringsAt(block, 'except').forEach((each, index) => {
      out.push(...validateCidr(each, `${field}.ipBlock.except[${index}]`))
    })
  }
  if (!block && !pods && !namespaces) out.push(required(field, 'must specify a peer'))
  else if (block && (pods || namespaces)) out.push(forbidden(field, 'may not specify both ipBlock and another peer'))
  return out
}
