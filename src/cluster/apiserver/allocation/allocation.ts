import type { KubeObject } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import type { Scope } from '../context.ts'

/** Gives objects what comes out of a pool (service addresses, node ports) and takes it back. */
export interface Allocators {
  /** Begins to follow what is taken. */
  start(store: Store): void
  /** Called with a checked new object, which it may complete. The result undoes it when the write fails. */
  onCreate(scope: Scope, object: KubeObject, dryRun: boolean): () => void
  /** Called with a checked change; as onCreate. */
  onUpdate(scope: Scope, object: KubeObject, old: KubeObject, dryRun: boolean): () => void
}
