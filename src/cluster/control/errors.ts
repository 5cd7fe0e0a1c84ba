import { ChartctlError } from '../../base/index.ts'
import type { ApiResponse } from '../../kube/index.ts'

/** What a controller may branch on when the API server refuses. */
export type ApiErrorCode =
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'CONFLICT'
  | 'GONE'
  | 'FORBIDDEN'
  | 'INVALID'
  | 'TOO_MANY_REQUESTS'
  | 'REFUSED'

/** An error status of the API server, as seen by a component inside the cluster. */
export class ApiError extends ChartctlError<ApiErrorCode> {
  /** The HTTP status. */
  get status(): number {
    return Number(this.details.status ?? 0)
  }
  /** True when the namespace of the request is being deleted (cause NamespaceTerminating). */
  get namespaceTerminating(): boolean {
    return this.details.namespaceTerminating === true
  }
}

interface StatusBody {
  readonly message?: string
  readonly reason?: string
  readonly details?: { readonly causes?: readonly { readonly reason?: string }[] }
}

function codeOf(status: number, reason: string | undefined): ApiErrorCode {
  if (status === 404) return 'NOT_FOUND'
  if (status === 409) return reason === 'AlreadyExists' ? 'ALREADY_EXISTS' : 'CONFLICT'
  if (status === 410) return 'GONE'
  if (status === 403) return 'FORBIDDEN'
  if (status === 422 || status === 400) return 'INVALID'
  if (status === 429) return 'TOO_MANY_REQUESTS'
  return 'REFUSED'
}

/** Builds the error of an answer whose status is 400 or more. */
export function apiError(response: Pick<ApiResponse, 'status' | 'body'>): ApiError {
  const body = (typeof response.body === 'object' && response.body !== null ? response.body : {}) as StatusBody
  const message = body.message ?? (typeof response.body === 'string' ? response.body : `status ${response.status}`)
  return new ApiError(codeOf(response.status, body.reason), message, {
    status: response.status,
    reason: body.reason,
    namespaceTerminating: body.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false,
  })
}

/** True where nothing is left to do: somebody else was faster, or the namespace of the object is going. */
export function isOvertaken(error: unknown): boolean {
  if (isApiError(error, 'ALREADY_EXISTS', 'NOT_FOUND')) return true
  return isApiError(error, 'FORBIDDEN') && error.namespaceTerminating
}

/** True for an ApiError with one of the codes. */
export function isApiError(error: unknown, ...codes: readonly ApiErrorCode[]): error is ApiError {
  return error instanceof ApiError && (codes.length === 0 || codes.includes(error.code))
}
