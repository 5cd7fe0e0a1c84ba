/** What `kubectl logs` may ask for, named as in PodLogOptions. */
export interface LogOptions {
  readonly follow?: boolean
  readonly previous?: boolean
  readonly timestamps?: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: string
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

/** Why there is no stream; `status` is the HTTP status that the API server should answer with. */
export interface StreamError {
  readonly status: number
  readonly reason: 'BadRequest' | 'NotFound' | 'InternalError'
  readonly message: string
}

/** The client's side of a command. */
export interface SessionLike {
  readonly tty: boolean
  readonly stdin?: AsyncIterable<Buffer>
  stdout(text: string | Buffer): void
  stderr(text: string): void
  readonly signal: AbortSignal
}

/** One connection to a port of a pod. */
export interface ConnectionLike {
  readonly input: AsyncIterable<Buffer>
  write(bytes: Buffer): void
  end(): void
}

/** Names a container. */
export interface Target {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** What one container (or node) uses: cores and bytes. */
export interface ContainerUsage {
  readonly name: string
  readonly cpu: number
  readonly memory: number
}

/** What the running containers of a pod use. */
export interface PodUsage {
  readonly containers: readonly ContainerUsage[]
}

/** The node agent's side of `logs`, `exec`, `attach` and `port-forward`, for the API server's handlers. */
export interface NodeStreams {
  /** Lines with their line ends, or why there are none. `container` is empty for the only or default container. */
  logs(namespace: string, pod: string, container: string, options: LogOptions): AsyncIterable<string> | StreamError
  /** Runs a command in a container; gives its exit code. */
  exec(target: Target, command: readonly string[]): ((session: SessionLike) => Promise<number>) | StreamError
  /** Attaches to a container: to its command where it reads input, else to what it prints. */
  attach(target: Target): ((session: SessionLike) => Promise<number>) | StreamError
  /** Serves connections to a port. */
  forward(namespace: string, pod: string, port: number): ((connection: ConnectionLike) => Promise<void>) | StreamError
  /** What a pod uses; undefined while nothing of it runs. */
  podUsage(namespace: string, pod: string): PodUsage | undefined
  /** What a node uses, its pods included. */
  nodeUsage(node: string): ContainerUsage
}

/** True when an answer of NodeStreams is an error. */
export function isStreamError(answer: object): answer is StreamError {
  return 'status' in answer && 'message' in answer && 'reason' in answer
}
