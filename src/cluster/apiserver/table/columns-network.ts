import type { KubeObject } from '../../../api/index.ts'
import type { TableDefinition } from '../registry/resource.ts'
import { columns } from './column.ts'
import { ageOf, at, labelsText, listAt, nameOf, numberAt, orElse, selectorText, textAt } from './read.ts'

/** Most addresses, hosts or ports that one cell names. */
const CELL_LIMIT = 3

/** The first few items, and how many more there are. */
function firstFew(items: readonly string[], empty: string): string {
  const shown = items.slice(0, CELL_LIMIT).join(',')
  return items.length > CELL_LIMIT ? `${shown} + ${items.length - CELL_LIMIT} more...` : orElse(shown, empty)
}

/** Addresses that a load balancer gave, sorted and without repetition. */
function loadBalancerText(object: KubeObject): string {
  const addresses = listAt(object, 'status', 'loadBalancer', 'ingress').map(
    (i) => textAt(i, 'ip') || textAt(i, 'hostname'),
  )
  return [...new Set(addresses.filter((a) => a !== ''))].sort().join(',')
}

function externalAddress(service: KubeObject): string {
  const external = listAt(service, 'spec', 'externalIPs').map(String)
  switch (textAt(service, 'spec', 'type')) {
    case 'ClusterIP':
    case 'NodePort':
      return orElse(external.join(','), '<none>')
    case 'LoadBalancer': {
      const balancer = loadBalancerText(service)
      if (external.length > 0) return [...(balancer === '' ? [] : balancer.split(',')), ...external].join(',')
      return orElse(balancer, '<pending>')
    }
    case 'ExternalName':
      return textAt(service, 'spec', 'externalName')
    default:
      return '<unknown>'
  }
}

function servicePorts(service: KubeObject): string {
  const ports = listAt(service, 'spec', 'ports').map((port) => {
    const nodePort = numberAt(port, 'nodePort')
    return `${numberAt(port, 'port')}${nodePort > 0 ? `:${nodePort}` : ''}/${textAt(port, 'protocol')}`
  })
  return orElse(ports.join(','), '<none>')
}

function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function endpointsText(endpoints: KubeObject): string {
  const all = listAt(endpoints, 'subsets').flatMap((subset) => {
    const addresses = listAt(subset, 'addresses').map((a) => textAt(a, 'ip'))
    const ports = listAt(subset, 'ports').map((p) => numberAt(p, 'port'))
    if (ports.length === 0) return addresses
    return ports.flatMap((port) => addresses.map((ip) => joinHostPort(ip, port)))
  })
  return listAt(endpoints, 'subsets').length === 0 ? '<none>' : firstFew(all, '')
}

const sliceAddresses = (slice: KubeObject): readonly string[] =>
  listAt(slice, 'endpoints').flatMap((endpoint) => listAt(endpoint, 'addresses').map(String))

function ingressHosts(ingress: KubeObject): string {
  const rules = listAt(ingress, 'spec', 'rules')
  const hosts: string[] = []
  let more = false
  for (const rule of rules) {
    if (hosts.length === CELL_LIMIT) more = true
    const host = textAt(rule, 'host')
    if (!more && host !== '') hosts.push(host)
  }
  if (hosts.length === 0) return '*'
  return more ? `${hosts.join(',')} + ${rules.length - CELL_LIMIT} more...` : hosts.join(',')
}

function classParameters(ingressClass: KubeObject): string {
  const parameters = at(ingressClass, 'spec', 'parameters')
  if (typeof parameters !== 'object' || parameters === null) return '<none>'
  const group = at(parameters, 'apiGroup')
  return `${textAt(parameters, 'kind')}${typeof group === 'string' ? `.${group}` : ''}/${textAt(parameters, 'name')}`
}

/** Tables of Services and what leads to them, by kind. */
export const networkTables: Readonly<Record<string, TableDefinition>> = {
  Service: {
    columns: columns('Name!', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector*'),
    row: (object, nowMs) => [
      nameOf(object),
      textAt(object, 'spec', 'type'),
      orElse(textAt(object, 'spec', 'clusterIPs', 0) || textAt(object, 'spec', 'clusterIP'), '<none>'),
      externalAddress(object),
      servicePorts(object),
      ageOf(object, nowMs),
      labelsText(at(object, 'spec', 'selector')),
    ],
  },
  Endpoints: {
    columns: columns('Name!', 'Endpoints', 'Age'),
    row: (object, nowMs) => [nameOf(object), endpointsText(object), ageOf(object, nowMs)],
  },
  EndpointSlice: {
    columns: columns('Name!', 'AddressType', 'Ports', 'Endpoints', 'Age'),
    row: (object, nowMs) => [
      nameOf(object),
      textAt(object, 'addressType'),
      firstFew(
        listAt(object, 'ports').map((p) => String(at(p, 'port') ?? at(p, 'name') ?? '*')),
        '<unset>',
      ),
      firstFew(sliceAddresses(object), '<unset>'),
      ageOf(object, nowMs),
    ],
  },
  Ingress: {
    columns: columns('Name!', 'Class', 'Hosts', 'Address', 'Ports', 'Age'),
    row: (object, nowMs) => [
      nameOf(object),
      orElse(textAt(object, 'spec', 'ingressClassName'), '<none>'),
      ingressHosts(object),
      loadBalancerText(object),
      listAt(object, 'spec', 'tls').length > 0 ? '80, 443' : '80',
      ageOf(object, nowMs),
    ],
  },
  IngressClass: {
    columns: columns('Name!', 'Controller', 'Parameters', 'Age'),
    row: (object, nowMs) => [
      object.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true'
        ? `${nameOf(object)} (default)`
        : nameOf(object),
      textAt(object, 'spec', 'controller'),
      classParameters(object),
      ageOf(object, nowMs),
    ],
  },
  NetworkPolicy: {
    columns: columns('Name!', 'Pod-Selector', 'Age'),
    row: (object, nowMs) => [nameOf(object), selectorText(at(object, 'spec', 'podSelector')), ageOf(object, nowMs)],
  },
  IPAddress: {
    // Kubernetes' rows have an age that its columns do not name.
    columns: columns('Name!', 'ParentRef'),
    row: (object, nowMs) => {
      const parent = at(object, 'spec', 'parentRef')
      const group = textAt(parent, 'group')
      const place = [textAt(parent, 'namespace'), textAt(parent, 'name')].filter((part) => part !== '').join('/')
      return [
        nameOf(object),
        `${textAt(parent, 'resource')}${group === '' ? '' : `.${group}`}/${place}`,
        ageOf(object, nowMs),
      ]
    },
  },
  ServiceCIDR: {
    columns: columns('Name!', 'CIDRs', 'Age'),
    row: (object, nowMs) => [nameOf(object), listAt(object, 'spec', 'cidrs').join(','), ageOf(object, nowMs)],
  },
}
