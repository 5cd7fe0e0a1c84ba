import { formatFloat, GoObject, type GoValue, quote as goQuote, sprintf } from '../../go/index.ts'
import { escapeToken } from './location.ts'
import { isNumber, numberText, type Rational, rationalToNumber } from './json.ts'

/** One problem found in the values, with the problems that led to it. */
export interface Problem {
  readonly path: readonly string[]
  /** Text of the problem. */
  readonly text: string
  /** `group` is several problems of one schema, `reference` those behind a `$ref`: alone, a reference is not shown. */
  readonly kind: 'leaf' | 'group' | 'reference'
  readonly causes: readonly Problem[]
}

/** Problems as indented lines, as the Go validator prints them below its heading. */
export function formatProblems(problems: readonly Problem[], indent = 1): string {
  return problems.map((problem) => formatProblem(problem, indent)).join('')
}

function formatProblem(problem: Problem, indent: number): string {
  if (problem.kind === 'reference' && problem.causes.length === 1) return formatProblems(problem.causes, indent)
  const line = `\n${'  '.repeat(indent - 1)}- at ${quoted(pointer(problem.path))}: ${problem.text}`
  return line + formatProblems(problem.causes, indent + 1)
}

function pointer(path: readonly string[]): string {
  return path.map((token) => `/${escapeToken(token)}`).join('')
}

/** Text in single quotes, escaped as Go's `%q`. */
export function quoted(text: string): string {
  // A backslash at the end makes a pair with the closing quote, and so loses its double; the validator has it so.
  const inner = goQuote(text).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner.slice(1, -1)}'`
}

/** Texts in single quotes, joined with commas. */
export function quotedList(texts: readonly string[]): string {
  return texts.map(quoted).join(', ')
}

/** A scalar as a message shows it. */
export function displayed(value: GoValue): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value) || value instanceof Map) return 'value'
  if (value instanceof GoObject || isNumber(value)) return isNumber(value) ? numberText(value) : ''
  return sprintf('%v', value)
}

/** A count with thousands separators. */
export function count(value: number): string {
  return grouped(String(value))
}

/** A number as English messages show it: grouped, from six digits before the point on and below 1e-4 as a power of ten. */
export function decimal(value: Rational): string {
  const number = rationalToNumber(value)
  const [mantissa = '0', exponentText = '0'] = formatFloat(number, 'e', -1).split('e')
  const exponent = Number(exponentText)
  if (number !== 0 && (exponent < -4 || exponent >= 6)) return `${mantissa}×10${superscript(exponent)}`
  const [whole = '0', fraction] = formatFloat(number, 'f', -1).split('.')
  return fraction === undefined ? grouped(whole) : `${grouped(whole)}.${fraction}`
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

function superscript(exponent: number): string {
  const digits = String(Math.abs(exponent)).padStart(2, '0')
  const raised = Array.from(digits, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit))).join('')
  return exponent < 0 ? `⁻${raised}` : raised
}
