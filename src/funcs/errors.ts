import { ChartctlError } from '../base/index.ts'

/** Why a template function failed: on purpose (`fail`, `required`), or because of its arguments. */
export type FunctionErrorCode = 'FUNCTION_ARGUMENT' | 'FUNCTION_PANIC' | 'FUNCTION_FAIL'

/** Raised by template functions; the message is what Go's function returns or panics with. */
export class FunctionError extends ChartctlError<FunctionErrorCode> {}

/** An error that the Go function returns. */
export const argumentError = (message: string): FunctionError => new FunctionError('FUNCTION_ARGUMENT', message)

/** A value that the Go function panics with; the template engine turns it into an error of the same text. */
export const panicError = (message: string): FunctionError => new FunctionError('FUNCTION_PANIC', message)

/** An error of Go's runtime, such as an index out of range. */
export const runtimeError = (message: string): FunctionError => panicError(`runtime error: ${message}`)

/** What Go says when a method is called on a nil type or pointer. */
export const nilDereference = (): FunctionError => runtimeError('invalid memory address or nil pointer dereference')

const FAIL_START = 'HELM_ERR_START'
const FAIL_END = 'HELM_ERR_END'

/** The error of `fail` and `required`. The marks tell the renderer which part of the text is the chart's own message. */
export const chartFailure = (message: string): FunctionError =>
  new FunctionError('FUNCTION_FAIL', `${FAIL_START}${message}${FAIL_END}`)

/** The chart's own message inside an error text that came from `fail` or `required`. */
export function chartFailureMessage(text: string): string | undefined {
  const start = text.indexOf(FAIL_START)
  const end = text.lastIndexOf(FAIL_END)
  return start < 0 || end < start ? undefined : text.slice(start + FAIL_START.length, end)
}
