import { setTimeout as sleep } from 'node:timers/promises'
import { linkLockHolder, takeLinkLock } from '../../base/index.ts'
import { clusterBusy } from './errors.ts'
import type { ClusterFiles } from './home.ts'

/** How long a second command waits for the first. */
const LOCK_WAIT_MS = 30_000
const LOCK_POLL_MS = 20

/**
 * Runs `task` while no other command starts or stops this cluster. A lock whose holder is gone is taken over.
 * Throws CLUSTER_BUSY when the holder does not finish within half a minute.
 */
export async function withClusterLock<T>(files: ClusterFiles, task: () => Promise<T>): Promise<T> {
  let release = takeLinkLock(files.lockFile)
  for (let waitedMs = 0; release === undefined; waitedMs += LOCK_POLL_MS) {
    if (waitedMs >= LOCK_WAIT_MS) throw clusterBusy(files.name, linkLockHolder(files.lockFile))
    await sleep(LOCK_POLL_MS)
    release = takeLinkLock(files.lockFile)
  }
  try {
    return await task()
  } finally {
    release()
  }
}
