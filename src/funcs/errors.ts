import { ChartctlError } from '../base/index.ts'

/** How a template function failed: with an error that Go's function returns, or with a panic. */
export type FunctionErrorCode = 'FUNCTION_ARGUMENT' | 'FUNCTION_PANIC'

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
