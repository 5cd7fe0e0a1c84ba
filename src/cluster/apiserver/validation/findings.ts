import type { FieldError, FieldErrorType } from '../../../api/index.ts'

/** A list of findings. */
export type Findings = FieldError[]

function finding(type: FieldErrorType, field: string, detail: string, value?: unknown): FieldError {
  return value === undefined ? { type, field, detail } : { type, field, detail, value }
}

/** A value is missing. */
export function required(field: string, detail = ''): FieldError {
  return finding('Required', field, detail)
}

/** A value is wrong. An absent value prints as null. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return finding('Invalid', field, detail, value ?? null)
}

/** A value is none of those allowed; `supported` is printed in this order. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  return { type: 'NotSupported', field, detail: '', value: value === undefined ? '' : value, supported }
}

/** A value may not be set here. */
export function forbidden(field: string, detail: string): FieldError {
  return finding('Forbidden', field, detail)
}

/** A value occurs twice. */
export function duplicate(field: string, value: unknown): FieldError {
  return finding('Duplicate', field, '', value)
}

/** A name refers to nothing. */
export function notFound(field: string, value: unknown): FieldError {
  return finding('NotFound', field, '', value)
}

/** A text or map is too big. Nothing fits a negative limit, which is not told. */
export function tooLong(field: string, limit: number): FieldError {
  const detail = `may not be more than ${limit} ${limit === 1 ? 'byte' : 'bytes'}`
  return finding('TooLong', field, limit < 0 ? 'value is too long' : detail)
}

/** A list is too long. */
export function tooMany(field: string, count: number, limit: number): FieldError {
  return finding('TooMany', field, `must have at most ${limit} items`, count)
}

/** One `invalid` finding per problem. */
export function invalidEach(field: string, value: unknown, problems: readonly string[]): Findings {
  return problems.map((problem) => invalid(field, value, problem))
}

/** A number must not be negative; absent is fine. */
export function nonNegative(field: string, value: number | undefined): Findings {
  return value !== undefined && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : []
}

/** A value that an update may not change. */
export const IMMUTABLE = 'field is immutable'
