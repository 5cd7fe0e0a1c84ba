/** The kinds of field errors that Kubernetes distinguishes. */
export type FieldErrorType =
  | 'Required'
  | 'Invalid'
  | 'NotSupported'
  | 'Duplicate'
  | 'Forbidden'
  | 'TooLong'
  | 'TooMany'
  | 'NotFound'
  | 'TypeInvalid'
  | 'InternalError'

/** One finding of validation. Validation returns lists of these and never throws. */
export interface FieldError {
  readonly type: FieldErrorType
  /** Path such as `spec.containers[0].name`. */
  readonly field: string
  /** The value that was refused; absent for Required and Forbidden. */
  readonly value?: unknown
  /** The value is not printed, though findings of this kind have one. */
  readonly omitValue?: boolean
  /** What is wrong, without the path. */
  readonly detail: string
  /** For NotSupported: the values that are allowed, already sorted as they are to be printed. */
  readonly supported?: readonly string[]
}
