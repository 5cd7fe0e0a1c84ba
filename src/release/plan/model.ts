import type { Propagation, ResourceInfo } from '../../kube/index.ts'
import type { HookEvent } from '../../manifest/index.ts'
import type { Release, ReleaseStatus } from '../model.ts'

/** What an operation does to a release. */
export type Operation = 'install' | 'upgrade' | 'rollback' | 'uninstall'

/**
 * One step of an operation. Steps are data: they can be shown, stored and compared. `target` is the revision that the
 * operation makes (or removes), `previous` the one it replaces.
 */
export type Step =
  /** Creates the namespace unless it is there. */
  | { readonly type: 'namespace'; readonly namespace: ResourceInfo }
  /** Sets the status of the revision being replaced and stores it; a failure to store is only reported. */
  | { readonly type: 'mark-previous'; readonly status: ReleaseStatus; readonly description?: string }
  /** Stores the new revision, after old ones made room. */
  | { readonly type: 'record'; readonly maxHistory: number; readonly revisions?: readonly Release[] }
  /** Runs the hooks of an event; `failure` stands before the message of a hook that fails. */
  | { readonly type: 'hooks'; readonly event: HookEvent; readonly failure: string }
  /** Creates objects that are known not to exist. */
  | { readonly type: 'create'; readonly objects: readonly ResourceInfo[] }
  /** Creates, changes and deletes objects to get from `originals` to `objects`. */
  | {
      readonly type: 'update'
      readonly originals: readonly ResourceInfo[]
      readonly objects: readonly ResourceInfo[]
      readonly threeWayMergeForUnstructured: boolean
      readonly upgradeFieldManager: boolean
    }
  /** Waits until objects are ready. */
  | { readonly type: 'wait'; readonly objects: readonly ResourceInfo[]; readonly jobs: boolean }
  /** Deletes objects. */
  | { readonly type: 'delete'; readonly objects: readonly ResourceInfo[]; readonly propagation: Propagation }
  /** Waits until objects are gone. */
  | { readonly type: 'wait-gone'; readonly objects: readonly ResourceInfo[] }

/** An operation on a release, decided but not begun. */
export interface Plan {
  readonly operation: Operation
  /** The revision that is made or removed; its status changes while the plan runs. */
  readonly release: Release
  readonly previous: Release | undefined
  /** What happens before the new revision counts as begun: when it fails, no revision is marked as failed. */
  readonly prepare: readonly Step[]
  readonly steps: readonly Step[]
}
