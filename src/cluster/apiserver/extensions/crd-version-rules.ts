import type { FieldError, JsonObject } from '../../../api/index.ts'
import { boolAt, listAt, objectAt, stringAt } from '../../../api/index.ts'
import { duplicate, invalid, required, tooMany } from '../validation/findings.ts'
import { schemaAtPath } from './field-path.ts'

/** What is wrong with the warning that a version is deprecated. */
export function deprecationProblems(version: JsonObject, field: string): FieldError[] {
  const { deprecationWarning: value } = version
  if (value === undefined) return []
  const text = String(value)
  if (!boolAt(version, 'deprecated')) return [invalid(field, value, 'can only be set for deprecated versions')]
  const errors: FieldError[] = []
  if (text.length > 256) errors.push(invalid(field, value, 'must be <= 256 characters long'))
  if (text === '') errors.push(invalid(field, value, 'must not be an empty string'))
  const at = text.search(/\p{C}/u)
  if (at >= 0) {
    const detail = `must only contain printable UTF-8 characters; non-printable character found at index ${at}`
    errors.push(invalid(field, value, detail))
  }
  return errors
}

const SELECTABLE_LIMIT = 8

/** What is wrong with the fields of a version that field selectors may name. */
export function selectableProblems(version: JsonObject, schema: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  listAt(version, 'selectableFields').forEach((each, index) => {
    const at = `${field}[${index}].jsonPath`
    const path = stringAt(each, 'jsonPath')
    if (path === '') {
      errors.push(required(at))
      return
    }
    const found = schemaAtPath(schema, path, false)
    if ('problem' in found) {
      errors.push(invalid(at, path, `is an invalid path: ${found.problem}`))
      return
    }
    if (found.text.split('.')[0] === 'metadata') errors.push(invalid(at, path, 'must not point to fields in metadata'))
    if (!['string', 'boolean', 'integer'].includes(String(found.schema.type))) {
      const detail =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'
      errors.push(invalid(at, path, detail))
    }
    if (seen.has(found.text)) errors.push(duplicate(at, path))
    seen.add(found.text)
  })
  if (seen.size > SELECTABLE_LIMIT) errors.push(tooMany(field, seen.size, SELECTABLE_LIMIT))
  return errors
}

function pathProblems(path: string, field: string, roots: readonly string[], detail: string): FieldError[] {
  if (path === '') return [required(field)]
  if (!path.startsWith('.')) return [invalid(field, path, 'must be a simple json path starting with .')]
  return roots.some((root) => path.startsWith(root)) ? [] : [invalid(field, path, detail)]
}

/** What is wrong with the paths of a version's scale. */
export function subresourceProblems(subresources: JsonObject | undefined, field: string): FieldError[] {
  const scale = objectAt(subresources, 'scale')
  if (scale === undefined) return []
  const selector = stringAt(scale, 'labelSelectorPath')
  const either = 'should be a json path under either .spec or .status'
  return [
    ...pathProblems(
      stringAt(scale, 'specReplicasPath'),
      `${field}.scale.specReplicasPath`,
      ['.spec.'],
      'should be a json path under .spec',
    ),
    ...pathProblems(
      stringAt(scale, 'statusReplicasPath'),
      `${field}.scale.statusReplicasPath`,
      ['.status.'],
      'should be a json path under .status',
    ),
    ...(selector === ''
      ? []
      : pathProblems(selector, `${field}.scale.labelSelectorPath`, ['.spec.', '.status.'], either)),
  ]
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

/** What is wrong with the columns that a version prints. */
export function columnProblems(version: JsonObject, field: string): FieldError[] {
  return listAt(version, 'additionalPrinterColumns').flatMap((column, index) => {
    const at = `${field}[${index}]`
    const errors: FieldError[] = []
    if (stringAt(column, 'name') === '') errors.push(required(`${at}.name`))
    const type = stringAt(column, 'type')
    const oneOf = `must be one of ${COLUMN_TYPES.join(',')}`
    if (type === '') errors.push(required(`${at}.type`, oneOf))
    else if (!COLUMN_TYPES.includes(type)) errors.push(invalid(`${at}.type`, type, oneOf))
    const format = stringAt(column, 'format')
    if (format !== '' && !COLUMN_FORMATS.includes(format)) {
      errors.push(invalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`))
    }
    const path = stringAt(column, 'jsonPath')
    if (path === '') errors.push(required(`${at}.JSONPath`))
    else if (!path.startsWith('.'))
      errors.push(invalid(`${at}.JSONPath`, path, 'must be a simple json path starting with .'))
    return errors
  })
}
