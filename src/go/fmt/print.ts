import { printFloat } from '../float.ts'
import { GoObject, type GoValue } from '../value.ts'
import { Printer } from './printer.ts'

/** Text of one value as `fmt.Sprint(value)` prints it: `%v`. */
export function formatValue(value: GoValue): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return value.toString()
    case 'number':
      return printFloat(value)
    default: {
      const printer = new Printer()
      printer.printArg(value, 'v')
      return printer.out
    }
  }
}

/**
 * Text of a value as a template action prints it: no value shows as such, a pointer without a `String` method as what it
 * points to.
 */
export function formatPrintable(value: GoValue): string {
  if (value === null || value === undefined) return '<no value>'
  if (!(value instanceof GoObject) || value.text !== undefined) return formatValue(value)
  if (value.pointerText !== undefined) return value.pointerText()
  return formatValue(value.pointer ? pointedTo(value) : value)
}

/** The struct that a pointer points to, as a value of its own: without the methods of the pointer. */
export function pointedTo({ typeName, fields, text, identity, goSyntax, hiddenFields }: GoObject): GoObject {
  return new GoObject({
    typeName,
    fields,
    ...(text !== undefined && { text }),
    ...(identity !== undefined && { identity }),
    ...(goSyntax !== undefined && { goSyntax }),
    ...(hiddenFields !== undefined && { hiddenFields }),
  })
}

/** As `fmt.Sprint`: a space between two operands of which neither is a string. */
export function sprint(...args: readonly GoValue[]): string {
  let out = ''
  let previousString = true
  for (const arg of args) {
    const isString = typeof arg === 'string'
    if (!isString && !previousString) out += ' '
    out += formatValue(arg)
    previousString = isString
  }
  return out
}

/** As `fmt.Sprintln`: a space between all operands and a newline. */
export function sprintln(...args: readonly GoValue[]): string {
  return `${args.map(formatValue).join(' ')}\n`
}
