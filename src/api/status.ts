/** One cause in `Status.details.causes`. */
export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}

/** The `Status` object with which the Kubernetes API answers errors (and some deletions). */
export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, unknown>
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: {
    name?: string
    group?: string
    kind?: string
    uid?: string
    causes?: StatusCause[]
    retryAfterSeconds?: number
  }
  code?: number
}
