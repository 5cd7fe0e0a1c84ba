import type { Status } from '../api/index.ts'
import { ChartctlError } from '../base/index.ts'

/** What went wrong on the client's side of the API. Refusals by the server are `KubeError`. */
export type KubeClientErrorCode =
  | 'UNREACHABLE'
  | 'KUBECONFIG'
  | 'CREDENTIALS'
  | 'NO_MATCH'
  | 'BAD_ANSWER'
  | 'INVALID_OBJECT'
  | 'TIMEOUT'
  | 'NOT_READY'
  | 'DISCOVERY'
  | 'CONFIGURATION'

/** A failure before, beside or instead of an answer of the API server. */
export class KubeClientError extends ChartctlError<KubeClientErrorCode> {}

/** A refusal by the API server. Carries its `Status`; `code` is the reason (`NotFound`, `Conflict`, …) or `Unknown`. */
export class KubeError extends ChartctlError {
  readonly status: Status
  /** The HTTP status code. */
  readonly httpStatus: number
  constructor(status: Status, httpStatus: number) {
    super(status.reason ?? 'Unknown', status.message ?? 'unknown', { httpStatus, ...status.details })
    this.status = status
    this.httpStatus = httpStatus
  }
  /** Machine-readable reason, such as `NotFound`; the empty text when the server gave none. */
  get reason(): string {
    return this.status.reason ?? ''
  }
  /** Seconds the server asked to wait before the next try; 0 when it did not. */
  get retryAfterSeconds(): number {
    return this.status.details?.retryAfterSeconds ?? 0
  }
}

function hasReason(error: unknown, reason: string, httpStatus: number): boolean {
  if (!(error instanceof KubeError)) return false
  if (error.reason === reason) return true
  return !KNOWN_REASONS.has(error.reason) && error.httpStatus === httpStatus
}

const KNOWN_REASONS: ReadonlySet<string> = new Set([
  'AlreadyExists',
  'BadRequest',
  'Conflict',
  'Expired',
  'Forbidden',
  'Gone',
  'InternalError',
  'Invalid',
  'MethodNotAllowed',
  'NotAcceptable',
  'NotFound',
  'RequestEntityTooLarge',
  'ServerTimeout',
  'ServiceUnavailable',
  'Timeout',
  'TooManyRequests',
  'Unauthorized',
  'UnsupportedMediaType',
  'StorageReadError',
])

/** The object (or resource) does not exist. */
export const isNotFound = (error: unknown): error is KubeError => hasReason(error, 'NotFound', 404)
/** The object exists already. A plain 409 with reason Conflict is not this. */
export const isAlreadyExists = (error: unknown): error is KubeError =>
  error instanceof KubeError && error.reason === 'AlreadyExists'
/** The object changed meanwhile, or another field manager owns a field. */
export const isConflict = (error: unknown): error is KubeError => hasReason(error, 'Conflict', 409)
/** The resource version of a list or watch is too old: list again. */
export const isGone = (error: unknown): error is KubeError =>
  error instanceof KubeError && (error.reason === 'Expired' || error.reason === 'Gone' || error.httpStatus === 410)
/** Credentials are missing or not accepted. */
export const isUnauthorized = (error: unknown): error is KubeError => hasReason(error, 'Unauthorized', 401)
/** The user may not do this. */
export const isForbidden = (error: unknown): error is KubeError => hasReason(error, 'Forbidden', 403)
/** The server asks to slow down. */
export const isTooManyRequests = (error: unknown): error is KubeError => hasReason(error, 'TooManyRequests', 429)
/** The server does not read this kind of patch or body. */
export const isUnsupportedMediaType = (error: unknown): error is KubeError =>
  hasReason(error, 'UnsupportedMediaType', 415)
/** A server-side failure that another try may cure. */
export const isServerTrouble = (error: unknown): error is KubeError =>
  error instanceof KubeError && error.httpStatus >= 500

/** What was asked, for the words of errors that the server left out. */
export interface RequestWords {
  readonly verb: string
  /** `deployments.apps`, or empty outside resources. */
  readonly resource: string
  readonly name: string
}

interface Generic {
  readonly reason: string
  readonly message: string
}

const GENERIC: Readonly<Record<number, Generic>> = {
  400: { reason: 'BadRequest', message: 'the server rejected our request for an unknown reason' },
  401: { reason: 'Unauthorized', message: 'the server has asked for the client to provide credentials' },
  403: { reason: 'Forbidden', message: 'forbidden' },
  404: { reason: 'NotFound', message: 'the server could not find the requested resource' },
  405: {
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
  },
  406: {
    reason: 'NotAcceptable',
    message: 'the server was unable to respond with a content type that the client supports',
  },
  409: { reason: 'Conflict', message: 'the server reported a conflict' },
  413: { reason: 'RequestEntityTooLarge', message: 'limit is 3145728' },
  415: {
    reason: 'UnsupportedMediaType',
    message: 'the body of the request was in an unknown format - accepted media types include: ',
  },
  422: { reason: 'Invalid', message: 'the server rejected our request due to an error in our request' },
  429: {
    reason: 'TooManyRequests',
    message: 'the server has received too many requests and has asked us to try again later',
  },
  503: { reason: 'ServiceUnavailable', message: 'the server is currently unable to handle the request' },
  504: {
    reason: 'Timeout',
    message: 'the server was unable to return a response in the time allotted, but may still be processing the request',
  },
}

function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && (body as { kind?: unknown }).kind === 'Status'
}

/**
 * The error of an answer outside 2xx. Answers that are not a `Status` (proxies, load balancers) get the words of
 * client-go's generic server response.
 */
export function errorOfAnswer(httpStatus: number, body: unknown, words: RequestWords): KubeError {
  if (isStatus(body)) return new KubeError(body, httpStatus)
  const text = typeof body === 'string' ? body : body === null || body === undefined ? '' : JSON.stringify(body)
  const generic =
    GENERIC[httpStatus] ??
    (httpStatus >= 500
      ? {
          reason: 'InternalError',
          message: `an error on the server (${JSON.stringify(text === '' ? 'unknown' : text)}) has prevented the request from succeeding`,
        }
      : {
          reason: 'Unknown',
          message: `the server responded with the status code ${httpStatus} but did not return more information`,
        })
  const reason = httpStatus === 409 && words.verb === 'post' ? 'AlreadyExists' : generic.reason
  const place =
    words.resource === '' ? '' : ` (${[words.verb, words.resource, words.name].filter((w) => w !== '').join(' ')})`
  const detail = httpStatus === 403 ? (text === '' ? 'unknown' : text) : generic.message
  return new KubeError(
    {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `${detail}${place}`,
      reason,
      details: {
        ...(words.name === '' ? {} : { name: words.name }),
        ...(text === '' ? {} : { causes: [{ reason: 'UnexpectedServerResponse', message: text }] }),
      },
      code: httpStatus,
    },
    httpStatus,
  )
}

/** The words of Go for a failing file operation, by Node's code. */
export function goFileError(code: string): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    ENOTDIR: 'not a directory',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
  }
  return words[code] ?? code
}
