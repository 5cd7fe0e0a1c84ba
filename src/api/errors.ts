import { ChartctlError } from '../base/index.ts'

/** Codes of the errors that this folder raises. */
export type ApiErrorCode =
  | 'BAD_QUANTITY'
  | 'BAD_PATCH'
  | 'PATCH_TEST_FAILED'
  | 'BAD_TIME'
  | 'BAD_BASE64'
  | 'BAD_SCHEMA'
  | 'PROTOBUF'

/** An API value that cannot be read; the text equals Kubernetes'. */
export class ApiError extends ChartctlError<ApiErrorCode> {}

/** A protobuf body that cannot be read; `reason` as gogo/protobuf words it where that has words. */
export const protobufError = (reason: string, cause?: unknown): ApiError =>
  new ApiError('PROTOBUF', `proto: ${reason}`, {}, cause)
