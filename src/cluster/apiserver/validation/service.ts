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
import { duplicate, type Findings, forbidden, invalid, invalidEach, notSupported, required } from './findings.ts'
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
    out.push(...validateIp(address, `spec.externalIPs[${index}]`))
  })
  if (type === '') out.push(required('spec.type'))
  else if (!TYPES.includes(type)) out.push(notSupported('spec.type', type, TYPES))
  out.push(...validatePortUse(ports, type))
  out.push(...validateSourceRanges(spec, type))
  return [...out, ...validateTraffic(spec, type)]
}

function validateByType(spec: JsonObject, type: string): Findings {
  const out: Findings = []
  switch (type) {
    case 'LoadBalancer':
      listAt(spec, 'ports').forEach((port, index) => {
        if (numberAt(port, 'port') === 10250) {
          const text = 'may not expose port 10250 externally since it is used by kubelet'
          out.push(invalid(`spec.ports[${index}]`, 10250, text))
        }
      })
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
const FAMILY_POLICIES = ['SingleStack', 'PreferDualStack', 'RequireDualStack']

function validateClusterAddresses(spec: JsonObject): Findings {
  const out: Findings = []
  const addresses = stringsAt(spec, 'clusterIPs')
  const families = stringsAt(spec, 'ipFamilies')
  families.forEach((family, index) => {
    if (!FAMILIES.includes(family)) out.push(notSupported(`spec.ipFamilies[${index}]`, family, FAMILIES))
    if (families.indexOf(family) < index) out.push(duplicate(`spec.ipFamilies[${index}]`, family))
  })
  const policy = valueAt(spec, 'ipFamilyPolicy')
  if (policy !== undefined && !FAMILY_POLICIES.includes(String(policy))) {
    out.push(invalid('spec.ipFamilyPolicy', policy, 'must be one of SingleStack, PreferDualStack, or RequireDualStack'))
  }
  if (addresses.length === 0) return out
  const single = stringAt(spec, 'clusterIP')
  if (single !== '' && single !== addresses[0]) {
    out.push(invalid('spec.clusterIPs', addresses, 'first value must match `clusterIP`'))
  }
  if (addresses.length > 1 && addresses.includes('None')) {
    out.push(invalid('spec.clusterIPs', addresses, "'None' must be the first and only value"))
  }
  addresses.forEach((address, index) => {
    if (address === 'None' || address === '') return
    const at = `spec.clusterIPs[${index}]`
    const problems = validateIp(address, at)
    out.push(...problems)
    const family = families[index]
    if (problems.length === 0 && family && (isIP(address) === 6) !== (family === 'IPv6')) {
      out.push(invalid(at, address, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``))
    }
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

function validateSourceRanges(spec: JsonObject, type: string): Findings {
  const ranges = stringsAt(spec, 'loadBalancerSourceRanges')
  const field = 'spec.LoadBalancerSourceRanges'
  const out: Findings = []
  if (ranges.length > 0) {
    if (type !== 'LoadBalancer') out.push(forbidden(field, "may only be used when `type` is 'LoadBalancer'"))
    ranges.forEach((range, index) => {
      out.push(...validateCidr(range.trim(), `${field}[${index}]`))
    })
  }
  if (type !== 'LoadBalancer') {
    for (const key of ['allocateLoadBalancerNodePorts', 'loadBalancerClass']) {
      if (valueAt(spec, key) !== undefined)
        out.push(forbidden(`spec.${key}`, "may only be used when `type` is 'LoadBalancer'"))
    }
  }
  return out
}

const TRAFFIC = ['Cluster', 'Local']

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
  if (health !== 0 && !(type === 'LoadBalancer' && external === 'Local')) {
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

const DISTRIBUTIONS = ['PreferClose', 'PreferSameNode', 'PreferSameZone']

/** Cluster addresses do not change once they are set. */
export function validateServiceUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const before = specOf(old)
  if (stringAt(spec, 'type') === 'ExternalName' || stringAt(before, 'type') === 'ExternalName') return []
  const now = stringsAt(spec, 'clusterIPs')
  const then = stringsAt(before, 'clusterIPs')
  const out: Findings = []
  if (now.length > 0 && then.length > 0 && now[0] !== then[0])
    out.push(invalid('spec.clusterIPs[0]', now, 'may not change once set'))
  if (now.length > 1 && then.length > 1 && now[1] !== then[1])
    out.push(invalid('spec.clusterIPs[1]', now, 'may not change once set'))
  const type = stringAt(spec, 'type')
  if (
    type === 'LoadBalancer' &&
    stringAt(before, 'type') === type &&
    !jsonEqual(spec.loadBalancerClass ?? null, before.loadBalancerClass ?? null)
  ) {
    out.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set'))
  }
  return out
}
