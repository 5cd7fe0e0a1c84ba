import type { KubeObject } from '../../api/index.ts'
import type { ComponentContext, Pod } from '../control/index.ts'
import { controllerOf, DAEMON_SETS, JOBS, REPLICA_SETS, STATEFUL_SETS } from '../control/index.ts'

const annotation = 'meta.helm.sh/release-name'

function marked(object: KubeObject | undefined): boolean {
  return object?.metadata.annotations?.[annotation] !== undefined
}

/** True when a pod, or the workload that made it, carries the mark that Helm puts on the objects of a release. */
export function isOfRelease(ctx: ComponentContext, pod: Pod): boolean {
  const owner = controllerOf(pod)
  if (owner === undefined) return marked(pod)
  const namespace = pod.metadata.namespace ?? ''
  switch (owner.kind) {
    // Replica sets inherit the annotations of their deployment.
    case 'ReplicaSet':
      return marked(ctx.informers.of(REPLICA_SETS).get(namespace, owner.name))
    case 'StatefulSet':
      return marked(ctx.informers.of(STATEFUL_SETS).get(namespace, owner.name))
    case 'DaemonSet':
      return marked(ctx.informers.of(DAEMON_SETS).get(namespace, owner.name))
    case 'Job':
      return (
        marked(ctx.informers.of(JOBS).get(namespace, owner.name)) ||
        pod.metadata.annotations?.['helm.sh/hook'] !== undefined
      )
    default:
      return marked(pod)
  }
}
