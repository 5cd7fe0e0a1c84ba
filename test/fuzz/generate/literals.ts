import lists from './lists.json' with { type: 'json' }
import type { Random } from '../random.ts'

const { literalsTexts: texts } = lists

/** A text for a literal: mostly from a list of tricky ones, sometimes two of them together or letters at random. */
export function text(random: Random): string {
  return random.weighted([
    [8, () => random.pick(texts)],
    [1, () => random.pick(texts) + random.pick(texts)],
    [1, () => random.some(0, 12, () => random.pick([...'abcXYZ019 -_./:,éß日🙂\n\t"\''])).join('')],
  ])
}

/** A Go string literal (interpreted or raw) that stands for the text. */
export function quoted(random: Random, value: string): string {
  if (random.chance(0.15) && !/[`\r\u0000\ufeff]/.test(value)) return `\`${value}\``
  return goQuoted(value)
}

/** An interpreted Go string literal. */
export function goQuoted(value: string): string {
  let out = '"'
  for (const char of value) {
    const code = char.codePointAt(0)!
    if (char === '"' || char === '\\') out += `\\${char}`
    else if (char === '\n') out += '\\n'
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code === 0xfeff || code === 0x2028) out += `\\u${code.toString(16)}`
    else out += char
  }
  return `${out}"`
}

/** An escape that only a literal can make: bytes that are not UTF-8, octal, 32-bit escapes. */
export function oddString(random: Random): string {
  return random.pick([
    '"\\xff"',
    '"a\\xc3b"',
    '"\\xe6\\x97"',
    '"\\101\\n"',
    '"\\U0001F642"',
    '"\\u00e9\\x80"',
    '"\\a\\b\\f\\v"',
  ])
}

const { literalsIntegers: integers } = lists

/** An integer literal of Go; small ones are the more likely. */
export function integer(random: Random): string {
  return random.chance(0.6) ? random.pick(integers.slice(0, 10)) : random.pick(integers)
}

const { literalsFloats: floats } = lists

/** A floating-point literal of Go. */
export function float(random: Random): string {
  return random.pick(floats)
}
