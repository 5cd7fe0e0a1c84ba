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

/**
 * Stores a revision as deployed and those before it as superseded, side by side: whichever comes first, two deployed
 * revisions, or none beside a pending one, are states that every operation can go on from. Rejects when the revision itself
 * could not be stored; the others are recorded quietly.
 */
export async function recordDeployed(ports: ReleasePorts, release: Release, before: readonly Release[]): Promise<void> {
  const quiet = before.map((one) => {
    one.info.status = 'superseded'
    return recordQuietly(ports, one)
  })
  release.info.status = 'deployed'
  const [own] = await Promise.allSettled([ports.storage.update(release), ...quiet])
  if (own.status === 'rejected') throw own.reason
}
