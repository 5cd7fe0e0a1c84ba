import { spawnSync } from 'node:child_process'
import { processEnvironment } from './environment.ts'
import { processIo } from './process-io.ts'
import { runCli } from './program.ts'

/**
 * Runs the command line of this process. The only place that reads argv, catches signals and sets the exit code.
 * `beforeWork` is called when what the command needs is loaded, but for little, and long work begins.
 */
export async function main(beforeWork: () => void = () => {}): Promise<void> {
  const programPath = process.argv[1] ?? 'chartctl'
  let controller: AbortController | undefined
  const signal = (): AbortSignal => {
    if (controller !== undefined) return controller.signal
    const created = new AbortController()
    controller = created
    for (const [name, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      process.on(name, () => {
        if (created.signal.aborted) process.exit(code)
        created.abort(new Error(`received ${name}`))
      })
    }
    return created.signal
  }
  const io = processIo(() => process.exit(141))
  const restart = isStackLarge() ? {} : { restartWithLargerStack: () => restartWithLargerStack(io.inputTaken()) }
  process.exitCode = await runCli(process.argv.slice(2), {
    io,
    env: processEnvironment(),
    programPath,
    signal,
    beforeWork,
    ...restart,
  })
}

/** In kB; the main thread of a process usually has 8 MB. */
const largeStack = '--stack-size=7000'

function isStackLarge(): boolean {
  return process.execArgv.includes(largeStack)
}

/** Runs this command again in a process with a larger stack; `input` is what was read of standard input. */
function restartWithLargerStack(input: Uint8Array | undefined): number {
  const args = [...process.execArgv, largeStack, ...process.argv.slice(1)]
  const stdin = input === undefined ? 'inherit' : 'pipe'
  const options = { stdio: [stdin, 'inherit', 'inherit'] as ['inherit' | 'pipe', 'inherit', 'inherit'] }
  const result = spawnSync(process.execPath, args, input === undefined ? options : { ...options, input })
  return result.status ?? 1
}
