import { ChartctlError } from '../../base/index.ts'

/** Why evaluating an expression failed. */
export type CelErrorCode = 'CEL_EVALUATION' | 'CEL_COST'

/** An evaluation that gave no value: a missing key, an overflow, a bad conversion, or too much work. */
export class CelError extends ChartctlError<CelErrorCode> {}

/** An evaluation error with cel-go's text. */
export function celError(message: string): CelError {
  return new CelError('CEL_EVALUATION', message)
}

/** The error of an operator or function that has no variant for its operands. */
export function noSuchOverload(name = ''): CelError {
  return celError(name === '' ? 'no such overload' : `no such overload: ${name}`)
}

/** The error of an expression that does more than it may. */
export function costExceeded(): CelError {
  return new CelError('CEL_COST', 'operation cancelled: actual cost limit exceeded')
}
