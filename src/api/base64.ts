import { ApiValueError } from './errors.ts'

/**
 * Reads standard base64 as Go's `encoding/base64` does (padding needed, line breaks skipped) and prints it again in
 * canonical form. Throws ApiValueError with Go's text, which names the first bad byte.
 */
export function normalizeBase64(text: string): string {
  // Node skips what is no base64, so a text that comes back unchanged is sound and canonical.
  const canonical = Buffer.from(text, 'base64').toString('base64')
  if (canonical === text) return text
  const bad = corruptAt(text)
  if (bad !== undefined) throw new ApiValueError('BAD_BASE64', `illegal base64 data at input byte ${bad}`)
  return canonical
}

/** Offset at which Go's decoder gives up; undefined when the text is sound. */
function corruptAt(text: string): number | undefined {
  const isBreak = (at: number): boolean => text[at] === '\n' || text[at] === '\r'
  let at = 0
  for (;;) {
    let count = 0
    while (count < 4) {
      if (at === text.length) return count === 0 ? undefined : at - count
      const char = text[at++] ?? ''
      if (/[A-Za-z0-9+/]/.test(char)) {
        count++
        continue
      }
      if (char === '\n' || char === '\r') continue
      if (char !== '=' || count < 2) return at - 1
      while (at < text.length && isBreak(at)) at++
      if (count === 2) {
        if (at === text.length) return text.length
        if (text[at] !== '=') return at
        at++
      }
      while (at < text.length && isBreak(at)) at++
      return at < text.length ? at : undefined
    }
  }
}
