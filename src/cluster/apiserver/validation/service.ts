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
  portNumberProblems,
  qualifiedNameProblems,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import {
  duplicate,
  type Findings,
  forbidden,
  IMMUTABLE,
  invalid,
  invalidEach,
  notSupported,
  required,
} from './findings.ts'
import { validateEndpointIp } from './endpoints.ts'
import { validateCidr, validateIp } from './ip.ts'
import { validateLabels } from './metadata.ts'
import { validatePort } from './probe.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const MAX_AFFINITY_SECONDS = 86400

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject
const isHeadless = (spec: JsonObject): boolean => stringsAt(spec, 'clusterIPs')[0] === 'None'

/** Checks a Service. */
export function validateService(object: KubeObject): Findings {
  const spec = specOf(object)
  const type = stringAt(spec, 'type')
  const ports = listAt(spec, 'ports')
  const out: Findings = []
  if (ports.length === 0 && !isHeadless(spec) && type !== 'ExternalName') out.push(required('spec.ports'))
  out.push(...validateByType(spec, type))
  const names = new Set<string>()
  ports.forEach((port, index) => {
    out.push(...validateServicePort(port, `spec.ports[${index}]`, ports.length > 1, names))
  })
  out.push(...validateLabels(objectAt(spec, 'selector') as Record<string, string> | undefined, 'spec.selector'))
  out.push(...validateAffinity(spec))
  if (type !== 'ExternalName') out.push(...validateClusterAddresses(spec))
  stringsAt(spec, 'externalIPs').forEach((address, index) => {
    const at = `spec.externalIPs[${index}]`
    const problems = validateIp(address, at)
    out.push(...(problems.length > 0 ? problems : validateEndpointIp(address, at)))
  })
  if (type === '') out.push(required('spec.type'))
  else if (!TYPES.includes(type)) out.push(notSupported('spec.type', type, TYPES))
  out.push(...validatePortUse(ports, type))
  out.push(...validateSourceRanges(object, spec, type), ...validateBalancer(spec, type))
  return [...out, ...validateTraffic(spec, type)]
}

function validateByType(spec: JsonObject, type: string): Findings {
  const out: Findings = []
  switch (type) {
    case 'LoadBalancer':
      if (isHeadless(spec))
        out.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"))
      return out
    case 'NodePort':
      if (isHeadless(spec))
        out.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services"))
      return out
    case 'ExternalName': {
      const text = 'may not be set for ExternalName services'
      for (const key of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
        const value = valueAt(spec, key)
        if (value !== undefined && !(Array.isArray(value) && value.length === 0))
          out.push(forbidden(`spec.${key}`, text))
      }
      const name = stringAt(spec, 'externalName').replace(/\.$/, '')
      if (name === '') out.push(required('spec.externalName'))
      else out.push(...invalidEach('spec.externalName', name, dnsSubdomainProblems(name)))
      return out
    }
    default:
      return out
  }
}

function validateServicePort(port: JsonObject, field: string, nameNeeded: boolean, names: Set<string>): Findings {
  const out: Findings = []
  const name = stringAt(port, 'name')
  if (name === '') {
    if (nameNeeded) out.push(required(`${field}.name`))
  } else {
    out.push(...invalidEach(`${field}.name`, name, dnsLabelProblems(name)))
    if (names.has(name)) out.push(duplicate(`${field}.name`, name))
    names.add(name)
  }
  const number = numberAt(port, 'port') ?? 0
  out.push(...invalidEach(`${field}.port`, number, portNumberProblems(number)))
  const protocol = stringAt(port, 'protocol')
  if (protocol === '') out.push(required(`${field}.protocol`))
  else if (!PROTOCOLS.includes(protocol)) out.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS))
  out.push(...validatePort(valueAt(port, 'targetPort'), `${field}.targetPort`))
  const application = valueAt(port, 'appProtocol')
  if (application !== undefined) {
    out.push(...invalidEach(`${field}.appProtocol`, application, qualifiedNameProblems(String(application))))
  }
  return out
}

function validateAffinity(spec: JsonObject): Findings {
  const affinity = stringAt(spec, 'sessionAffinity')
  const config = objectAt(spec, 'sessionAffinityConfig')
  if (affinity === '') return [required('spec.sessionAffinity')]
  if (affinity === 'ClientIP') {
    const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds'
    const seconds = numberAt(objectAt(config, 'clientIP'), 'timeoutSeconds')
    if (!config) return [required('spec.sessionAffinityConfig', 'when session affinity type is ClientIP')]
    if (seconds === undefined) return [required(field)]
    if (seconds > 0 && seconds <= MAX_AFFINITY_SECONDS) return []
    return [invalid(field, seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`)]
  }
  if (affinity === 'None') {
    return config ? [forbidden('spec.sessionAffinityConfig', 'must not be set when session affinity is None')] : []
  }
  return [notSupported('spec.sessionAffinity', affinity, ['ClientIP', 'None'])]
}

const FAMILIES = ['IPv4', 'IPv6']
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack']

/** Checks the cluster addresses and their families, which go together. */
export function validateClusterAddresses(spec: JsonObject): Findings {
  const out: Findings = []
  const field = 'spec.clusterIPs'
  const addresses = stringsAt(spec, 'clusterIPs')
  const families = stringsAt(spec, 'ipFamilies')
  const single = stringAt(spec, 'clusterIP')
  if (single !== '' && addresses.length === 0) out.push(required(field))
  else if (single !== '' && single !== addresses[0]) {
    out.push(invalid(field, addresses, 'first value must match `clusterIP`'))
  } else if (single === '' && addresses.length > 0) {
    out.push(invalid(field, addresses, 'must be empty when `clusterIP` is not specified'))
  }
  families.forEach((family, index) => {
    if (!FAMILIES.includes(family)) out.push(notSupported(`spec.ipFamilies[${index}]`, family, FAMILIES))
    if (families.indexOf(family) < index) out.push(duplicate(`spec.ipFamilies[${index}]`, family))
  })
  const policy = valueAt(spec, 'ipFamilyPolicy')
  if (policy !== undefined && !FAMILY_POLICIES.includes(String(policy))) {
    out.push(notSupported('spec.ipFamilyPolicy', policy, FAMILY_POLICIES))
  }
  const headless = addresses[0] === 'None'
  const problems = addresses.flatMap((address, index) =>
    index === 0 && headless ? [] : validateIp(address, `${field}[${index}]`),
  )
  if (headless && addresses.length > 1) {
    problems.unshift(invalid(field, addresses, "'None' must be the first and only value"))
  }
  out.push(...problems)
  if (addresses.length > 2) out.push(invalid(field, addresses, 'may only hold up to 2 values'))
  if (problems.length > 0) return out
  const isSix = (address: string): boolean => isIP(address) === 6
  if (addresses.length > 1 && new Set(addresses.map(isSix)).size !== 2) {
    out.push(invalid(field, addresses, 'may specify no more than one IP for each IP family'))
  }
  addresses.forEach((address, index) => {
    const family = families[index]
    if (headless || family === undefined || isSix(address) === (family === 'IPv6')) return
    if (!FAMILIES.includes(family)) return
    const text = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``
    out.push(invalid(`${field}[${index}]`, address, text))
  })
  return out
}

/** How a port prints in Go. */
function printPort(port: JsonObject): JsonObject {
  const protocol = stringAt(port, 'protocol')
  return {
    Name: '',
    Protocol: protocol,
    AppProtocol: null,
    Port: numberAt(port, 'port') ?? 0,
    TargetPort: 0,
    NodePort: 0,
  }
}

function validatePortUse(ports: readonly JsonObject[], type: string): Findings {
  const out: Findings = []
  const nodePorts = new Set<string>()
  const pairs = new Set<string>()
  ports.forEach((port, index) => {
    const node = numberAt(port, 'nodePort') ?? 0
    const at = `spec.ports[${index}].nodePort`
    if (node !== 0 && type === 'ClusterIP') out.push(forbidden(at, "may not be used when `type` is 'ClusterIP'"))
  })
  ports.forEach((port, index) => {
    const node = numberAt(port, 'nodePort') ?? 0
    if (node === 0) return
    const key = `${stringAt(port, 'protocol')}/${node}`
    if (nodePorts.has(key)) out.push(duplicate(`spec.ports[${index}].nodePort`, node))
    nodePorts.add(key)
  })
  ports.forEach((port, index) => {
    const key = `${stringAt(port, 'protocol')}/${numberAt(port, 'port') ?? 0}`
    if (pairs.has(key)) out.push(duplicate(`spec.ports[${index}]`, printPort(port)))
    pairs.add(key)
  })
  return out
}

const BALANCERS_ONLY = "may only be used when `type` is 'LoadBalancer'"
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'

/** The ranges that a load balancer lets in, from the field or from the annotation before it. */
function validateSourceRanges(object: KubeObject, spec: JsonObject, type: string): Findings {
  const ranges = stringsAt(spec, 'loadBalancerSourceRanges')
  const field = 'spec.LoadBalancerSourceRanges'
  if (ranges.length > 0) {
    const out: Findings = type === 'LoadBalancer' ? [] : [forbidden(field, BALANCERS_ONLY)]
    return [...out, ...ranges.flatMap((range, index) => validateCidr(range.trim(), `${field}[${index}]`))]
  }
  const text = object.metadata.annotations?.[SOURCE_RANGES]
  if (text === undefined) return []
  const at = `metadata.annotations[${SOURCE_RANGES}]`
  const out: Findings = type === 'LoadBalancer' ? [] : [forbidden(at, BALANCERS_ONLY)]
  if (text.trim() === '') return out
  return [...out, ...text.split(',').flatMap((range) => validateCidr(range.trim(), at))]
}

/** What only load balancers have. */
function validateBalancer(spec: JsonObject, type: string): Findings {
  const allocates = valueAt(spec, 'allocateLoadBalancerNodePorts') !== undefined
  const balanced = type === 'LoadBalancer'
  const out: Findings = []
  if (balanced && !allocates) out.push(required('allocateLoadBalancerNodePorts'))
  if (!balanced && allocates) out.push(forbidden('spec.allocateLoadBalancerNodePorts', BALANCERS_ONLY))
  return [...out, ...validateClass(spec, type)]
}

function validateClass(spec: JsonObject, type: string): Findings {
  const className = valueAt(spec, 'loadBalancerClass')
  if (className === undefined) return []
  if (type !== 'LoadBalancer') return [forbidden('spec.loadBalancerClass', BALANCERS_ONLY)]
  return invalidEach('spec.loadBalancerClass', className, qualifiedNameProblems(String(className)))
}

const TRAFFIC = ['Cluster', 'Local']
const needsHealthPort = (spec: JsonObject): boolean =>
  stringAt(spec, 'type') === 'LoadBalancer' && stringAt(spec, 'externalTrafficPolicy') === 'Local'

function validateTraffic(spec: JsonObject, type: string): Findings {
  const out: Findings = []
  const external = stringAt(spec, 'externalTrafficPolicy')
  const outside =
    type === 'LoadBalancer' ||
    type === 'NodePort' ||
    (type === 'ClusterIP' && stringsAt(spec, 'externalIPs').length > 0)
  if (!outside) {
    if (external !== '')
      out.push(invalid('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'))
  } else if (external === '') out.push(required('spec.externalTrafficPolicy'))
  else if (!TRAFFIC.includes(external)) out.push(notSupported('spec.externalTrafficPolicy', external, TRAFFIC))
  const health = numberAt(spec, 'healthCheckNodePort') ?? 0
  if (needsHealthPort(spec)) {
    if (health === 0) out.push(required('spec.healthCheckNodePort'))
    else out.push(...invalidEach('spec.healthCheckNodePort', health, portNumberProblems(health)))
  } else if (health !== 0) {
    const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    out.push(invalid('spec.healthCheckNodePort', health, text))
  }
  const internal = valueAt(spec, 'internalTrafficPolicy')
  if (internal === undefined) {
    if (type === 'NodePort' || type === 'LoadBalancer' || type === 'ClusterIP')
      out.push(required('spec.internalTrafficPolicy'))
  } else if (!TRAFFIC.includes(String(internal)))
    out.push(notSupported('spec.internalTrafficPolicy', internal, TRAFFIC))
  const distribution = valueAt(spec, 'trafficDistribution')
  if (distribution !== undefined && !DISTRIBUTIONS.includes(String(distribution))) {
    out.push(notSupported('spec.trafficDistribution', distribution, DISTRIBUTIONS))
  }
  return out
}

const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode']

/** The first cluster address and family do not change once they are set; a second one is given up by the policy. */
export function validateServiceUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const before = specOf(old)
  const type = stringAt(spec, 'type')
  const out: Findings = []
  if (type !== 'ExternalName' && stringAt(before, 'type') !== 'ExternalName') {
    if (!isHeadless(spec) || !isHeadless(before)) {
      out.push(...validateListChange(spec, before, 'clusterIPs', 'clusterIP'))
    }
    if (!isHeadless(spec) && !isHeadless(before)) {
      out.push(...validateListChange(spec, before, 'ipFamilies', 'ipFamily'))
    }
  }
  const className = valueAt(spec, 'loadBalancerClass')
  if (
    type === 'LoadBalancer' &&
    stringAt(before, 'type') === type &&
    !jsonEqual(className ?? null, valueAt(before, 'loadBalancerClass') ?? null)
  ) {
    out.push(invalid('spec.loadBalancerClass', className, 'may not change once set'))
  }
  out.push(...validateClass(spec, type))
  if (needsHealthPort(spec) && needsHealthPort(before) && spec.healthCheckNodePort !== before.healthCheckNodePort) {
    out.push(forbidden('spec.healthCheckNodePort', IMMUTABLE))
  }
  return out
}

function validateListChange(spec: JsonObject, before: JsonObject, key: string, word: string): Findings {
  const now = stringsAt(spec, key)
  const then = stringsAt(before, key)
  const isAddress = key === 'clusterIPs'
  const changed = (index: number, value: unknown): Findings => [
    invalid(`spec.${key}[${index}]`, value, 'may not change once set'),
  ]
  if (then.length === now.length) {
    return then.flatMap((value, index) => (value === now[index] ? [] : changed(isAddress ? index : 0, now)))
  }
  const out: Findings = []
  if (then.length > now.length && stringsAt(spec, 'clusterIPs').length === 0) {
    out.push(invalid(`spec.${key}[0]`, now, `primary ${word} can not be unset`))
  }
  if (then.length > 0 && now.length > 0 && now[0] !== then[0]) out.push(...changed(0, stringsAt(spec, 'clusterIPs')))
  if (then.length > now.length && now.length === 1 && valueAt(spec, 'ipFamilyPolicy') !== 'SingleStack') {
    const text = `must be set to 'SingleStack' when releasing the secondary ${word}`
    out.push(invalid('spec.ipFamilyPolicy', valueAt(spec, 'ipFamilyPolicy'), text))
  }
  return out
}
