import type { ComponentContext } from '../../control/index.ts'
import { CLAIMS, keyOf, quantityValue, STORAGE_CLASSES, splitKey, VOLUMES } from '../../control/index.ts'

/** Grows bound volumes whose claim asks for more, where the class allows it. Simulated volumes grow at once. */
export function startExpander(ctx: ComponentContext): void {
  const claims = ctx.informers.of(CLAIMS)
  const volumes = ctx.informers.of(VOLUMES)
  const classes = ctx.informers.of(STORAGE_CLASSES)
  const loop = ctx.loop('volume-expand', async (key) => {
    const { namespace, name } = splitKey(key)
    const claim = claims.get(namespace, name)
    const volume = claim?.spec.volumeName ? volumes.get('', claim.spec.volumeName) : undefined
    const wanted = claim?.spec.resources?.requests?.storage
    if (claim?.status?.phase !== 'Bound' || volume === undefined || wanted === undefined) return
    if (classes.get('', claim.spec.storageClassName ?? '')?.allowVolumeExpansion !== true) return
    if (quantityValue(wanted) > quantityValue(volume.spec.capacity?.storage)) {
      await ctx.client.patch(VOLUMES, volume.metadata, { spec: { capacity: { storage: wanted } } })
    }
    if (quantityValue(wanted) <= quantityValue(claim.status.capacity?.storage)) return
    await ctx.client.patch(
      CLAIMS,
      claim.metadata,
      { status: { capacity: { storage: wanted } } },
      { subresource: 'status' },
    )
    const message = 'MountVolume.NodeExpandVolume succeeded for volume '
    ctx.events.record({ component: 'volume_expand' }, claim, {
      type: 'Normal',
      reason: 'FileSystemResizeSuccessful',
      message: `${message}"${volume.metadata.name}"`,
    })
  })
  claims.on({
    update: (old, claim) => {
      if (old.spec.resources?.requests?.storage !== claim.spec.resources?.requests?.storage)
        loop.queue.add(keyOf(claim))
    },
  })
}
