import { isPrint } from './quote.ts'
import { toBytes } from './utf8.ts'

const HTML_SPECIAL = /[\0"'&<>]/g
const HTML: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

/** As `template.HTMLEscapeString`. */
export function escapeHtml(text: string): string {
  return text.replace(HTML_SPECIAL, (char) => HTML[char] ?? char)
}

const JS_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
}

/** As `template.JSEscapeString`. */
export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=]|[\0-\x1f]|[^\0-\x7f]/gu, (char) => {
    const fixed = JS_ESCAPES[char]
    if (fixed !== undefined) return fixed
    const code = char.codePointAt(0) ?? 0
    if (code < 0x20) return `\\u00${code.toString(16).toUpperCase().padStart(2, '0')}`
    if (code >= 0xd800 && code <= 0xdfff) return char
    // U+3000 and the other spaces outside ASCII are not printable.
    return isPrint(code) ? char : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
  })
}

/** As `url.QueryEscape`. */
export function escapeQuery(text: string): string {
  return escapeBytes(text, /[A-Za-z0-9\-_.~]/).replaceAll('%20', '+')
}

function escapeBytes(text: string, plain: RegExp): string {
  let out = ''
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte)
    out += byte < 0x80 && plain.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return out
}
