import type { ComponentContext, PersistentVolumeClaim } from '../../control/index.ts'
import {
  CLAIMS,
  isApiError,
  keyOf,
  selectedNodeAnnotation,
  splitKey,
  STORAGE_CLASSES,
  VOLUMES,
} from '../../control/index.ts'
import { bindCompleted, localProvisioner, provisionedBy, storageProvisioner } from './vocabulary.ts'

const component = `${localProvisioner}_chartctl`
const root = '/var/lib/chartctl/volumes'

/**
 * The provisioner of the bundled default class: gives every claim that asks for it a volume on the node that its first
 * consumer was sent to, and deletes volumes of that kind when they are released.
 */
export function startProvisioner(ctx: ComponentContext): void {
  const claims = ctx.informers.of(CLAIMS)
  const volumes = ctx.informers.of(VOLUMES)
  const classes = ctx.informers.of(STORAGE_CLASSES)
  const loop = ctx.loop('local-path-provisioner', (key) => provision(key), 4)
  const remover = ctx.loop('local-path-remover', (name) => remove(name), 2)
  const offer = (claim: PersistentVolumeClaim): void => {
    const annotations = claim.metadata.annotations ?? {}
    if (annotations[storageProvisioner] === localProvisioner && !annotations[bindCompleted])
      loop.queue.add(keyOf(claim))
  }
  claims.on({ add: offer, update: (_old, claim) => offer(claim) })
  const released = (volume: {
    metadata: { name: string; annotations?: Record<string, string> }
    status?: { phase?: string }
  }): void => {
    if (volume.status?.phase === 'Released' && volume.metadata.annotations?.[provisionedBy] === localProvisioner)
      remover.queue.add(volume.metadata.name)
  }
  volumes.on({ add: released, update: (_old, volume) => released(volume) })

  async function provision(key: string): Promise<void> {
    const { namespace, name } = splitKey(key)
    const claim = claims.get(namespace, name)
    if (claim === undefined || claim.spec.volumeName || claim.metadata.deletionTimestamp !== undefined) return
    const storageClass = classes.get('', claim.spec.storageClassName ?? '')
    if (storageClass?.provisioner !== localProvisioner) return
    const node = claim.metadata.annotations?.[selectedNodeAnnotation]
    if (storageClass.volumeBindingMode === 'WaitForFirstConsumer' && node === undefined) return
    const volumeName = `pvc-${claim.metadata.uid}`
    if (volumes.get('', volumeName) !== undefined) return
    const record = ctx.recorder({ component })
    record(claim, {
      type: 'Normal',
      reason: 'Provisioning',
      message: `External provisioner is provisioning volume for claim "${key}"`,
    })
    const { uid, resourceVersion } = claim.metadata
    const terms =
      node === undefined
        ? undefined
        : [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }]
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volumeName, annotations: { [provisionedBy]: localProvisioner } },
      spec: {
        accessModes: claim.spec.accessModes ?? ['ReadWriteOnce'],
        capacity: { storage: claim.spec.resources?.requests?.storage ?? '0' },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion },
        hostPath: { path: `${root}/${volumeName}_${namespace}_${name}`, type: 'DirectoryOrCreate' },
        ...(terms ? { nodeAffinity: { required: { nodeSelectorTerms: terms } } } : {}),
        ...(storageClass.mountOptions ? { mountOptions: storageClass.mountOptions } : {}),
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
        storageClassName: storageClass.metadata.name,
        volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      },
    }
    try {
      await ctx.client.as('local-path-provisioner').create(VOLUMES, volume)
      record(claim, {
        type: 'Normal',
        reason: 'ProvisioningSucceeded',
        message: `Successfully provisioned volume ${volumeName}`,
      })
    } catch (error) {
      if (!isApiError(error, 'ALREADY_EXISTS')) throw error
    }
  }

  async function remove(name: string): Promise<void> {
    const volume = volumes.get('', name)
    if (volume?.status?.phase !== 'Released' || volume.metadata.deletionTimestamp !== undefined) return
    if (volume.spec.persistentVolumeReclaimPolicy === 'Delete')
      await ctx.client.delete(VOLUMES, { name }, { uid: volume.metadata.uid })
  }
}
