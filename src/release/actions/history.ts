import { validateReleaseName } from '../../chart/index.ts'
import { releaseError } from '../errors.ts'
import { byRevision, type Release } from '../model.ts'
import type { ReleasePorts } from '../ports.ts'

/** The newest `max` revisions of a release, oldest first. */
export async function history(
  ports: ReleasePorts,
  request: { readonly name: string; readonly max: number },
  signal?: AbortSignal,
): Promise<Release[]> {
  await ports.cluster.checkReachable(signal)
  try {
    validateReleaseName(request.name)
  } catch {
    throw releaseError('NAME_INVALID', `release name is invalid: ${request.name}`)
  }
  const revisions = (await ports.storage.history(request.name)).sort(byRevision)
  return request.max <= 0 ? [] : revisions.slice(-request.max)
}
