const SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\f', '\\f'],
  ['\r', '\\r'],
])

/** A text between double quotes, with TOML's escapes. */
export function quoteToml(text: string): string {
  const escaped = text.replace(
    /["\\\0-\x1f\x7f]/g,
    (char) => SHORT.get(char) ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped}"`
}

/** A dotted key; parts that are not bare are quoted. */
export function printKey(key: readonly string[]): string {
  return key.map((part) => (/^[A-Za-z0-9_-]+$/.test(part) ? part : quoteToml(part))).join('.')
}
