import type { Container, DownwardFile, Node, Pod, ResourceFieldRef } from '../control/index.ts'
import { allContainers, quantityValue } from '../control/index.ts'

/** What the downward API gives for a field of a pod; empty for one that is not set. */
export function fieldValue(pod: Pod, path: string): string {
  const { metadata, spec, status } = pod
  const subscript = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(path)
  if (subscript !== null) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] ?? ''] ?? ''
  switch (path) {
    case 'metadata.name':
      return metadata.name
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid
    case 'metadata.labels':
      return pairs(metadata.labels)
    case 'metadata.annotations':
      return pairs(metadata.annotations)
    case 'spec.nodeName':
      return spec.nodeName ?? ''
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? ''
    case 'status.hostIP':
      return status?.hostIP ?? ''
    case 'status.hostIPs':
      return (status?.hostIPs ?? []).map(({ ip }) => ip).join(',')
    case 'status.podIP':
      return status?.podIP ?? ''
    case 'status.podIPs':
      return (status?.podIPs ?? []).map(({ ip }) => ip).join(',')
    default:
      return ''
  }
}

/** Labels or annotations as a file of the downward API lists them: sorted, values quoted as Go quotes strings. */
function pairs(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')
}

/**
 * What the downward API gives for a resource of a container, in units of the divisor, rounded up. A limit that is not set is
 * what the node can give.
 */
export function resourceValue(pod: Pod, own: Container, ref: ResourceFieldRef, node: Node | undefined): string {
  const container =
    ref.containerName === undefined || ref.containerName === ''
      ? own
      : (allContainers(pod.spec).find(({ name }) => name === ref.containerName) ?? own)
  const [kind, resource = ''] = ref.resource.split(/\.(.*)/s)
  const { limits, requests } = container.resources ?? {}
  const given = kind === 'limits' ? (limits?.[resource] ?? node?.status?.allocatable?.[resource]) : requests?.[resource]
  const divisor = quantityValue(ref.divisor) || 1
  // Sums of floating-point parts must not push a whole number over its edge.
  return String(Math.ceil(Math.round((quantityValue(given) / divisor) * 1e6) / 1e6))
}

/** The files of a downward API volume. */
export function downwardFiles(
  pod: Pod,
  items: readonly DownwardFile[] | undefined,
  node: Node | undefined,
): Map<string, string> {
  const files = new Map<string, string>()
  const [first = { name: '' }] = pod.spec.containers
  for (const { path, fieldRef, resourceFieldRef } of items ?? []) {
    if (fieldRef !== undefined) files.set(path, fieldValue(pod, fieldRef.fieldPath))
    else if (resourceFieldRef !== undefined) files.set(path, resourceValue(pod, first, resourceFieldRef, node))
  }
  return files
}
