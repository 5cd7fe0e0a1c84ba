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

/** Why there is no stream; `status` is the HTTP status that the API server answers with. */
export interface StreamRefusal {
  readonly status: number
  readonly reason: 'BadRequest' | 'NotFound' | 'InternalError'
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

/** Names a container. */
export interface ContainerTarget {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** What one container (or node) uses: cores and bytes. */
export interface ResourceUsage {
  readonly name: string
  readonly cpu: number
  readonly memory: number
}

/** What the running containers of a pod use. */
export interface PodUsage {
  readonly containers: readonly ResourceUsage[]
}

/**
 * What kubelet serves the API server with: the node agent's side of `logs`, `exec`, `attach`, `port-forward` and usage.
 * The words that cluster/apiserver and cluster/node share.
 */
export interface NodeStreams {
  /** Lines with their line ends, or why there are none. `container` is empty for the only or default container. */
  logs(namespace: string, pod: string, container: string, options: LogRequest): AsyncIterable<string> | StreamRefusal
  /** Runs a command in a container. */
  exec(target: ContainerTarget, command: readonly string[]): CommandRunner | StreamRefusal
  /** Attaches to a container: to its command where it reads input, else to what it prints. */
  attach(target: ContainerTarget): CommandRunner | StreamRefusal
  /** Serves connections to a port. */
  forward(namespace: string, pod: string, port: number): PortServer | StreamRefusal
  /** What a pod uses; undefined while nothing of it runs. */
  podUsage(namespace: string, pod: string): PodUsage | undefined
  /** What a node uses, its pods included. */
  nodeUsage(node: string): ResourceUsage
}

/** True when an answer of NodeStreams is a refusal. */
export function isRefusal(answer: object): answer is StreamRefusal {
  return 'status' in answer && 'message' in answer && 'reason' in answer
}
