// Memory of processes.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Largest resident size in MiB that a run of the command had; undefined where the system does not tell (not Linux). */
export async function peakMemory([program, ...args], options = {}) {
  const child = spawn(program, args, { stdio: 'ignore', ...options })
  let peak
  const timer = setInterval(() => {
    try {
      const found = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))
      if (found) peak = Number(found[1]) / 1024
    } catch {}
  }, 2)
  await new Promise((resolve) => child.once('exit', resolve))
  clearInterval(timer)
  return peak
}

/** Resident size in MiB that a process has now. */
export function residentMiB(pid) {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  return (Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1024).toFixed(0)
}
