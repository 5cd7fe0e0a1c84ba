import type { GroupVersionKind } from '../../../api/index.ts'
import type { Strategy } from '../registry/resource.ts'

/** The strategy of a built-in kind. */
export function strategyOf(_gvk: GroupVersionKind): Strategy {
  return {}
}
