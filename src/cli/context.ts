import type { Host } from '../base/index.ts'
import type { EnvVars, HelmFolders } from './environment.ts'
import type { CliIo } from './io.ts'
import type { Logger } from './logger.ts'
import type { Settings } from './settings.ts'

/** Everything a command may use of the outside world. */
export interface CliContext {
  readonly io: CliIo
  /** The name the program was called by: `chartctl` or `helm`. */
  readonly program: string
  /** The path the program was called by, as `env` prints it. */
  readonly programPath: string
  readonly env: EnvVars
  readonly folders: HelmFolders
  readonly settings: Settings
  readonly host: Host
  readonly log: Logger
  /** Aborts on the first interrupt or termination signal. Reading it is what makes signals be caught. */
  readonly signal: AbortSignal
  /** To be called when what the command needs is loaded, but for little, and long work begins. */
  readonly beforeWork: () => void
  /** Writes to standard output. */
  print(text: string | Uint8Array): void
  /** Writes a line to standard output. */
  printLine(line: string): void
  /** Writes a line to standard error, as it stands. */
  notice(line: string): void
  /** Logs a warning (`level=WARN msg=…`). */
  warn(message: string): void
  /** Whether the flag was given on the command line, by its camelCase name. */
  isGiven(flag: string): boolean
  /** The namespace to work in: the flag, else the kubeconfig's current context's, else `default`. */
  namespace(): Promise<string>
}
