import type { GroupVersionKind, KubeObject } from '../../../api/index.ts'

/** The function that fills in the defaults of a built-in kind, in place. */
export function defaultingOf(_gvk: GroupVersionKind): (object: KubeObject) => void {
  return () => {}
}
