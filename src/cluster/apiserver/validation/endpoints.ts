import { isIP } from 'node:net'
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  labelValueProblems,
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
  IMMUTABLE,
  invalid,
  invalidEach,
  notSupported,
  required,
  tooMany,
} from './findings.ts'
import { validateStrictIp } from './ip.ts'

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

/** Checks Endpoints: addresses and ports. */
export function validateEndpoints(object: KubeObject): Findings {
  return listAt(object, 'subsets').flatMap((subset, index) => {
    const at = `subsets[${index}]`
    const out: Findings = []
    const none = ['addresses', 'notReadyAddresses'].every((key) => listAt(subset, key).length === 0)
    if (none) out.push(required(at, 'must specify `addresses` or `notReadyAddresses`'))
    for (const key of ['addresses', 'notReadyAddresses']) {
      listAt(subset, key).forEach((address, i) => {
        out.push(...validateAddress(address, `${at}.${key}[${i}]`))
      })
    }
    const ports = listAt(subset, 'ports')
    ports.forEach((port, i) => {
      out.push(...validatePort(port, `${at}.ports[${i}]`, ports.length > 1))
    })
    return out
  })
}

function validateAddress(address: JsonObject, field: string): Findings {
  const ip = stringAt(address, 'ip')
  const out = validateStrictIp(ip, `${field}.ip`)
  const host = stringAt(address, 'hostname')
  if (host !== '') out.push(...invalidEach(`${field}.hostname`, host, dnsLabelProblems(host)))
  return [...out, ...validateNodeName(address, field), ...validateEndpointIp(ip, `${field}.ip`)]
}

function validateNodeName(holder: JsonObject, field: string): Findings {
  const name = valueAt(holder, 'nodeName')
  return name === undefined ? [] : invalidEach(`${field}.nodeName`, name, dnsSubdomainProblems(String(name)))
}

function validatePort(port: JsonObject, field: string, named: boolean): Findings {
  const out: Findings = []
  const name = stringAt(port, 'name')
  if (name !== '') out.push(...invalidEach(`${field}.name`, name, dnsLabelProblems(name)))
  else if (named) out.push(required(`${field}.name`))
  const number = numberAt(port, 'port') ?? 0
  out.push(...invalidEach(`${field}.port`, number, portNumberProblems(number)))
  const protocol = stringAt(port, 'protocol')
  if (protocol === '') out.push(required(`${field}.protocol`))
  else if (!PROTOCOLS.includes(protocol)) out.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS))
  return [...out, ...validateAppProtocol(port, field)]
}

function validateAppProtocol(port: JsonObject, field: string): Findings {
  const name = valueAt(port, 'appProtocol')
  return name === undefined ? [] : invalidEach(`${field}.appProtocol`, name, qualifiedNameProblems(String(name)))
}

/** Addresses that mean something else than one machine. */
const SPECIAL: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/^(127\.|::1$)/, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^(169\.254\.|fe[89ab][0-9a-f]:)/i, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [/^(224\.0\.0\.|ff02:)/i, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
]

/** Checks that an address of an endpoint is one that others can reach. */
export function validateEndpointIp(address: string, field: string): Findings {
  if (isIP(address) === 0)
    return address === '' || /^[0-9.]+$/.test(address) ? notAnIp(address, field) : [mustBeIp(address, field)]
  const out: Findings = []
  if (address === '0.0.0.0' || address === '::')
    out.push(invalid(field, address, `may not be unspecified (${address})`))
  for (const [pattern, text] of SPECIAL) if (pattern.test(address)) out.push(invalid(field, address, text))
  return out
}

function mustBeIp(address: string, field: string): Findings[number] {
  return invalid(field, address, 'must be a valid IP address')
}

/** Leading zeros are borne. */
function notAnIp(address: string, field: string): Findings {
  return isIP(address.replace(/\b0+(?=\d)/g, '')) === 0 ? [mustBeIp(address, field)] : []
}

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6']

/** Checks an EndpointSlice. */
export function validateEndpointSlice(object: KubeObject): Findings {
  return [...validateTypeAndPorts(object), ...validateSliceEndpoints(object)]
}

function validateTypeAndPorts(object: KubeObject): Findings {
  const out: Findings = []
  const type = stringAt(object, 'addressType')
  if (type === '') out.push(required('addressType'))
  else if (!ADDRESS_TYPES.includes(type)) out.push(notSupported('addressType', type, ADDRESS_TYPES))
  const ports = listAt(object, 'ports')
  if (ports.length > 20000) return [...out, tooMany('ports', ports.length, 20000)]
  const names = new Set<string>()
  ports.forEach((port, index) => {
    const at = `ports[${index}]`
    const name = stringAt(port, 'name')
    if (name !== '') out.push(...invalidEach(`${at}.name`, name, dnsLabelProblems(name)))
    if (names.has(name)) out.push(duplicate(`${at}.name`, name))
    names.add(name)
    const protocol = valueAt(port, 'protocol')
    if (protocol === undefined) out.push(required(`${at}.protocol`))
    else if (!PROTOCOLS.includes(String(protocol))) out.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS))
    out.push(...validateAppProtocol(port, at))
  })
  return out
}

function validateSliceEndpoints(object: KubeObject): Findings {
  const endpoints = listAt(object, 'endpoints')
  if (endpoints.length > 1000) return [tooMany('endpoints', endpoints.length, 1000)]
  const type = stringAt(object, 'addressType')
  return endpoints.flatMap((endpoint, index) => {
    const at = `endpoints[${index}]`
    const addresses = stringsAt(endpoint, 'addresses')
    const out: Findings = []
    if (addresses.length === 0) out.push(required(`${at}.addresses`, 'must contain at least 1 address'))
    else if (addresses.length > 100) out.push(tooMany(`${at}.addresses`, addresses.length, 100))
    addresses.forEach((address, i) => {
      out.push(...validateSliceAddress(address, type, `${at}.addresses`, i))
    })
    out.push(...validateNodeName(endpoint, at))
    const host = valueAt(endpoint, 'hostname')
    if (host !== undefined) out.push(...invalidEach(`${at}.hostname`, host, dnsLabelProblems(String(host))))
    const hints = objectAt(endpoint, 'hints')
    return hints ? [...out, ...validateHints(hints, `${at}.hints`)] : out
  })
}

function validateSliceAddress(address: string, type: string, field: string, index: number): Findings {
  const at = `${field}[${index}]`
  if (type === 'FQDN') return validateDomain(address, at)
  if (type !== 'IPv4' && type !== 'IPv6') return []
  const out = validateStrictIp(address, at)
  if (out.length > 0) return out
  const isVersion6 = isIP(address) === 6
  if (isVersion6 !== (type === 'IPv6')) out.push(invalid(field, address, `must be an ${type} address`))
  return [...out, ...validateEndpointIp(address, at)]
}

function validateDomain(name: string, field: string): Findings {
  if (name === '') return [required(field)]
  const plain = name.replace(/\.$/, '')
  const problems = dnsSubdomainProblems(plain)
  if (problems.length > 0) return [invalid(field, plain, problems.join(','))]
  if (plain.split('.').length < 2) {
    return [invalid(field, plain, 'should be a domain with at least two segments separated by dots')]
  }
  return plain.split('.').flatMap((label) => invalidEach(field, label, dnsLabelProblems(label)))
}

function validateHints(hints: JsonObject, field: string): Findings {
  const out: Findings = []
  for (const [key, rule] of [
    ['forZones', labelValueProblems],
    ['forNodes', dnsSubdomainProblems],
  ] as const) {
    const list = listAt(hints, key)
    if (list.length > 8) return [...out, tooMany(`${field}.${key}`, list.length, 8)]
    const names = new Set<string>()
    list.forEach((each, index) => {
      const at = `${field}.${key}[${index}].name`
      const name = stringAt(each, 'name')
      if (names.has(name)) out.push(duplicate(at, name))
      names.add(name)
      out.push(...invalidEach(at, name, rule(name)))
    })
  }
  return out
}

/** Checks a changed EndpointSlice: its address family stays, and endpoints that stay are not looked at again. */
export function validateEndpointSliceUpdate(object: KubeObject, old: KubeObject): Findings {
  const same = jsonEqual(object.endpoints ?? null, old.endpoints ?? null)
  const out = [...validateTypeAndPorts(object), ...(same ? [] : validateSliceEndpoints(object))]
  return object.addressType === old.addressType ? out : [...out, invalid('addressType', object.addressType, IMMUTABLE)]
}
