/** A value to print whose objects keep the order of their keys, as a Go struct keeps that of its fields. */
export type PrintedValue =
  | null
  | boolean
  | number
  | string
  | readonly PrintedValue[]
  | { readonly [key: string]: PrintedValue }

/** JSON as Go's encoder writes it for structs: field order kept, `<`, `>`, `&` and line separators escaped. */
export function printStructJson(value: PrintedValue, indent = ''): string {
  const text = JSON.stringify(value, undefined, indent) ?? 'null'
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
