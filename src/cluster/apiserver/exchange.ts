/** Who sent a request, as Kubernetes knows users. */
export interface User {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** A request, free of how it came: over HTTPS or in process. The body has been read already. */
export interface ServerRequest {
  readonly method: string
  /** Path and query as sent; absent: what `path` and `query` print as. */
  readonly uri?: string
  /** Address of the client; absent: this process. */
  readonly remoteAddress?: string
  /** Path as sent, still escaped, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array | string
  /** Client certificate that TLS has verified against our CA. */
  readonly certificate?: { readonly commonName: string; readonly organizations: readonly string[] }
  /** Set by the in-process transport, which needs no credentials. */
  readonly user?: User
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/** Where a streamed answer goes. */
export interface StreamSink {
  write(chunk: string | Uint8Array): void
  /** Bytes that the client has not taken yet. */
  readonly bufferedBytes: number
  end(): void
}

/** An answer: complete, or a stream that `stream` fills until the sink ends or the request's signal aborts. */
export interface ServerResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Uint8Array
  readonly stream?: (sink: StreamSink) => void
}
