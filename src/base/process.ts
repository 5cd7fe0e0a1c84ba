import { readFileSync } from 'node:fs'

/** When process `pid` began, in the system's own ticks; empty where that cannot be read. With the pid it names a process for good. */
export function processStart(pid: number): string {
  return readStat(pid)?.start ?? ''
}

/**
 * Whether process `pid` runs, and (unless `start` is empty) is the one that began then, not a later one with the same
 * pid. A process that has ended but was not waited for by its parent does not run.
 */
export function isProcessRunning(pid: number, start = ''): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const stat = readStat(pid)
  if (stat === undefined) return true
  return stat.state !== 'Z' && stat.state !== 'X' && (start === '' || stat.start === start)
}

/** State letter and start time of a process, where the system has /proc. */
function readStat(pid: number): { readonly state: string; readonly start: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', start: fields[19] ?? '' }
  } catch {
    return undefined
  }
}
