/** Go's `fmt`: verbs, flags and default formats. Begin with printf.ts (directives) and printer.ts (operands). */
export { sprintf } from './printf.ts'
export { formatPrintable, formatValue, pointedTo, sprint, sprintln } from './print.ts'
export { registerNumberStringer } from './stringer.ts'
