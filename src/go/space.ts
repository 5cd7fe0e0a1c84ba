/** `unicode.IsSpace`. */
export function isSpace(char: string): boolean {
  const code = char.charCodeAt(0)
  if (code < 0x100) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0x85 || code === 0xa0
  return code !== 0xfeff && /^\s$/u.test(char)
}

/** `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charAt(start))) start++
  while (end > start && isSpace(text.charAt(end - 1))) end--
  return text.slice(start, end)
}
