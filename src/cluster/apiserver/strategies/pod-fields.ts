import { type JsonObject, type KubeObject, listAt, objectAt, valueAt } from '../../../api/index.ts'

/** The pod spec within an object of a kind, if it has one. */
export function podSpecOf(kind: string, object: KubeObject): JsonObject | undefined {
  const spec = objectAt(object, 'spec')
  switch (kind) {
    case 'Pod':
      return spec
    case 'PodTemplate':
      return objectAt(objectAt(object, 'template'), 'spec')
    case 'CronJob':
      return objectAt(objectAt(objectAt(objectAt(spec, 'jobTemplate'), 'spec'), 'template'), 'spec')
    case 'DaemonSet':
    case 'Deployment':
    case 'Job':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'StatefulSet':
      return objectAt(objectAt(spec, 'template'), 'spec')
    default:
      return undefined
  }
}

/**
 * Clears fields of a pod spec whose features are off by default in Kubernetes 1.36 (stop signals, trust bundles and
 * certificates in volumes, scheduling groups), unless the object had them before.
 */
export function dropDisabledPodFields(spec: JsonObject | undefined, before: JsonObject | undefined): void {
  if (!spec) return
  if (!containersOf(before).some((each) => valueAt(objectAt(each, 'lifecycle'), 'stopSignal') !== undefined)) {
    for (const container of containersOf(spec)) dropStopSignal(container)
  }
  for (const key of ['clusterTrustBundle', 'podCertificate']) {
    if (sourcesOf(before).some((source) => objectAt(source, key))) continue
    for (const source of sourcesOf(spec)) delete source[key]
  }
  if (before?.schedulingGroup === undefined) delete spec.schedulingGroup
}

function containersOf(spec: JsonObject | undefined): JsonObject[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) => listAt(spec, key))
}

function sourcesOf(spec: JsonObject | undefined): JsonObject[] {
  return listAt(spec, 'volumes').flatMap((volume) => listAt(objectAt(volume, 'projected'), 'sources'))
}

function dropStopSignal(container: JsonObject): void {
  const lifecycle = objectAt(container, 'lifecycle')
  if (lifecycle?.stopSignal === undefined) return
  delete lifecycle.stopSignal
  if (Object.keys(lifecycle).length === 0) delete container.lifecycle
}
