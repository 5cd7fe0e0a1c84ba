import { validateReleaseName } from '../../chart/index.ts'
import { releaseError } from '../errors.ts'
import type { Release } from '../model.ts'
import type { ReleasePorts } from '../ports.ts'

/** A revision of a release; 0 or less: the newest. */
export interface ContentRequest {
  readonly name: string
  readonly revision: number
}

/** Reads a revision, as `get` and `status` need it. */
export async function releaseContent(
  ports: ReleasePorts,
  request: ContentRequest,
  signal?: AbortSignal,
): Promise<Release> {
  await ports.cluster.checkReachable(signal)
  const { name, revision } = request
  try {
    validateReleaseName(name)
  } catch {
    throw releaseError('NAME_INVALID', `releaseContent: Release name is invalid: ${name}`)
  }
  return revision <= 0 ? ports.storage.last(name) : ports.storage.get(name, revision)
}
