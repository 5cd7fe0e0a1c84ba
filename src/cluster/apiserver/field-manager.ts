import type { KubeObject } from '../../api/index.ts'
import type { Scope } from './context.ts'

/** Records in metadata.managedFields of `object` which fields `manager` has set, compared with `live`. */
export function trackUpdate(
  _scope: Scope,
  live: KubeObject | undefined,
  object: KubeObject,
  _manager: string,
): KubeObject {
  const managedFields = live?.metadata.managedFields
  if (managedFields === undefined) delete object.metadata.managedFields
  else object.metadata.managedFields = managedFields
  return object
}
