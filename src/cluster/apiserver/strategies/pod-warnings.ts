import { type JsonObject, listAt, mapAt, numberAt, objectAt, parseQuantity, stringAt } from '../../../api/index.ts'

/** Warnings about the spec of a pod at `path`. As Kubernetes' api/pod warnings. */
export function podWarnings(spec: JsonObject, path: string): string[] {
  return [
    ...labelWarnings(spec, path),
    ...spreadWarnings(spec, path),
    ...volumeWarnings(spec, path),
    ...secretWarnings(spec, path),
    ...containerWarnings(spec, path),
    ...graceWarnings(spec, path),
    ...affinityWarnings(spec, path),
  ]
}

const DEPRECATED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}

function labelWarnings(spec: JsonObject, path: string): string[] {
  return Object.keys(mapAt(spec, 'nodeSelector')).flatMap((key) => {
    const text = DEPRECATED_LABELS[key]
    return text === undefined ? [] : [`${path}.nodeSelector[${key}]: ${text}`]
  })
}

function spreadWarnings(spec: JsonObject, path: string): string[] {
  return listAt(spec, 'topologySpreadConstraints').flatMap((constraint, index) => {
    const at = `${path}.topologySpreadConstraints[${index}]`
    const out: string[] = []
    const text = DEPRECATED_LABELS[stringAt(constraint, 'topologyKey')]
    if (text !== undefined) out.push(`${at}.topologyKey: ${stringAt(constraint, 'topologyKey')} is ${text}`)
    if (!objectAt(constraint, 'labelSelector')) {
      out.push(`${at}.labelSelector: a null labelSelector results in matching no pod`)
    }
    return out
  })
}

const DEPRECATED_VOLUMES: Readonly<Record<string, string>> = {
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}

function volumeWarnings(spec: JsonObject, path: string): string[] {
  return listAt(spec, 'volumes').flatMap((volume, index) =>
    Object.entries(DEPRECATED_VOLUMES).flatMap(([key, text]) =>
      objectAt(volume, key) ? [`${path}.volumes[${index}].${key}: ${text}`] : [],
    ),
  )
}

function secretWarnings(spec: JsonObject, path: string): string[] {
  return listAt(spec, 'imagePullSecrets').flatMap((secret, index) =>
    stringAt(secret, 'name') === '' ? [`${path}.imagePullSecrets[${index}]: invalid empty name ""`] : [],
  )
}

function containerWarnings(spec: JsonObject, path: string): string[] {
  const out: string[] = []
  const ports = new Map<string, string>()
  for (const key of ['initContainers', 'containers']) {
    listAt(spec, key).forEach((container, index) => {
      const at = `${path}.${key}[${index}]`
      out.push(...resourceWarnings(container, at), ...envWarnings(container, at))
      if (key === 'containers') out.push(...portWarnings(container, at, ports))
    })
  }
  return out
}

function resourceWarnings(container: JsonObject, path: string): string[] {
  const out: string[] = []
  for (const key of ['limits', 'requests']) {
    for (const name of ['memory', 'ephemeral-storage']) {
      const value = mapAt(objectAt(container, 'resources'), key)[name]
      if (value !== undefined && parseQuantity(value).nano % 1_000_000_000n !== 0n) {
        const text = `fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`
        out.push(`${path}.resources.${key}[${name}]: ${text}`)
      }
    }
  }
  return out
}

function envWarnings(container: JsonObject, path: string): string[] {
  const seen = new Set<string>()
  return listAt(container, 'env').flatMap((variable, index) => {
    const name = stringAt(variable, 'name')
    const repeated = seen.has(name)
    seen.add(name)
    if (!repeated) return []
    return [
      `${path}.env[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
    ]
  })
}

/** Ports that are defined twice; a pod has one namespace for names of ports. */
function portWarnings(container: JsonObject, path: string, names: Map<string, string>): string[] {
  const out: string[] = []
  const own = new Map<string, string>()
  listAt(container, 'ports').forEach((port, index) => {
    const at = `${path}.ports[${index}]`
    const key = `${numberAt(port, 'containerPort')}/${stringAt(port, 'protocol')}/${numberAt(port, 'hostPort') ?? 0}/${stringAt(port, 'hostIP')}`
    const twin = own.get(key)
    if (twin !== undefined) out.push(`${at}: duplicate port definition with ${twin}`)
    else own.set(key, at)
    const name = stringAt(port, 'name')
    if (name === '') return
    const first = names.get(name)
    if (first === undefined) names.set(name, at)
    else {
      const text = `duplicate port name ${JSON.stringify(name)} with ${first}`
      out.push(`${at}: ${text}, services and probes that select ports by name will use ${first}`)
    }
  })
  return out
}

function graceWarnings(spec: JsonObject, path: string): string[] {
  const seconds = numberAt(spec, 'terminationGracePeriodSeconds')
  if (seconds === undefined || seconds >= 0) return []
  return [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
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
