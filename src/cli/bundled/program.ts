import { realpathSync } from 'node:fs'

/** The command line that runs this program again: Node, its flags and the launcher. */
export function selfCommand(): readonly string[] {
  return [process.execPath, ...process.execArgv, realpathSync(process.argv[1] ?? '')]
}
