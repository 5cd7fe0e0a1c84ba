import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeLinkLock } from '../base/index.ts'
import { fileError, repoError } from './errors.ts'
import { makeFolder } from './files.ts'

/** How long a lock is waited for; Helm gives up after as long. */
const waitMs = 30_000
const pollMs = 100

/** The lock file beside a file, as Helm names it: `repositories.lock` for `repositories.yaml`. */
export function lockFileOf(path: string): string {
  const extension = extname(path)
  const isPart = extension !== '' && extension.length < path.length
  return `${isPart ? path.slice(0, -extension.length) : path}.lock`
}

/**
 * Runs a task while this process alone holds the lock file, which is made when it is missing. Rejects with Go's
 * `context deadline exceeded` when another process holds it for 30 seconds.
 *
 * Helm locks the file with flock(2), which Node lacks. Where the program `flock` is installed it takes that very lock on our
 * open file, so both tools wait for each other. Elsewhere a link beside the file, which names its holder, keeps runs of
 * chartctl apart; one whose holder is gone is removed.
 */
export async function withFileLock<T>(lockFile: string, task: () => Promise<T>): Promise<T> {
  makeFolder(dirname(lockFile))
  const fd = open(lockFile)
  let release = (): void => {}
  try {
    for (let waited = 0; ; waited += pollMs) {
      const taken = tryFlock(fd) ?? tryLink(`${lockFile}.holder`)
      if (taken !== false) {
        release = taken
        break
      }
      if (waited >= waitMs) throw repoError('FILE', 'context deadline exceeded')
      await sleep(pollMs)
    }
    return await task()
  } finally {
    release()
    closeSync(fd)
  }
}

function open(lockFile: string): number {
  try {
    return openSync(lockFile, 'a', 0o600)
  } catch (error) {
    throw fileError(error, 'open', lockFile)
  }
}

type Taken = (() => void) | false

/** Locks the open file through the program `flock`: the lock belongs to the file description that both share. Undefined without it. */
function tryFlock(fd: number): Taken | undefined {
  const result = spawnSync('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] })
  if (result.status === 0) return () => {}
  return result.status === 1 ? false : undefined
}

function tryLink(link: string): Taken {
  try {
    return takeLinkLock(link) ?? false
  } catch (error) {
    throw fileError(error, 'symlink', link)
  }
}
