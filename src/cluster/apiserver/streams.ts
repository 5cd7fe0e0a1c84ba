/** What a client may ask for when it reads logs, named as in PodLogOptions. */
export interface LogRequest {
  readonly follow?: boolean
  readonly previous?: boolean
  readonly timestamps?: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: string
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

/** Why there is no stream; `status` is the HTTP status to answer with. */
export interface StreamRefusal {
  readonly status: number
  readonly reason: string
  readonly message: string
}

/** The client's side of a command that runs in a container. */
export interface CommandSession {
  readonly tty: boolean
  /** What the client sends; absent when it sends nothing. */
  readonly stdin?: AsyncIterable<Buffer>
  stdout(text: string | Buffer): void
  stderr(text: string): void
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/** Runs a command to its end; gives its exit code. */
export type CommandRunner = (session: CommandSession) => Promise<number>

/** One connection to a port of a pod. */
export interface PortConnection {
  readonly input: AsyncIterable<Buffer>
  write(bytes: Buffer): void
  end(): void
}

/** Serves connections to a port; resolves when the connection is over, rejects with what went wrong. */
export type PortServer = (connection: PortConnection) => Promise<void>

/** A container of a pod. */
export interface ContainerTarget {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** What one container (or node) uses: cores and bytes. */
export interface Usage {
  readonly name: string
  readonly cpu: number
  readonly memory: number
}

/** The node agent's side of logs, commands and ports. */
export interface StreamPort {
  logs(namespace: string, pod: string, container: string, options: LogRequest): AsyncIterable<string> | StreamRefusal
  exec(target: ContainerTarget, command: readonly string[]): CommandRunner | StreamRefusal
  attach(target: ContainerTarget): CommandRunner | StreamRefusal
  forward(namespace: string, pod: string, port: number): PortServer | StreamRefusal
  /** What the running containers of a pod use; undefined while there are none. */
  podUsage(namespace: string, pod: string): { readonly containers: readonly Usage[] } | undefined
  nodeUsage(node: string): Usage
}

/** Where streams come from: nothing until a node agent is there. */
export interface StreamSource {
  port: StreamPort | undefined
}

/** True when an answer of a StreamPort is a refusal. */
export function isRefusal(answer: object): answer is StreamRefusal {
  return 'status' in answer && 'message' in answer
}
