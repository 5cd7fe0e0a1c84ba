import { printFloat } from '../float.ts'
import type { GoValue } from '../value.ts'
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
