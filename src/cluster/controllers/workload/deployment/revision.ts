import type { KubeObject } from '../../../../api/index.ts'
import type { Deployment, ReplicaSet } from '../../../control/index.ts'
import { controllerReference, DEPLOYMENTS } from '../../../control/index.ts'
import { podTemplateHash } from '../template-hash/template-hash.ts'
import {
  desired,
  desiredReplicasAnnotation,
  fenceposts,
  hashLabel,
  maxReplicasAnnotation,
  revisionAnnotation,
  revisionHistoryAnnotation,
} from './model.ts'

/** Annotations of a deployment that its replica sets do not inherit. */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  'deprecated.deployment.rollback.to',
])

const historyLimitBytes = 2000

/** The annotations that say how large a replica set may become. */
export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const wanted = desired(deployment)
  return {
    [desiredReplicasAnnotation]: String(wanted),
    [maxReplicasAnnotation]: String(wanted + fenceposts(deployment).maxSurge),
  }
}

function withHistory(annotations: Record<string, string>, revision: string): void {
  const old = annotations[revisionAnnotation]
  if (old === undefined || old === revision) return
  const history = annotations[revisionHistoryAnnotation]
  const entries = history ? history.split(',') : []
  while (entries.length > 0 && [...entries, old].join(',').length > historyLimitBytes) entries.shift()
  if (!entries.includes(old)) annotations[revisionHistoryAnnotation] = [...entries, old].join(',')
}

/**
 * The annotations of the new replica set: those of the deployment, its revision (a higher one replaces a lower one, which
 * goes into the history), and for a set that is being created its size.
 */
export function newSetAnnotations(
  deployment: Deployment,
  set: ReplicaSet | undefined,
  revision: number,
): Record<string, string> {
  const annotations: Record<string, string> = { ...set?.metadata.annotations }
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!notCopied.has(key)) annotations[key] = value
  }
  const old = Number(annotations[revisionAnnotation] ?? 0)
  if (!(old >= revision)) {
    withHistory(annotations, String(revision))
    annotations[revisionAnnotation] = String(revision)
  }
  return set === undefined ? { ...annotations, ...sizeAnnotations(deployment) } : annotations
}

/** The replica set for a deployment's present template, not created yet. */
export function buildReplicaSet(
  deployment: Deployment,
  revision: number,
  replicas: number,
): KubeObject & { metadata: { name: string; namespace: string } } {
  const hash = podTemplateHash(deployment.spec.template, deployment.status?.collisionCount)
  const template = structuredClone(deployment.spec.template)
  const labels = { ...template.metadata?.labels, [hashLabel]: hash }
  const selector = structuredClone(deployment.spec.selector)
  const { minReadySeconds } = deployment.spec
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? 'default',
      labels,
      annotations: newSetAnnotations(deployment, undefined, revision),
      ownerReferences: [controllerReference(DEPLOYMENTS, deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}
