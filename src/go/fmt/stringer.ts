import { GoNil, GoNumber, GoObject, type GoValue } from '../value.ts'

const numberStringers = new Map<string, (value: bigint) => string>()

/** Gives a named integer type, such as `time.Duration`, its `String` method. */
export function registerNumberStringer(typeName: string, text: (value: bigint) => string): void {
  numberStringers.set(typeName, text)
}

/** Text of a value's `String` or `Error` method; undefined when its type has none. */
export function stringOf(value: GoValue & object): string | undefined {
  if (value instanceof GoObject) return (value.text ?? (value.pointer ? value.pointerText : undefined))?.()
  if (value instanceof GoNumber && value.typeName !== undefined && typeof value.value === 'bigint') {
    return numberStringers.get(value.typeName)?.(value.value)
  }
  if (value instanceof GoNil && value.typeName === 'error') return '<nil>'
  return undefined
}
