import { errorText } from '../../base/index.ts'
import { KubeClientError } from '../errors.ts'

/** Several failures as one: the single one itself, else their texts joined by `separator`, with all in `details.errors`. */
export function joinFailures(errors: readonly unknown[], separator: string): unknown {
  if (errors.length === 1) return errors[0]
  return new KubeClientError('INVALID_OBJECT', errors.map(errorText).join(separator), { errors }, errors[0])
}
