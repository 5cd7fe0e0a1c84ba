import { KubeError } from '../../kube/index.ts'
import { ReleaseError } from '../errors.ts'

/** Whether nothing was stored for certain: the server said no, or was not asked. A lost answer leaves that open. */
export function wasRefused(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof KubeError) return at.httpStatus < 500
    if (at instanceof ReleaseError && (at.code === 'RELEASE_EXISTS' || at.details.refused === true)) return true
  }
  return false
}
