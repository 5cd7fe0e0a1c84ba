import { formatTime, jsonEqual } from '../../../api/index.ts'
import type {
  ComponentContext,
  Informer,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from '../../control/index.ts'
import {
  claimNames,
  CLAIMS,
  findVolume,
  keyOf,
  PODS,
  quantityValue,
  selectedNodeAnnotation,
  splitKey,
  STORAGE_CLASSES,
  VOLUMES,
  volumeSatisfies,
} from '../../control/index.ts'
import {
  betaStorageProvisioner,
  bindCompleted,
  boundByController,
  noProvisioner,
  provisionedBy,
  storageProvisioner,
} from './vocabulary.ts'

const component = 'persistentvolume-controller'

/** As Kubernetes' persistent volume controller: binds claims and volumes, and keeps both sides' phases. */
class ClaimBinder {
  private readonly ctx: ComponentContext
  private readonly claims: Informer<PersistentVolumeClaim>
  private readonly volumes: Informer<PersistentVolume>
  private readonly classes: Informer<StorageClass>
  private readonly said = new Map<string, string>()
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.claims = ctx.informers.of(CLAIMS)
    this.volumes = ctx.informers.of(VOLUMES)
    this.classes = ctx.informers.of(STORAGE_CLASSES)
    // One at a time each: two claims must never be given the same volume.
    const claimLoop = ctx.loop(component, (key) => this.syncClaim(key), 1)
    const volumeLoop = ctx.loop('persistentvolume-phase', (key) => this.syncVolume(key), 2)
    const unbound = (): void => {
      for (const claim of this.claims.list())
        if (!claim.metadata.annotations?.[bindCompleted]) claimLoop.queue.add(keyOf(claim))
    }
    const claimChanged = (claim: PersistentVolumeClaim): void => {
      claimLoop.queue.add(keyOf(claim))
      if (claim.spec.volumeName) volumeLoop.queue.add(claim.spec.volumeName)
    }
    this.claims.on({
      add: claimChanged,
      update: (_old, claim) => claimChanged(claim),
      delete: (claim) => {
        this.said.delete(claim.metadata.uid)
        if (claim.spec.volumeName) volumeLoop.queue.add(claim.spec.volumeName)
      },
    })
    const volumeChanged = (volume: PersistentVolume): void => {
      volumeLoop.queue.add(volume.metadata.name)
      const { namespace, name } = volume.spec.claimRef ?? {}
      if (name) claimLoop.queue.add(`${namespace}/${name}`)
      else unbound()
    }
    this.volumes.on({ add: volumeChanged, update: (_old, volume) => volumeChanged(volume), delete: volumeChanged })
    this.classes.on({ add: unbound, update: unbound })
  }

  private async syncClaim(key: string): Promise<void> {
    const { namespace, name } = splitKey(key)
    const claim = this.claims.get(namespace, name)
    if (claim === undefined) return
    if (claim.metadata.annotations?.[bindCompleted]) await this.syncBound(claim)
    else if (claim.metadata.deletionTimestamp === undefined) await this.syncUnbound(claim)
  }

  private async syncBound(claim: PersistentVolumeClaim): Promise<void> {
    const volume = claim.spec.volumeName ? this.volumes.get('', claim.spec.volumeName) : undefined
    if (volume === undefined) {
      const live = claim.spec.volumeName
        ? await this.ctx.client.get(VOLUMES, { name: claim.spec.volumeName })
        : undefined
      if (live === undefined)
        await this.lose(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
      return
    }
    const { claimRef } = volume.spec
    if (!claimRef?.name || claimRef.uid === claim.metadata.uid) await this.bind(volume, claim)
    else if (claimRef.uid) {
      await this.lose(claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
    }
  }

  private async lose(claim: PersistentVolumeClaim, reason: string, message: string): Promise<void> {
    if (claim.status?.phase === 'Lost') return
    const { capacity: _capacity, accessModes: _modes, ...rest } = claim.status ?? {}
    await this.ctx.client.update(CLAIMS, { ...claim, status: { ...rest, phase: 'Lost' } }, 'status')
    this.event(claim, 'Warning', reason, message)
  }

  private async syncUnbound(claim: PersistentVolumeClaim): Promise<void> {
    if (claim.spec.volumeName) {
      await this.syncNamed(claim, claim.spec.volumeName)
      return
    }
    const storageClass = this.classes.get('', claim.spec.storageClassName ?? '')
    const delayed =
      storageClass?.volumeBindingMode === 'WaitForFirstConsumer' &&
      !claim.metadata.annotations?.[selectedNodeAnnotation]
    const all = this.volumes.list()
    const reserved = all.find((volume) => {
      const reference = volume.spec.claimRef
      const named = reference?.namespace === claim.metadata.namespace && reference?.name === claim.metadata.name
      return named && (!reference?.uid || reference.uid === claim.metadata.uid) && volumeSatisfies(volume, claim)
    })
    const found = reserved ?? (delayed ? undefined : findVolume(all, claim, undefined))
    if (found !== undefined) {
      await this.bind(found, claim)
      return
    }
    await this.pend(claim)
    if (delayed) this.sayWaiting(claim)
    else await this.provision(claim, storageClass)
  }

  private sayWaiting(claim: PersistentVolumeClaim): void {
    const users = this.ctx.informers
      .of(PODS)
      .list(claim.metadata.namespace ?? '')
      .filter((pod) => !pod.spec.nodeName && claimNames(pod).includes(claim.metadata.name))
    if (users.length > 0) {
      const names = users.map((pod) => pod.metadata.name).join(',')
      this.event(claim, 'Normal', 'WaitForPodScheduled', `waiting for pod ${names} to be scheduled`)
    } else
      this.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
  }

  private async provision(claim: PersistentVolumeClaim, storageClass: StorageClass | undefined): Promise<void> {
    const className = claim.spec.storageClassName ?? ''
    if (className === '') {
      this.event(
        claim,
        'Normal',
        'FailedBinding',
        'no persistent volumes available for this claim and no storage class is set',
      )
      return
    }
    if (storageClass === undefined) {
      this.event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`)
      return
    }
    const { provisioner } = storageClass
    if (provisioner === noProvisioner) return
    const annotations = { [betaStorageProvisioner]: provisioner, [storageProvisioner]: provisioner }
    if (claim.metadata.annotations?.[storageProvisioner] !== provisioner) {
      await this.ctx.client.patch(CLAIMS, claim.metadata, { metadata: { uid: claim.metadata.uid, annotations } })
    }
    const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
    this.event(claim, 'Normal', 'ExternalProvisioning', message)
  }

  /** A claim that names its volume: bound when that is free or reserved for it. */
  private async syncNamed(claim: PersistentVolumeClaim, volumeName: string): Promise<void> {
    const volume = this.volumes.get('', volumeName)
    const reference = volume?.spec.claimRef
    if (volume === undefined) await this.pend(claim)
    else if (!reference?.name) {
      const mismatch = volumeMismatch(volume, claim)
      if (mismatch === undefined) await this.bind(volume, claim)
      else {
        this.event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${volumeName}": ${mismatch}`)
        await this.pend(claim)
      }
    } else if (
      reference.namespace === claim.metadata.namespace &&
      reference.name === claim.metadata.name &&
      (!reference.uid || reference.uid === claim.metadata.uid)
    ) {
      await this.bind(volume, claim)
    } else await this.pend(claim)
  }

  private async pend(claim: PersistentVolumeClaim): Promise<void> {
    if (claim.status?.phase === 'Pending') return
    await this.ctx.client.update(CLAIMS, { ...claim, status: { ...claim.status, phase: 'Pending' } }, 'status')
  }

  /** Makes all four writes of a binding that are still missing: reference, phase, name, status. */
  private async bind(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
    const { namespace, name, uid, resourceVersion } = claim.metadata
    let bound = volume
    if (volume.spec.claimRef?.uid !== uid) {
      const byUs = !volume.spec.claimRef?.name
      const claimRef = {
        ...volume.spec.claimRef,
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: namespace ?? '',
        name,
        uid,
        resourceVersion: resourceVersion ?? '',
      }
      bound = await this.ctx.client.update(VOLUMES, {
        ...volume,
        metadata: byUs
          ? { ...volume.metadata, annotations: { ...volume.metadata.annotations, [boundByController]: 'yes' } }
          : volume.metadata,
        spec: { ...volume.spec, claimRef },
      })
    }
    await this.setPhase(bound, 'Bound')
    let done = claim
    const annotations = claim.metadata.annotations ?? {}
    if (claim.spec.volumeName !== volume.metadata.name || !annotations[bindCompleted]) {
      const byUs = !claim.spec.volumeName
      done = await this.ctx.client.update(CLAIMS, {
        ...claim,
        metadata: {
          ...claim.metadata,
          annotations: { ...annotations, [bindCompleted]: 'yes', ...(byUs ? { [boundByController]: 'yes' } : {}) },
        },
        spec: { ...claim.spec, volumeName: volume.metadata.name },
      })
    }
    const status = {
      ...done.status,
      phase: 'Bound',
      accessModes: volume.spec.accessModes ?? [],
      capacity:
        done.status?.phase === 'Bound' && done.status.capacity ? done.status.capacity : { ...volume.spec.capacity },
    }
    if (!jsonEqual(done.status, status)) await this.ctx.client.update(CLAIMS, { ...done, status }, 'status')
  }

  private async syncVolume(name: string): Promise<void> {
    const volume = this.volumes.get('', name)
    if (volume === undefined) return
    const reference = volume.spec.claimRef
    if (!reference?.name || !reference.uid) {
      await this.setPhase(volume, 'Available')
      return
    }
    const claim = await this.claimOf(reference.namespace ?? '', reference.name)
    if (claim?.metadata.uid === reference.uid) {
      if (claim.spec.volumeName === name) await this.setPhase(volume, 'Bound')
      return
    }
    const released = await this.setPhase(volume, 'Released')
    await this.reclaim(released)
  }

  private async claimOf(namespace: string, name: string): Promise<PersistentVolumeClaim | undefined> {
    return this.claims.get(namespace, name) ?? (await this.ctx.client.get(CLAIMS, { namespace, name }))
  }

  private async setPhase(volume: PersistentVolume, phase: string, message?: string): Promise<PersistentVolume> {
    if (volume.status?.phase === phase && volume.status.message === message) return volume
    const { message: _message, ...rest } = volume.status ?? {}
    const changed = volume.status?.phase === phase ? {} : { lastPhaseTransitionTime: formatTime(this.ctx.nowMs()) }
    const status = { ...rest, phase, ...changed, ...(message === undefined ? {} : { message }) }
    return this.ctx.client.update(VOLUMES, { ...volume, status }, 'status')
  }

  /** What happens to a released volume: kept, deleted by its provisioner, or failed when nobody can delete it. */
  private async reclaim(volume: PersistentVolume): Promise<void> {
    if (volume.metadata.deletionTimestamp !== undefined) return
    if (volume.spec.persistentVolumeReclaimPolicy === 'Recycle') await this.recycle(volume)
    if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return
    if (volume.metadata.annotations?.[provisionedBy] !== undefined) return
    const path = (volume.spec.hostPath as { path?: string } | undefined)?.path
    if (path !== undefined && /^\/tmp\/.+/.test(path)) {
      await this.ctx.client.delete(VOLUMES, volume.metadata)
      return
    }
    const message =
      path === undefined
        ? `error getting deleter volume plugin for volume "${volume.metadata.name}": no deletable volume plugin matched`
        : `host_path deleter only supports /tmp/.+ but received provided ${path}`
    if (volume.status?.phase === 'Failed') return
    await this.setPhase(volume, 'Failed', message)
    this.ctx.events.record({ component }, volume, { type: 'Warning', reason: 'VolumeFailedDelete', message })
  }

  /** Makes a volume that can be emptied available again; its contents go in an instant. */
  private async recycle(volume: PersistentVolume): Promise<void> {
    const record = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
      this.ctx.events.record({ component }, volume, { type, reason, message })
    if (volume.spec.nfs === undefined && volume.spec.hostPath === undefined) {
      if (volume.status?.phase === 'Failed') return
      const message = 'No recycler plugin found for the volume!'
      await this.setPhase(volume, 'Failed', message)
      record('Warning', 'VolumeFailedRecycle', message)
      return
    }
    const { claimRef, ...spec } = volume.spec
    const { [boundByController]: byUs, ...annotations } = volume.metadata.annotations ?? {}
    // A claim that the administrator has named stays named.
    const { uid: _uid, resourceVersion: _version, ...name } = claimRef ?? {}
    const freed = await this.ctx.client.update(VOLUMES, {
      ...volume,
      metadata: { ...volume.metadata, annotations },
      spec: byUs === undefined ? { ...spec, claimRef: name } : spec,
    } as PersistentVolume)
    await this.setPhase(freed, 'Available')
    record('Normal', 'VolumeRecycled', 'Volume recycled')
  }

  /** Says what a claim waits for, once until it waits for something else. */
  private event(claim: PersistentVolumeClaim, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (this.said.get(claim.metadata.uid) === message) return
    this.said.set(claim.metadata.uid, message)
    this.ctx.events.record({ component }, claim, { type, reason, message })
  }
}

function volumeMismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (quantityValue(volume.spec.capacity?.storage) < quantityValue(claim.spec.resources?.requests?.storage))
    return 'requested PV is too small'
  if ((volume.spec.storageClassName ?? '') !== (claim.spec.storageClassName ?? ''))
    return 'storageClassName does not match'
  if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem'))
    return 'incompatible volumeMode'
  if (!(claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode)))
    return 'incompatible accessMode'
  return undefined
}

/** Adds the claim binder to a context. */
export function startClaimBinder(ctx: ComponentContext): void {
  new ClaimBinder(ctx)
}
