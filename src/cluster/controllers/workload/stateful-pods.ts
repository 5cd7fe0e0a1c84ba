import type { KubeObject } from '../../../api/index.ts'
import type { PersistentVolumeClaim, Pod, PodTemplate, StatefulSet } from '../../control/index.ts'
import { controllerReference, STATEFUL_SETS } from '../../control/index.ts'

/** Label with a pod's revision. */
export const revisionLabel = 'controller-revision-hash'

/** The ordinal at the end of a pod's name; -1 when it is not one of the set's names. */
export function ordinalOf(set: StatefulSet, pod: Pod): number {
  const prefix = `${set.metadata.name}-`
  const tail = pod.metadata.name.startsWith(prefix) ? pod.metadata.name.slice(prefix.length) : ''
  return /^[0-9]+$/.test(tail) ? Number(tail) : -1
}

/** First ordinal, number of replicas, and the partition of a rolling update as an ordinal. */
export function ordinals(set: StatefulSet): { start: number; count: number; partition: number } {
  const start = set.spec.ordinals?.start ?? 0
  const rolling = (set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
  return {
    start,
    count: set.spec.replicas ?? 1,
    partition: rolling ? start + (set.spec.updateStrategy?.rollingUpdate?.partition ?? 0) : start,
  }
}

/** Name of the claim that a pod of the set gets from a template. */
export function claimName(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata.name}-${set.metadata.name}-${ordinal}`
}

/** The claims of one pod, from the set's templates. */
export function claimsFor(
  set: StatefulSet,
  ordinal: number,
): (KubeObject & { metadata: { name: string; namespace: string } })[] {
  const namespace = set.metadata.namespace ?? 'default'
  const { whenDeleted } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(set, template, ordinal),
      namespace,
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
      ...(template.metadata.annotations ? { annotations: { ...template.metadata.annotations } } : {}),
      ...(whenDeleted === 'Delete' ? { ownerReferences: [controllerReference(STATEFUL_SETS, set)] } : {}),
    },
    spec: structuredClone(template.spec),
  }))
}

/** The pod of one ordinal from a template of one revision. */
export function statefulPod(
  set: StatefulSet,
  template: PodTemplate,
  revision: string,
  ordinal: number,
): KubeObject & Pick<Pod, 'spec'> {
  const name = `${set.metadata.name}-${ordinal}`
  const spec = structuredClone(template.spec)
  const claims = set.spec.volumeClaimTemplates ?? []
  const claimVolumes = claims.map((claim) => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: claimName(set, claim, ordinal) },
  }))
  const claimed = new Set(claims.map((claim) => claim.metadata.name))
  const volumes = [...claimVolumes, ...(spec.volumes ?? []).filter((volume) => !claimed.has(volume.name))]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace ?? 'default',
      labels: {
        ...template.metadata?.labels,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [revisionLabel]: revision,
        'statefulset.kubernetes.io/pod-name': name,
      },
      ...(template.metadata?.annotations ? { annotations: { ...template.metadata.annotations } } : {}),
      ...(template.metadata?.finalizers ? { finalizers: [...template.metadata.finalizers] } : {}),
      ownerReferences: [controllerReference(STATEFUL_SETS, set)],
    },
    spec: {
      ...spec,
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  }
}
