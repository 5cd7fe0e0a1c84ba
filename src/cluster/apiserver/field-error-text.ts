import type { FieldError, FieldErrorType, StatusCause } from '../../api/index.ts'
import { quote } from '../../go/index.ts'

const TITLES: Readonly<Record<string, string>> = {
  Required: 'Required value',
  Invalid: 'Invalid value',
  TypeInvalid: 'Invalid value',
  NotSupported: 'Unsupported value',
  Duplicate: 'Duplicate value',
  Forbidden: 'Forbidden',
  TooLong: 'Too long',
  TooMany: 'Too many',
  NotFound: 'Not found',
  InternalError: 'Internal error',
}

const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set(['Required', 'Forbidden', 'TooLong', 'InternalError'])

/** Text of a finding without its path, as `field.Error.ErrorBody` of Kubernetes prints it. */
export function bodyText(error: FieldError): string {
  const title = TITLES[error.type] ?? error.type
  const isShown = !WITHOUT_VALUE.has(error.type) && error.omitValue !== true
  let text = isShown ? `${title}: ${printValue(error.value ?? null)}` : title
  const detail = error.supported === undefined ? error.detail : supportedText(error.supported)
  if (detail !== '') text += `: ${detail}`
  return text
}

/** Texts as they are; other values as Go's JSON, which escapes what HTML would read. */
function printValue(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  const text = JSON.stringify(value)
  return typeof value === 'object' ? text.replaceAll(/[<>&]/g, (each) => HTML[each] ?? each) : text
}

const HTML: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' }

function supportedText(values: readonly string[]): string {
  return values.length === 0 ? '' : `supported values: ${values.map((value) => JSON.stringify(value)).join(', ')}`
}

/** All findings as one text: repeated ones once, several in brackets. */
export function aggregateText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${bodyText(error)}`))]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}

/** A finding as a cause of a Status. */
export function causeOf(error: FieldError): StatusCause {
  const reason = error.type === 'InternalError' ? 'InternalError' : `FieldValue${error.type}`
  return { reason, message: bodyText(error), field: error.field }
}
