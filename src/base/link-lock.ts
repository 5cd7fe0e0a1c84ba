import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { isProcessRunning } from './process.ts'

/**
 * Takes a lock among processes that is a symbolic link naming its holder: it is there as a whole or not at all, and takes no
 * room on a full disk. A lock whose holder is gone is taken over. Gives what releases the lock, or undefined while another
 * process holds it. Throws what the file system says when no link can be made.
 */
export function takeLinkLock(path: string): (() => void) | undefined {
  for (;;) {
    try {
      symlinkSync(String(process.pid), path)
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = linkLockHolder(path)
    if (holder === 0 || isProcessRunning(holder) || !removeStale(path, holder)) return undefined
  }
}

/** The process that holds such a lock; 0 when nobody does. */
export function linkLockHolder(path: string): number {
  try {
    return Number(readlinkSync(path)) || 0
  } catch {
    return 0
  }
}

/** Removes a stale link, and says whether it did: under another name first, so that one that is new meanwhile is put back. */
function removeStale(path: string, holder: number): boolean {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    const isStale = linkLockHolder(aside) === holder
    if (isStale) rmSync(aside, { force: true })
    else renameSync(aside, path)
    return isStale
  } catch {
    // Another process was faster.
    return false
  }
}
