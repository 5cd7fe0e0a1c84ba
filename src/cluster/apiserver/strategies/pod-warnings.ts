import {
  type JsonObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  parseQuantity,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import { ipWarnings } from './address-warnings.ts'
import { deprecatedLabel, nodeTermWarnings } from './node-label-warnings.ts'
import { overlapWarnings } from './volume-warnings.ts'

/** Warnings about the spec of a pod at `path`. As Kubernetes' api/pod warnings. */
export function podWarnings(spec: JsonObject, path: string): string[] {
  return [
    ...labelWarnings(spec, path),
    ...spreadWarnings(spec, path),
    ...volumeWarnings(spec, path),
    ...overlapWarnings(spec),
    ...repeatWarnings(listAt(spec, 'hostAliases'), 'ip', `${path}.hostAliases`),
    ...secretWarnings(spec, path),
    ...fractionWarnings(mapAt(spec, 'overhead'), `${path}.overhead`),
    ...containerWarnings(spec, path),
    ...graceWarnings(spec, path),
    ...affinityWarnings(spec, path),
    ...addressWarnings(spec, path),
  ]
}

function labelWarnings(spec: JsonObject, path: string): string[] {
  const out: string[] = []
  for (const key of Object.keys(mapAt(spec, 'nodeSelector'))) {
    const text = deprecatedLabel(key)
    if (text !== undefined) out.push(`${path}.nodeSelector[${key}]: ${text}`)
  }
  const affinity = objectAt(objectAt(spec, 'affinity'), 'nodeAffinity')
  const at = `${path}.affinity.nodeAffinity`
  const hard = objectAt(affinity, 'requiredDuringSchedulingIgnoredDuringExecution')
  listAt(hard, 'nodeSelectorTerms').forEach((term, index) => {
    out.push(
      ...nodeTermWarnings(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${index}]`),
    )
  })
  listAt(affinity, 'preferredDuringSchedulingIgnoredDuringExecution').forEach((term, index) => {
    const place = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`
    out.push(...nodeTermWarnings(objectAt(term, 'preference') ?? {}, place, true))
  })
  return out
}

function spreadWarnings(spec: JsonObject, path: string): string[] {
  return listAt(spec, 'topologySpreadConstraints').flatMap((constraint, index) => {
    const at = `${path}.topologySpreadConstraints[${index}]`
    const out: string[] = []
    const text = deprecatedLabel(stringAt(constraint, 'topologyKey'))
    if (text !== undefined) out.push(`${at}.topologyKey: ${stringAt(constraint, 'topologyKey')} is ${text}`)
    if (!objectAt(constraint, 'labelSelector')) {
      out.push(`${at}.labelSelector: a null labelSelector results in matching no pod`)
    }
    return out
  })
}

const DEPRECATED_VOLUMES: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}

function volumeWarnings(spec: JsonObject, path: string): string[] {
  return listAt(spec, 'volumes').flatMap((volume, index) =>
    Object.entries(DEPRECATED_VOLUMES).flatMap(([key, text]) =>
      objectAt(volume, key) ? [`${path}.volumes[${index}].${key === 'storageos' ? 'storageOS' : key}: ${text}`] : [],
    ),
  )
}

function secretWarnings(spec: JsonObject, path: string): string[] {
  const secrets = listAt(spec, 'imagePullSecrets')
  const at = `${path}.imagePullSecrets`
  return [
    ...repeatWarnings(secrets, 'name', at),
    ...secrets.flatMap((secret, index) =>
      stringAt(secret, 'name') === '' ? [`${at}[${index}].name: invalid empty name ""`] : [],
    ),
  ]
}

/** Items of a list that have the same key. */
function repeatWarnings(items: readonly JsonObject[], key: string, path: string): string[] {
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    const value = stringAt(item, key)
    if (seen.has(value)) return [`${path}[${index}].${key}: duplicate ${key} ${JSON.stringify(value)}`]
    seen.add(value)
    return []
  })
}

function containerWarnings(spec: JsonObject, path: string): string[] {
  const all = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) =>
    listAt(spec, key).map((container, index) => [container, `${path}.${key}[${index}]`] as const),
  )
  const ports = all.flatMap(([container, at]) =>
    listAt(container, 'ports').map((port, index) => ({ port, path: `${at}.ports[${index}]` })),
  )
  return [
    ...all.flatMap(([container, at]) => [...resourceWarnings(container, at), ...envWarnings(container, at)]),
    ...portWarnings(ports),
    ...portNameWarnings(ports),
  ]
}

function resourceWarnings(container: JsonObject, path: string): string[] {
  const resources = objectAt(container, 'resources')
  return ['memory', 'ephemeral-storage'].flatMap((name) =>
    ['limits', 'requests'].flatMap((key) =>
      fractionWarnings(mapAt(resources, key), `${path}.resources.${key}`, [name]),
    ),
  )
}

/** Parts of bytes. */
function fractionWarnings(
  resources: Readonly<Record<string, string>>,
  path: string,
  names: readonly string[] = ['memory', 'ephemeral-storage'],
): string[] {
  return names.flatMap((name) => {
    const value = resources[name]
    if (value === undefined || parseQuantity(value).nano % 1_000_000_000n === 0n) return []
    return [`${path}[${name}]: fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`]
  })
}

function envWarnings(container: JsonObject, path: string): string[] {
  const seen = new Set<string>()
  return listAt(container, 'env').flatMap((variable, index) => {
    const name = stringAt(variable, 'name')
    const repeated = seen.has(name)
    seen.add(name)
    const reference = `$(${name})`
    const value = stringAt(variable, 'value')
    // A value that builds on the former one is fine.
    const extend = objectAt(variable, 'valueFrom') === undefined && value !== reference && value.includes(reference)
    if (!repeated || extend) return []
    const text = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`
    return [`${path}.env[${index}]: ${text}`]
  })
}

interface PortAt {
  readonly port: JsonObject
  readonly path: string
}

/** Ports of a pod that are in each other's way. */
function portWarnings(ports: readonly PortAt[]): string[] {
  const out: string[] = []
  ports.forEach(({ port, path }, index) => {
    const hostIp = stringAt(port, 'hostIP')
    const hostPort = numberAt(port, 'hostPort') ?? 0
    if (hostIp !== '' && hostPort === 0) out.push(`${path}: hostIP set without hostPort: ${printPort(port)}`)
    for (const other of ports.slice(0, index)) {
      const same =
        numberAt(other.port, 'containerPort') === numberAt(port, 'containerPort') &&
        stringAt(other.port, 'protocol') === stringAt(port, 'protocol')
      if (!same) continue
      const otherIp = stringAt(other.port, 'hostIP')
      const otherPort = numberAt(other.port, 'hostPort') ?? 0
      if (hostIp === otherIp && hostPort === otherPort)
        out.push(`${path}: duplicate port definition with ${other.path}`)
      else if (hostPort === 0 || otherPort === 0) out.push(`${path}: overlapping port definition with ${other.path}`)
      else if (hostPort === otherPort && (hostIp === '') !== (otherIp === '')) {
        out.push(`${path}: dangerously ambiguous port definition with ${other.path}`)
      }
    }
  })
  return out
}

/** A port as Go prints its struct. */
function printPort(port: JsonObject): string {
  const parts = [
    `Name:${stringAt(port, 'name')}`,
    `HostPort:${numberAt(port, 'hostPort') ?? 0}`,
    `ContainerPort:${numberAt(port, 'containerPort') ?? 0}`,
    `Protocol:${stringAt(port, 'protocol')}`,
    `HostIP:${stringAt(port, 'hostIP')}`,
  ]
  return `{${parts.join(' ')}}`
}

/** A pod has one namespace for names of ports. */
function portNameWarnings(ports: readonly PortAt[]): string[] {
  const first = new Map<string, string>()
  return ports.flatMap(({ port, path }) => {
    const name = stringAt(port, 'name')
    if (name === '') return []
    const other = first.get(name)
    if (other === undefined) {
      first.set(name, path)
      return []
    }
    const text = `duplicate port name ${JSON.stringify(name)} with ${other}`
    return [`${path}: ${text}, services and probes that select ports by name will use ${other}`]
  })
}

function graceWarnings(spec: JsonObject, path: string): string[] {
  const seconds = numberAt(spec, 'terminationGracePeriodSeconds')
  if (seconds === undefined || seconds >= 0) return []
  return [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
}

function addressWarnings(spec: JsonObject, path: string): string[] {
  return [
    ...stringsAt(objectAt(spec, 'dnsConfig'), 'nameservers').flatMap((address, index) =>
      ipWarnings(`${path}.dnsConfig.nameservers[${index}]`, address),
    ),
    ...listAt(spec, 'hostAliases').flatMap((alias, index) =>
      ipWarnings(`${path}.hostAliases[${index}].ip`, stringAt(alias, 'ip')),
    ),
  ]
}

function affinityWarnings(spec: JsonObject, path: string): string[] {
  const out: string[] = []
  for (const key of ['podAffinity', 'podAntiAffinity']) {
    const affinity = objectAt(objectAt(spec, 'affinity'), key)
    const at = `${path}.affinity.${key}`
    const text = 'a null labelSelector results in matching no pod'
    listAt(affinity, 'requiredDuringSchedulingIgnoredDuringExecution').forEach((term, index) => {
      if (!objectAt(term, 'labelSelector')) {
        out.push(`${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}].labelSelector: ${text}`)
      }
    })
    listAt(affinity, 'preferredDuringSchedulingIgnoredDuringExecution').forEach((term, index) => {
      if (!objectAt(objectAt(term, 'podAffinityTerm'), 'labelSelector')) {
        out.push(
          `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm.labelSelector: ${text}`,
        )
      }
    })
  }
  return out
}
