// Timing of whole processes, interleaved so that both programs meet the same machine.
import { spawnSync } from 'node:child_process'

/** Wall time in ms of one run; throws when the command fails. */
export function timeOnce([program, ...args], options = {}) {
  const started = process.hrtime.bigint()
  const result = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 28, ...options })
  const ms = Number(process.hrtime.bigint() - started) / 1e6
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.stderr?.toString().trim()}`)
  return ms
}

/** Median of numbers. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Medians of several commands, run in turn `rounds` times after one warm-up each. */
export function compare(commands, rounds, options = {}) {
  const times = commands.map(() => [])
  for (const command of commands) timeOnce(command, options)
  for (let round = 0; round < rounds; round++) {
    commands.forEach((command, index) => {
      times[index].push(timeOnce(command, options))
    })
  }
  return times.map((values) => ({ median: median(values), min: Math.min(...values) }))
}

/** Prints rows of cells as a Markdown table. */
export function printTable(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String))
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i].length)))
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  console.log(line(all[0]))
  console.log(`| ${widths.map((w) => '-'.repeat(w)).join(' | ')} |`)
  for (const row of all.slice(1)) console.log(line(row))
}
