import { readlink, rm, symlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isProcessRunning } from '../../base/index.ts'
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
  for (let waitedMs = 0; ; waitedMs += LOCK_POLL_MS) {
    if (await tryLock(files)) break
    const holder = Number(await readlink(files.lockFile).catch(() => '0'))
    if (holder > 0 && !isProcessRunning(holder)) await rm(files.lockFile, { force: true })
    else if (waitedMs >= LOCK_WAIT_MS) throw clusterBusy(files.name, holder)
    else await sleep(LOCK_POLL_MS)
  }
  try {
    return await task()
  } finally {
    await rm(files.lockFile, { force: true })
  }
}

/** The lock is a link that names its holder: it is there as a whole or not at all, and takes no room on a full disk. */
async function tryLock(files: ClusterFiles): Promise<boolean> {
  try {
    await symlink(String(process.pid), files.lockFile)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
