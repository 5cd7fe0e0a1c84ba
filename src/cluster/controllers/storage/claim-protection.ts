import type {
  ComponentContext,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  ResourceType,
  ServerObject,
} from '../../control/index.ts'
import { claimNames, CLAIMS, isApiError, isFinished, keyOf, PODS, splitKey, VOLUMES } from '../../control/index.ts'
import { claimProtection, volumeProtection } from './vocabulary.ts'

/**
 * As Kubernetes' claim and volume protection controllers: claims and volumes carry a finalizer; a deleted claim loses it
 * when no pod uses it any more, a deleted volume when it is no longer bound.
 */
export function startClaimProtection(ctx: ComponentContext): void {
  const claims = ctx.informers.of(CLAIMS)
  const volumes = ctx.informers.of(VOLUMES)
  const pods = ctx.informers.of(PODS)
  pods.addIndex('claim', (pod) => claimNames(pod).map((name) => `${pod.metadata.namespace}/${name}`))
  const claimLoop = ctx.loop('persistentvolumeclaim-protection-controller', async (key) => {
    const { namespace, name } = splitKey(key)
    const claim = claims.get(namespace, name)
    if (claim === undefined) return
    const used = pods.byIndex('claim', key).some(uses)
    await protect(ctx, CLAIMS, claim, claimProtection, used)
  })
  const volumeLoop = ctx.loop('persistentvolume-protection-controller', async (name) => {
    const volume = volumes.get('', name)
    if (volume !== undefined) await protect(ctx, VOLUMES, volume, volumeProtection, volume.status?.phase === 'Bound')
  })
  const claimChanged = (claim: PersistentVolumeClaim): void => {
    if (needsWork(claim, claimProtection)) claimLoop.queue.add(keyOf(claim))
  }
  const volumeChanged = (volume: PersistentVolume): void => {
    if (needsWork(volume, volumeProtection)) volumeLoop.queue.add(volume.metadata.name)
  }
  claims.on({ add: claimChanged, update: (_old, claim) => claimChanged(claim) })
  volumes.on({ add: volumeChanged, update: (_old, volume) => volumeChanged(volume) })
  const freed = (pod: Pod): void => {
    for (const name of claimNames(pod)) {
      const claim = claims.get(pod.metadata.namespace ?? '', name)
      if (claim?.metadata.deletionTimestamp !== undefined) claimLoop.queue.add(keyOf(claim))
    }
  }
  pods.on({
    update: (old, pod) => {
      if (uses(old) && !uses(pod)) freed(pod)
    },
    delete: freed,
  })
}

/** A pod uses its claims from when it has a node until it has ended. */
function uses(pod: Pod): boolean {
  return Boolean(pod.spec.nodeName) && !isFinished(pod)
}

function needsWork(object: ServerObject, finalizer: string): boolean {
  const has = object.metadata.finalizers?.includes(finalizer) ?? false
  return has === (object.metadata.deletionTimestamp !== undefined)
}

async function protect<T extends ServerObject>(
  ctx: ComponentContext,
  type: ResourceType<T>,
  object: T,
  finalizer: string,
  used: boolean,
): Promise<void> {
  if (!needsWork(object, finalizer)) return
  const deleting = object.metadata.deletionTimestamp !== undefined
  if (deleting && used) return
  const others = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer)
  const finalizers = deleting ? others : [...others, finalizer]
  const { uid, resourceVersion } = object.metadata
  try {
    await ctx.client.patch(type, object.metadata, { metadata: { uid, resourceVersion, finalizers } })
  } catch (error) {
    if (!isApiError(error, 'NOT_FOUND')) throw error
  }
}
