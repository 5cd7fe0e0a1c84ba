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

/** What a command in a container gave. */
export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** The node agent's side of logs and commands. */
export interface StreamPort {
  logs(namespace: string, pod: string, container: string, options: LogRequest): AsyncIterable<string> | StreamRefusal
  exec(namespace: string, pod: string, container: string, command: readonly string[]): CommandResult | StreamRefusal
}

/** Where streams come from: nothing until a node agent is there. */
export interface StreamSource {
  port: StreamPort | undefined
}

/** True when an answer of a StreamPort is a refusal. */
export function isRefusal(answer: object): answer is StreamRefusal {
  return 'status' in answer && 'message' in answer
}
