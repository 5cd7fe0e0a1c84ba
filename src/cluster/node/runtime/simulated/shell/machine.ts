import type { FileSystem } from '../file-system.ts'

/** The outside of a simulated container, as its programs reach it. */
export interface SimulatedNetwork {
  /** Addresses of a name, with the full name that was found; undefined: no such name. */
  resolve(name: string): { readonly name: string; readonly addresses: readonly string[] } | undefined
  /** What an HTTP server at an address answers; undefined: nobody listens. */
  request(host: string, port: number, path: string): Promise<string | undefined>
}

/** What the programs of a simulated container see. */
export interface Machine {
  readonly files: FileSystem
  readonly variables: ReadonlyMap<string, string>
  readonly hostname: string
  /** The fully qualified host name; the plain one where there is none. */
  readonly fullName: string
  readonly address: string
  readonly workingFolder: string
  readonly network: SimulatedNetwork
  /** The command line of the container's own process. */
  readonly process: readonly string[]
  nowMs(): number
  /** Resolves after a time, or when the session ends. */
  sleep(ms: number): Promise<void>
}

/** What a program gave. */
export interface Output {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
  /** Bytes that are no text, in place of `stdout`. */
  readonly binary?: Buffer
}

/** Everything that one program is given. */
export interface Call {
  readonly machine: Machine
  readonly session: ShellState
  readonly args: readonly string[]
  /** The whole of the standard input, waited for when a program asks. */
  bytes(): Promise<Buffer>
}

/** Gives the whole standard input of a program. */
export type Input = () => Promise<Buffer>

/** What commands of one shell change. */
export interface ShellState {
  folder: string
  readonly variables: Map<string, string>
  lastCode: number
  exited: boolean
}

/** A program of the simulated container. */
export type Program = (call: Call) => Output | Promise<Output>

/** A program that went well. */
export function good(stdout = ''): Output {
  return { stdout, stderr: '', code: 0 }
}

/** A program that failed with a message. */
export function bad(stderr: string, code = 1): Output {
  return { stdout: '', stderr: `${stderr}\n`, code }
}
