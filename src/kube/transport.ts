/**
 * One request to a Kubernetes API server. The seam between everything that uses a cluster (release/, controllers,
 * scheduler, node agent, dashboard) and how it is reached: HTTPS through a kubeconfig, or in process.
 */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Absolute path without query, such as `/api/v1/namespaces/default/pods`. Segments are already escaped. */
  readonly path: string
  /** Query parameters; a list repeats the key. */
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON with `application/json`, unless it is text or bytes (then set `content-type`). */
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** A complete answer; `body` is parsed JSON, or text when the answer is not JSON. Error statuses are answers too. */
export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** A streamed answer (watch, logs). `chunks` ends when the server closes or the signal aborts. */
export interface ApiStream {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly chunks: AsyncIterable<Uint8Array>
}

/** How requests reach an API server. Rejects only when no HTTP answer could be had (connection, TLS, abort). */
export interface Transport {
  request(request: ApiRequest): Promise<ApiResponse>
  stream(request: ApiRequest): Promise<ApiStream>
  /** Frees sockets. */
  close(): Promise<void>
}
