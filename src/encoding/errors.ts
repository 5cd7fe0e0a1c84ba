import { ChartctlError } from '../base/index.ts'

/** What went wrong while reading or writing an encoding. */
export type EncodingErrorCode =
  | 'YAML_SYNTAX'
  | 'YAML_VALUE'
  | 'YAML_DUPLICATE_KEY'
  | 'YAML_SEPARATOR'
  | 'YAML_TYPE'
  | 'JSON_SYNTAX'
  | 'JSON_TYPE'
  | 'JSON_UNSUPPORTED'
  | 'TOML_SYNTAX'
  | 'TOML_UNSUPPORTED'
  | 'BASE64_CORRUPT'
  | 'DER_CORRUPT'

/** Raised by every reader and writer of this folder. The message is Go's. */
export class EncodingError extends ChartctlError<EncodingErrorCode> {}

/** Where a reader stopped, counted from 1; kept for messages that point at the text. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

/** A YAML syntax error. `message` is go-yaml's (with its own way of counting lines); `position` is the true place. */
export function yamlSyntaxError(message: string, position: TextPosition): EncodingError {
  return new EncodingError('YAML_SYNTAX', `yaml: ${message}`, { position })
}

/** A YAML text whose nodes have no value in Go: bad tags, unhashable keys, alias bombs. */
export function yamlValueError(message: string): EncodingError {
  return new EncodingError('YAML_VALUE', `yaml: ${message}`)
}

/** The list of duplicate keys that strict reading found. */
export function yamlDuplicateKeys(problems: readonly string[]): EncodingError {
  return new EncodingError('YAML_DUPLICATE_KEY', `yaml: unmarshal errors:\n  ${problems.join('\n  ')}`, { problems })
}

/** Adds what was being done, as Go's error wrapping prints it. */
export function wrapEncodingError(prefix: string, error: unknown): EncodingError {
  if (!(error instanceof EncodingError)) throw error
  return new EncodingError(error.code, `${prefix}: ${error.message}`, error.details, error)
}

/** What encoding/json says of a value that contains itself. */
const CYCLE = 'json: unsupported value: encountered a cycle via map[string]interface {}'

/** Runs a writer; a value that is nested without end is refused instead of overflowing the stack. */
export function withoutOverflow<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof RangeError) throw new EncodingError('JSON_UNSUPPORTED', CYCLE)
    throw error
  }
}
