import { ChartctlError } from '../base/index.ts'

/** What went wrong when a Go operation failed. */
export type GoErrorCode = 'INVALID_SYNTAX' | 'OUT_OF_RANGE' | 'TYPE_MISMATCH' | 'INVALID_ARGUMENT' | 'REGEXP_SYNTAX'

/** An error value of one of Go's packages; its message is Go's text. */
export class GoError extends ChartctlError<GoErrorCode> {}

/** A mismatch of types, worded by the caller as Go words it. */
export const typeMismatch = (message: string): GoError => new GoError('TYPE_MISMATCH', message)

/** An index or length outside what the value allows. */
export const outOfRange = (message: string): GoError => new GoError('OUT_OF_RANGE', message)

/** An argument that the operation refuses. */
export const invalidArgument = (message: string): GoError => new GoError('INVALID_ARGUMENT', message)

/** As `strconv.ErrSyntax`, bare. */
export const invalidSyntax = (): GoError => new GoError('INVALID_SYNTAX', 'invalid syntax')
