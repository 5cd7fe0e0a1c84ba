import { unquote } from '../go/index.ts'

/** The text of a string literal, in quotes or raw; most have nothing to unquote. Throws GoError. */
export function literalText(quoted: string): string {
  const isPlain = quoted.charCodeAt(0) === 0x22 ? !quoted.includes('\\') : !quoted.includes('\r')
  return isPlain ? quoted.slice(1, -1) : unquote(quoted)
}
