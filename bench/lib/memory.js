// Peak memory of whole processes.
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
