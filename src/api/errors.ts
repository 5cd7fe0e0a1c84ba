import { ChartctlError } from '../base/index.ts'

/** Codes of the errors that this folder raises. */
export type ApiValueErrorCode =
  | 'BAD_QUANTITY'
  | 'BAD_PATCH'
  | 'BAD_PATCH_FORMAT'
  | 'PATCH_TEST_FAILED'
  | 'BAD_TIME'
  | 'BAD_BASE64'
  | 'BAD_SCHEMA'
  | 'PROTOBUF'

/** An API value that cannot be read; the text equals Kubernetes'. */
export class ApiValueError extends ChartctlError<ApiValueErrorCode> {}

/** A protobuf body that cannot be read; `reason` as gogo/protobuf words it where that has words. */
export const protobufError = (reason: string, cause?: unknown): ApiValueError =>
  new ApiValueError('PROTOBUF', `proto: ${reason}`, {}, cause)
