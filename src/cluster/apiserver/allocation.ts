import type { KubeObject } from '../../api/index.ts'
import type { Scope } from './context.ts'

/** Gives objects what comes out of a pool (service addresses, node ports) and takes it back. */
export interface Allocators {
  /** Called with a checked new object, which it may complete. The result undoes it when the write fails. */
  onCreate(scope: Scope, object: KubeObject, dryRun: boolean): Promise<() => void> | (() => void)
  /** Called with a checked change; as onCreate. */
  onUpdate(scope: Scope, object: KubeObject, old: KubeObject, dryRun: boolean): Promise<() => void> | (() => void)
}

/** Nothing to allocate. */
export const noAllocators: Allocators = { onCreate: () => () => {}, onUpdate: () => () => {} }
