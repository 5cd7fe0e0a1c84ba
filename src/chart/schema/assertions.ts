import type { GoSlice, GoValue } from '../../go/index.ts'
import { compareRationals, isMultiple, isWhole, jsonEquals, jsonTypeOf, type Rational, rationalOf } from './json.ts'
import { count, decimal, displayed, quoted } from './messages.ts'
import type { Schema } from './model.ts'

/** What type, const, enum and format have against a value: the first that fails is the only one reported. */
export function valueProblem(schema: Schema, value: GoValue): string | undefined {
  const type = jsonTypeOf(value)
  if (type === undefined) return 'invalid jsonType'
  if (schema.types && !schema.types.has(type)) {
    const rational = type === 'number' && schema.types.has('integer') ? rationalOf(value) : undefined
    if (!rational || !isWhole(rational)) return `got ${type}, want ${[...schema.types].join(' or ')}`
  }
  if (schema.const && !jsonEquals(value, schema.const.value)) {
    const want = schema.const.value
    const composite = Array.isArray(want) || want instanceof Map
    return composite ? "'const' failed" : `value must be ${displayed(want)}`
  }
  if (schema.enum && !schema.enum.some((item) => jsonEquals(value, item))) return enumText(schema.enum)
  const reason = schema.format?.check(value)
  return reason === undefined ? undefined : `${displayed(value)} is not valid ${schema.format?.name}: ${reason}`
}

function enumText(values: readonly GoValue[]): string {
  if (values.some((value) => Array.isArray(value) || value instanceof Map)) return "'enum' failed"
  const shown = values.map(displayed)
  return shown.length === 1 ? `value must be ${shown[0]}` : `value must be one of ${shown.join(', ')}`
}

/** What the keywords for texts have against one. */
export function textProblems({ minLength, maxLength, pattern }: Schema, text: string): string[] {
  const problems: string[] = []
  const length = minLength === undefined && maxLength === undefined ? 0 : Array.from(text).length
  if (minLength !== undefined && length < minLength) {
    problems.push(`minLength: got ${count(length)}, want ${count(minLength)}`)
  }
  if (maxLength !== undefined && length > maxLength) {
    problems.push(`maxLength: got ${count(length)}, want ${count(maxLength)}`)
  }
  if (pattern && !pattern.matches(text)) {
    problems.push(`${quoted(text)} does not match pattern ${quoted(pattern.source)}`)
  }
  return problems
}

/** What the keywords for numbers have against one. */
export function numberProblems(schema: Schema, value: GoValue): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const number = rationalOf(value)
  if (!number) return []
  const problems: string[] = []
  const report = (keyword: string, want: Rational): unknown =>
    problems.push(`${keyword}: got ${decimal(number)}, want ${decimal(want)}`)
  if (minimum && compareRationals(number, minimum) < 0) report('minimum', minimum)
  if (maximum && compareRationals(number, maximum) > 0) report('maximum', maximum)
  if (exclusiveMinimum && compareRationals(number, exclusiveMinimum) <= 0) report('exclusiveMinimum', exclusiveMinimum)
  if (exclusiveMaximum && compareRationals(number, exclusiveMaximum) >= 0) report('exclusiveMaximum', exclusiveMaximum)
  if (multipleOf && !isMultiple(number, multipleOf)) report('multipleOf', multipleOf)
  return problems
}

/** The places of the first two items that are equal. */
export function firstEqualItems(list: GoSlice): readonly [number, number] | undefined {
  for (let i = 1; i < list.length; i++) {
    for (let j = 0; j < i; j++) if (jsonEquals(list[i], list[j])) return [j, i]
  }
  return undefined
}
