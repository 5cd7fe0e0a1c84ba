import { ChartctlError } from '../../base/index.ts'
import type { FieldError, Status, StatusCause } from '../../api/index.ts'
import { aggregateText, causeOf } from './field-error-text.ts'

/** Reasons of `Status` objects that the server uses. */
export type ApiErrorCode =
  | 'AlreadyExists'
  | 'BadRequest'
  | 'Conflict'
  | 'Expired'
  | 'Forbidden'
  | 'InternalError'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'NotFound'
  | 'RequestEntityTooLarge'
  | 'ServiceUnavailable'
  | 'Timeout'
  | 'TooManyRequests'
  | 'Unauthorized'
  | 'Unknown'
  | 'UnsupportedMediaType'

/** An error that is answered as a `Status` object. */
export class ApiError extends ChartctlError<ApiErrorCode> {
  readonly status: Status
  constructor(code: ApiErrorCode, status: Status, cause?: unknown) {
    super(code, status.message ?? '', {}, cause)
    this.status = status
  }
}

/** Group and plural name; prints as `configmaps` or `deployments.apps`. */
export interface GroupResource {
  readonly group: string
  readonly resource: string
}

/** `deployments.apps`, or only the resource in the core group. */
export function groupResourceText(gr: GroupResource): string {
  return gr.group === '' ? gr.resource : `${gr.resource}.${gr.group}`
}

interface Parts {
  readonly httpCode: number
  readonly reason?: string
  readonly message: string
  readonly details?: Status['details']
}

function failure(code: ApiErrorCode, parts: Parts, cause?: unknown): ApiError {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: parts.message }
  if (parts.reason !== undefined) status.reason = parts.reason
  if (parts.details !== undefined) status.details = parts.details
  status.code = parts.httpCode
  return new ApiError(code, status, cause)
}

function detailsOf(gr: GroupResource, name: string, causes?: StatusCause[]): NonNullable<Status['details']> {
  return {
    ...(name !== '' && { name }),
    ...(gr.group !== '' && { group: gr.group }),
    ...(gr.resource !== '' && { kind: gr.resource }),
    ...(causes !== undefined && { causes }),
  }
}

/** An error whose Status somebody else chose. */
export function statusError(status: Status): ApiError {
  return new ApiError('Unknown', status)
}

/** 404 for one object. */
export function notFound(gr: GroupResource, name: string): ApiError {
  return failure('NotFound', {
    httpCode: 404,
    reason: 'NotFound',
    message: `${groupResourceText(gr)} ${JSON.stringify(name)} not found`,
    details: detailsOf(gr, name),
  })
}

/** 404 for a path that nothing serves. */
export function noSuchPath(): ApiError {
  return failure('NotFound', {
    httpCode: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  })
}

/** 405 for a verb that a resource does not have. */
export function methodNotAllowed(): ApiError {
  return failure('MethodNotAllowed', {
    httpCode: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  })
}

/** 409 on create. */
export function alreadyExists(gr: GroupResource, name: string, isGoing = false): ApiError {
  const prefix = isGoing ? 'object is being deleted: ' : ''
  return failure('AlreadyExists', {
    httpCode: 409,
    reason: 'AlreadyExists',
    message: `${prefix}${groupResourceText(gr)} ${JSON.stringify(name)} already exists`,
    details: detailsOf(gr, name),
  })
}

/** 409 on a write that no longer fits what is stored. */
export function conflict(gr: GroupResource, name: string, why: string): ApiError {
  return failure('Conflict', {
    httpCode: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${groupResourceText(gr)} ${JSON.stringify(name)}: ${why}`,
    details: detailsOf(gr, name),
  })
}

/** The text of a stale resourceVersion. */
export const OBJECT_MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again'

/** 409 of server-side apply; each cause names a field and who owns it. */
export function applyConflict(message: string, causes: StatusCause[]): ApiError {
  return failure('Conflict', { httpCode: 409, reason: 'Conflict', message, details: { causes } })
}

/** 422 with the findings of validation. `kind` is the object's kind (`Deployment`), not the resource. */
export function invalid(
  gk: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const qualified = gk.group === '' ? gk.kind : `${gk.kind}.${gk.group}`
  return failure('Invalid', {
    httpCode: 422,
    reason: 'Invalid',
    message: `${qualified} ${JSON.stringify(name)} is invalid: ${aggregateText(errors)}`,
    details: detailsOf({ group: gk.group, resource: gk.kind }, name, errors.map(causeOf)),
  })
}

/** 400. */
export function badRequest(message: string): ApiError {
  return failure('BadRequest', { httpCode: 400, reason: 'BadRequest', message })
}

/** 401. */
export function unauthorized(): ApiError {
  return failure('Unauthorized', { httpCode: 401, reason: 'Unauthorized', message: 'Unauthorized' })
}

/** 403 for one object or collection; `why` follows `is forbidden: `. */
export function forbidden(gr: GroupResource, name: string, why: string, causes?: StatusCause[]): ApiError {
  const what = name === '' ? groupResourceText(gr) : `${groupResourceText(gr)} ${JSON.stringify(name)}`
  return failure('Forbidden', {
    httpCode: 403,
    reason: 'Forbidden',
    message: gr.resource === '' ? `forbidden: ${why}` : `${what} is forbidden: ${why}`,
    details: detailsOf(gr, name, causes),
  })
}

/** 410 for a resourceVersion or continue token that is too old. */
export function expired(message: string): ApiError {
  return failure('Expired', { httpCode: 410, reason: 'Expired', message })
}

/** 415 for a body in a format that is not read. */
export function unsupportedMediaType(message: string, details?: Status['details']): ApiError {
  return failure('UnsupportedMediaType', {
    httpCode: 415,
    reason: 'UnsupportedMediaType',
    message,
    ...(details !== undefined && { details }),
  })
}

/** 406. */
export function notAcceptable(available: readonly string[]): ApiError {
  return failure('NotAcceptable', {
    httpCode: 406,
    reason: 'NotAcceptable',
    message: `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`,
    details: {},
  })
}

/** 413. */
export function tooLarge(message: string): ApiError {
  return failure('RequestEntityTooLarge', { httpCode: 413, reason: 'RequestEntityTooLarge', message })
}

/** 429, such as an eviction that a disruption budget does not allow. */
export function tooManyRequests(message: string, details: NonNullable<Status['details']>): ApiError {
  return failure('TooManyRequests', { httpCode: 429, reason: 'TooManyRequests', message, details })
}

/** 504 for a resourceVersion that is not reached in time. */
export function timedOut(message: string, details?: Status['details']): ApiError {
  return failure('Timeout', {
    httpCode: 504,
    reason: 'Timeout',
    message: `Timeout: ${message}`,
    ...(details !== undefined && { details }),
  })
}

/** 503. */
export function unavailable(message: string): ApiError {
  return failure('ServiceUnavailable', { httpCode: 503, reason: 'ServiceUnavailable', message })
}

/** 500 with Kubernetes' reason. */
export function internalError(message: string, cause?: unknown): ApiError {
  return failure(
    'InternalError',
    {
      httpCode: 500,
      reason: 'InternalError',
      message: `Internal error occurred: ${message}`,
      details: { causes: [{ message }] },
    },
    cause,
  )
}

/** 500 as Kubernetes answers an error that is not one of its own: no reason. */
export function plainServerError(message: string): ApiError {
  return failure('Unknown', { httpCode: 500, message })
}

/** 422 as Kubernetes answers a patch that does not apply: the real cause is not told. */
export function unprocessable(): ApiError {
  return failure('Invalid', {
    httpCode: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
  })
}

/** The refusal of a node agent. */
export function refusedStream(refusal: {
  readonly status: number
  readonly reason: string
  readonly message: string
}): ApiError {
  const { status, reason, message } = refusal
  if (reason === 'NotFound') return failure('NotFound', { httpCode: status, reason, message, details: {} })
  return failure('BadRequest', { httpCode: status, reason, message })
}

/** 406 for an object asked for as a list, or the other way round. */
export function wrongShape(message: string): ApiError {
  return failure('NotAcceptable', { httpCode: 406, reason: 'NotAcceptable', message })
}
