import type { ApiClient, ComponentContext, Node, PersistentVolumeClaim, Pod } from '../control/index.ts'
import {
  apiVersionOfType,
  CLAIMS,
  findVolume,
  isFullyBound,
  PODS,
  resourcePath,
  selectedNodeAnnotation,
  VOLUMES,
} from '../control/index.ts'

const claimTimeoutMs = 600_000

/** Gives a pod its node through the binding sub-resource. */
export async function bindPod(client: ApiClient, pod: Pod, node: string): Promise<void> {
  const { namespace, name, uid } = pod.metadata
  await client.send({
    method: 'POST',
    path: resourcePath(PODS, { namespace, name, subresource: 'binding' }),
    body: {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    },
  })
}

/**
 * Prepares the claims that waited for this consumer: reserves a matching volume, or asks the provisioner by naming the node;
 * then waits until all are bound. Gives false when that does not happen in time.
 */
export async function bindClaims(
  ctx: ComponentContext,
  client: ApiClient,
  claims: readonly PersistentVolumeClaim[],
  node: Node,
): Promise<boolean> {
  const informer = ctx.informers.of(CLAIMS)
  for (const stale of claims) {
    const claim = informer.get(stale.metadata.namespace ?? '', stale.metadata.name) ?? stale
    if (isFullyBound(claim)) continue
    const volume = findVolume(ctx.informers.of(VOLUMES).list(), claim, node)
    if (volume !== undefined) {
      const { namespace, name, uid, resourceVersion } = claim.metadata
      const claimRef = {
        apiVersion: apiVersionOfType(CLAIMS),
        kind: 'PersistentVolumeClaim',
        namespace,
        name,
        uid,
        resourceVersion,
      }
      await client.patch(VOLUMES, volume.metadata, {
        metadata: { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
        spec: { claimRef },
      })
    } else if (claim.metadata.annotations?.[selectedNodeAnnotation] !== node.metadata.name) {
      await client.patch(CLAIMS, claim.metadata, {
        metadata: { annotations: { [selectedNodeAnnotation]: node.metadata.name } },
      })
    }
  }
  return allBound(ctx, claims)
}

function allBound(ctx: ComponentContext, claims: readonly PersistentVolumeClaim[]): Promise<boolean> {
  const informer = ctx.informers.of(CLAIMS)
  const done = (): boolean =>
    claims.every((claim) => {
      const now = informer.get(claim.metadata.namespace ?? '', claim.metadata.name)
      return now !== undefined && isFullyBound(now)
    })
  if (done()) return Promise.resolve(true)
  return new Promise((resolve) => {
    const finish = (bound: boolean): void => {
      off()
      cancel()
      resolve(bound)
    }
    const cancel = ctx.clock.after(claimTimeoutMs, () => finish(false))
    const off = informer.on({
      update: () => {
        if (done()) finish(true)
      },
      delete: (claim) => {
        if (claims.some((wanted) => wanted.metadata.uid === claim.metadata.uid)) finish(false)
      },
    })
    ctx.onStop(() => finish(false))
  })
}
