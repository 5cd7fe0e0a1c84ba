import { isSpace } from '../../go/index.ts'
import { fn, type FunctionTable } from '../signature.ts'
import {
  charsOf,
  isDigit,
  isLetter,
  isLower,
  isNumber,
  isPunctuation,
  isTitle,
  isUpper,
  toLower,
  toTitle,
  toUpper,
} from './unicode.ts'

const ASCII = /^[\0-\x7f]*$/

function lower(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : charsOf(text).map(toLower).join('')
}

function upper(text: string): string {
  return ASCII.test(text) ? text.toUpperCase() : charsOf(text).map(toUpper).join('')
}

/** Whether a character separates words for `strings.Title`. */
function isSeparator(char: string): boolean {
  const code = char.charCodeAt(0)
  if (code < 0x80) return !/[0-9A-Za-z_]/.test(char)
  return !isLetter(char) && !isDigit(char) && isSpace(char)
}

function title(text: string): string {
  let previous = ' '
  return charsOf(text)
    .map((char) => {
      const starts = isSeparator(previous)
      previous = char
      return starts ? toTitle(char) : char
    })
    .join('')
}

function untitle(text: string): string {
  let starts = true
  return charsOf(text)
    .map((char) => {
      if (isSpace(char)) {
        starts = true
        return char
      }
      const changed = starts ? toLower(char) : char
      starts = false
      return changed
    })
    .join('')
}

function swapCase(text: string): string {
  let afterSpace = true
  return charsOf(text)
    .map((char) => {
      if (isUpper(char) || isTitle(char)) {
        afterSpace = false
        return toLower(char)
      }
      if (isLower(char)) {
        const changed = afterSpace ? toTitle(char) : toUpper(char)
        afterSpace = false
        return changed
      }
      afterSpace = isSpace(char)
      return char
    })
    .join('')
}

const isConnector = (char: string): boolean => char === '-' || char === '_' || isSpace(char)

/** Pascal case as xstrings makes it: connectors between words go, doubled ones leave one, leading and trailing ones stay. */
function pascalCase(text: string): string {
  const chars = charsOf(text)
  let at = 0
  let out = ''
  while (at < chars.length && isConnector(chars[at] as string)) out += chars[at++]
  // xstrings writes the last connector once more when there is nothing else.
  if (at === chars.length) return out + (chars[at - 1] ?? '')
  let current = chars[at++] as string
  let wordIsUpper = isUpper(current)
  current = toUpper(current)
  for (; at < chars.length; at++) {
    const previous = current
    current = chars[at] as string
    if (isConnector(current) && isConnector(previous)) {
      out += previous
      continue
    }
    if (isConnector(previous)) {
      wordIsUpper = isUpper(current)
      current = toUpper(current)
      continue
    }
    if (wordIsUpper) {
      if (isUpper(current)) current = toLower(current)
      else wordIsUpper = false
    }
    out += previous
  }
  return out + current
}

type WordKind = 'none' | 'number' | 'upper' | 'letters' | 'connector' | 'punctuation' | 'other'

interface Word {
  readonly kind: WordKind
  readonly text: string
}

const FIRST_CJK = 0x3400

/** A letter that is not one of the common ideographs. */
function isAlphabet(char: string): boolean {
  if (!isLetter(char)) return false
  const code = char.codePointAt(0) ?? 0
  if (code < FIRST_CJK) return true
  return !((code >= 0x4e00 && code <= 0x9fcc) || code <= 0x4d85 || (code >= 0x20000 && code <= 0x2b81d))
}

const isSmall = (char: string): boolean => isAlphabet(char) && !isUpper(char)
const isOther = (char: string): boolean =>
  !isConnector(char) && !isAlphabet(char) && !isNumber(char) && !isPunctuation(char)

/** A character with the bytes before it that are not UTF-8, which xstrings skips but keeps. */
interface Unit {
  readonly char: string
  readonly text: string
}

/** Bytes at the end that are not UTF-8 count as another of the character before them. */
function unitsOf(text: string): Unit[] {
  const units: Unit[] = []
  let skipped = ''
  for (const char of text) {
    if (/^[\ud800-\udfff\ufffd]$/u.test(char)) {
      skipped += char
      continue
    }
    units.push({ char, text: skipped + char })
    skipped = ''
  }
  const last = units.at(-1)
  if (skipped !== '' && last !== undefined) units.push({ char: last.char, text: skipped })
  return units
}

/** Splits a text into the words that snake and kebab case join: runs of one kind, `HTTPServer` before its last capital. */
function wordsOf(text: string): Word[] {
  const units = unitsOf(text)
  if (units.length === 0 && text !== '') return [{ kind: 'none', text }]
  const chars = units.map(({ char }) => char)
  const words: Word[] = []
  for (let from = 0; from < chars.length; ) {
    const { kind, to } = wordAt(chars, from)
    const members = units.slice(from, to)
    words.push({ kind, text: members.map((unit) => unit.text).join('') })
    from = to
  }
  return words
}

function wordAt(chars: readonly string[], from: number): { kind: WordKind; to: number } {
  const first = chars[from] as string
  const run = (at: number, holds: (char: string) => boolean): number => {
    let to = at
    while (to < chars.length && holds(chars[to] as string)) to++
    return to
  }
  if (isConnector(first)) return { kind: 'connector', to: run(from + 1, isConnector) }
  if (isPunctuation(first)) return { kind: 'punctuation', to: run(from + 1, isPunctuation) }
  if (isUpper(first)) return { kind: 'upper', to: upperWordEnd(chars, from, run) }
  if (isAlphabet(first)) return { kind: 'letters', to: run(from + 1, isSmall) }
  if (isNumber(first)) return { kind: 'number', to: run(from + 1, isNumber) }
  return { kind: 'other', to: run(from + 1, isOther) }
}

function upperWordEnd(
  chars: readonly string[],
  from: number,
  run: (at: number, holds: (char: string) => boolean) => number,
): number {
  const second = chars[from + 1]
  if (second === undefined) return from + 1
  if (!isUpper(second)) return isAlphabet(second) ? run(from + 2, isSmall) : from + 1
  const to = run(from + 2, isUpper)
  // The last capital starts the next word.
  return to < chars.length && isAlphabet(chars[to] as string) ? to - 1 : to
}

/** Snake or kebab case as xstrings makes it. A number belongs to the word before it, unless small letters follow it. */
function connectWords(text: string, connector: string): string {
  const words = wordsOf(text)
  let at = 0
  let out = ''
  let word = (words[at++] ?? NO_WORD) as Word
  const next = (): void => {
    word = words[at++] ?? NO_WORD
  }
  const kind = (): WordKind => word.kind
  const write = (written: Word): void => {
    out += lowered(written, connector)
  }
  /** A connector, unless the next word is none, brings its own or needs none. */
  const connect = (): void => {
    if (word.kind !== 'none' && word.kind !== 'connector' && word.kind !== 'punctuation') out += connector
  }
  const writeAttached = (): void => {
    while (word.kind === 'letters' || word.kind === 'number') {
      write(word)
      next()
    }
  }
  while (at < words.length) {
    if (word.kind !== 'connector') write(word)
    const previous = word
    next()
    if (previous.kind === 'number') {
      writeAttached()
      connect()
    } else if (previous.kind === 'connector') {
      write(previous)
    } else if (previous.kind !== 'punctuation') {
      if (word.kind !== 'number') {
        connect()
      } else if (at < words.length) {
        const number = word
        next()
        if (kind() === 'letters') {
          out += connector
          write(number)
          writeAttached()
        } else {
          write(number)
        }
        connect()
      }
    }
  }
  write(word)
  return out
}

const NO_WORD: Word = { kind: 'none', text: '' }

function lowered(word: Word, connector: string): string {
  if (word.kind !== 'upper' && word.kind !== 'connector') return word.text
  return charsOf(word.text)
    .map((char) => (isConnector(char) ? connector : isUpper(char) ? toLower(char) : char))
    .join('')
}

/** Functions that change the case of texts. */
export const casingFunctions: FunctionTable = {
  lower: fn('string', 'string', lower),
  upper: fn('string', 'string', upper),
  title: fn('string', 'string', title),
  untitle: fn('string', 'string', untitle),
  swapcase: fn('string', 'string', swapCase),
  camelcase: fn('string', 'string', pascalCase),
  snakecase: fn('string', 'string', (text: string) => connectWords(text, '_')),
  kebabcase: fn('string', 'string', (text: string) => connectWords(text, '-')),
}
