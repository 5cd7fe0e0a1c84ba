import { processEnvironment } from './environment.ts'
import { processIo } from './process-io.ts'
import { runCli } from './program.ts'

/** Runs the command line of this process. The only place that reads argv, catches signals and sets the exit code. */
export async function main(programPath: string = process.argv[1] ?? 'chartctl'): Promise<void> {
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
  process.exitCode = await runCli(process.argv.slice(2), { io, env: processEnvironment(), programPath, signal })
}
