import { type JsonObject, type KubeObject, listAt, objectAt, stringAt } from '../../../api/index.ts'

/** Texts for `Warning` headers on writing an object: deprecated fields and mistakes that are allowed. */
export function warningsOf(kind: string, object: KubeObject, old: KubeObject | undefined): string[] {
  const template = podTemplateOf(kind, object)
  const before = old && podTemplateOf(kind, old)
  const out: string[] = []
  if (template) out.push(...podWarnings(template.spec, template.path, before?.spec))
  if (kind === 'Endpoints') out.push('v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice')
  if (kind === 'ComponentStatus') out.push('v1 ComponentStatus is deprecated in v1.19+')
  return out
}

interface Template {
  readonly spec: JsonObject
  readonly path: string
}

/** The pod spec that an object holds, and where. */
function podTemplateOf(kind: string, object: KubeObject): Template | undefined {
  const spec = objectAt(object, 'spec')
  const at = (holder: unknown, path: string): Template | undefined => {
    const found = objectAt(objectAt(holder, 'template'), 'spec')
    return found && { spec: found, path }
  }
  switch (kind) {
    case 'Pod':
      return spec && { spec, path: 'spec' }
    case 'PodTemplate':
      return at(object, 'template.spec')
    case 'CronJob':
      return at(objectAt(objectAt(spec, 'jobTemplate'), 'spec'), 'spec.jobTemplate.spec.template.spec')
    case 'Deployment':
    case 'DaemonSet':
    case 'StatefulSet':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'Job':
      return at(spec, 'spec.template.spec')
    default:
      return undefined
  }
}

function podWarnings(spec: JsonObject, path: string, before: JsonObject | undefined): string[] {
  const out: string[] = []
  if (before) return out
  const containers = [
    ...listAt(spec, 'initContainers').map((each, i) => [each, `${path}.initContainers[${i}]`] as const),
    ...listAt(spec, 'containers').map((each, i) => [each, `${path}.containers[${i}]`] as const),
  ]
  for (const [container, at] of containers) {
    const seen = new Set<string>()
    listAt(container, 'env').forEach((variable, i) => {
      const name = stringAt(variable, 'name')
      if (seen.has(name)) {
        out.push(
          `${at}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
        )
      }
      seen.add(name)
    })
  }
  for (const [key, text] of Object.entries(DEPRECATED_VOLUMES)) {
    listAt(spec, 'volumes').forEach((volume, i) => {
      if (objectAt(volume, key)) out.push(`${path}.volumes[${i}].${key}: deprecated in ${text}`)
    })
  }
  return out
}

const DEPRECATED_VOLUMES: Readonly<Record<string, string>> = {
  gitRepo: 'v1.11, and disabled by default in v1.33+',
  photonPersistentDisk: 'v1.11, non-functional in v1.16+',
  scaleIO: 'v1.16, non-functional in v1.22+',
  storageOS: 'v1.22, non-functional in v1.25+',
  glusterfs: 'v1.25, non-functional in v1.26+',
  cephfs: 'v1.28, non-functional in v1.31+',
  rbd: 'v1.28, non-functional in v1.31+',
}
