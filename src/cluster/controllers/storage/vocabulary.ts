/** Annotations of claims and volumes, and names that the storage controllers share. */
export const bindCompleted = 'pv.kubernetes.io/bind-completed'
export const boundByController = 'pv.kubernetes.io/bound-by-controller'
export const provisionedBy = 'pv.kubernetes.io/provisioned-by'
export const storageProvisioner = 'volume.kubernetes.io/storage-provisioner'
export const betaStorageProvisioner = 'volume.beta.kubernetes.io/storage-provisioner'
export const claimProtection = 'kubernetes.io/pvc-protection'
export const volumeProtection = 'kubernetes.io/pv-protection'

/** The provisioner of the bundled default class. */
export const localProvisioner = 'chartctl.dev/local-path'
export const noProvisioner = 'kubernetes.io/no-provisioner'
