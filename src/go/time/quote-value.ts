import { toBytes } from '../utf8.ts'

/** Quotes as the errors of Go's `time` do: everything outside printable ASCII as `\x..` bytes. */
export function quoteValue(text: string): string {
  let out = '"'
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x80 && code >= 0x20) out += char === '"' || char === '\\' ? `\\${char}` : char
    else for (const byte of toBytes(char)) out += `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return `${out}"`
}
