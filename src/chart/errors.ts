import { ChartctlError } from '../base/index.ts'

/** What went wrong with a chart or its values. */
export type ChartErrorCode =
  | 'CHART_NOT_FOUND'
  | 'CHART_INVALID'
  | 'CHART_METADATA'
  | 'ARCHIVE_INVALID'
  | 'ARCHIVE_LIMIT'
  | 'ARCHIVE_PATH'
  | 'IGNORE_RULES'
  | 'VALUES_INVALID'
  | 'VALUES_SET'
  | 'VALUES_SCHEMA'
  | 'VALUES_TYPE'
  | 'NAME_INVALID'
  | 'PACKAGE'
  | 'CREATE'

/** An error about a chart; the message equals Helm's. */
export class ChartError extends ChartctlError<ChartErrorCode> {}

/** Builds a chart error; `cause` is what it wraps. */
export function chartError(code: ChartErrorCode, message: string, cause?: unknown): ChartError {
  return new ChartError(code, message, {}, cause)
}

/** As Helm's validation errors: the text starts with `validation: `. */
export function validationError(message: string): ChartError {
  return new ChartError('CHART_METADATA', `validation: ${message}`)
}
