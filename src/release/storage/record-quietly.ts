import { errorText } from '../../base/index.ts'
import type { Release } from '../model.ts'
import type { ReleasePorts } from '../ports.ts'

/** Stores a revision; a failure is reported as a warning only. As Helm's recordRelease. */
export async function recordQuietly(ports: ReleasePorts, release: Release): Promise<void> {
  try {
    await ports.storage.update(release)
  } catch (error) {
    ports.log({
      level: 'WARN',
      message: 'failed to update release',
      attributes: [
        ['name', release.name],
        ['revision', release.version],
        ['error', errorText(error)],
      ],
    })
  }
}
