import { quote, quoteRune } from '../../go/index.ts'
import {
  among,
  END,
  isBinary,
  isDigit,
  isHex,
  isLetter,
  isNewline,
  isOctal,
  type ItemKind,
  type State,
  type TomlInput,
} from './input.ts'

const BASES: Readonly<Record<string, readonly [digit: (c: number) => boolean, name: string]>> = {
  b: [isBinary, 'a binary'],
  o: [isOctal, 'an octal'],
  x: [isHex, 'a hexadecimal'],
}

/** A string, from behind its first quote on; three quotes begin one over several lines. */
export function quoted(lexer: TomlInput, mark: string, single: State, multiline: State): State {
  if (lexer.accept(mark)) {
    if (lexer.accept(mark)) return lexer.skip(multiline)
    lexer.back()
  }
  return lexer.skip(single)
}

/** Ends a string at its closing quotes, which are not part of it. */
function closeString(lexer: TomlInput, kind: ItemKind, quotes: number): State {
  for (let i = 0; i < quotes; i++) lexer.back()
  lexer.emit(kind)
  for (let i = 0; i < quotes; i++) lexer.next()
  return lexer.skip(lexer.pop())
}

/** A string, behind its quote. */
export const string: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (c === END) return lexer.fail("unexpected EOF; expected '\"'")
  if (isNewline(c)) return lexer.failBefore('strings cannot contain newlines')
  if (among(c, '\\')) {
    lexer.push(string)
    return escapeSequence
  }
  if (!among(c, '"')) return string
  const kind = lexer.escaped ? 'escapedString' : 'string'
  lexer.escaped = false
  return closeString(lexer, kind, 1)
}

/** A string without escapes, behind its quote. */
export const rawString: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (c === END) return lexer.fail('unexpected EOF; expected "\'"')
  if (isNewline(c)) return lexer.failBefore('strings cannot contain newlines')
  return among(c, "'") ? closeString(lexer, 'rawString', 1) : rawString
}

/** A string over several lines, behind its `"""`. */
export const multilineString: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (c === END) return lexer.fail('unexpected EOF; expected \'"""\'')
  if (among(c, '\\')) {
    if (isNewline(lexer.next())) return multilineString
    lexer.back()
    lexer.push(multilineString)
    return escapeSequence
  }
  if (!among(c, '"')) return multilineString
  return tripleQuote(lexer, '"', 'multilineString', multilineString)
}

/** A string over several lines without escapes, behind its `'''`. */
export const rawMultilineString: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (c === END) return lexer.fail("unexpected EOF; expected \"'''\"")
  if (!among(c, "'")) return rawMultilineString
  return tripleQuote(lexer, "'", 'rawMultilineString', rawMultilineString)
}

/** After one quote: the end, if two more follow and no further one does. Up to two quotes may stand before the end. */
function tripleQuote(lexer: TomlInput, mark: string, kind: ItemKind, self: State): State {
  if (!lexer.accept(mark)) return self
  if (!lexer.accept(mark)) {
    lexer.back()
    return self
  }
  if (lexer.peek() === mark.charCodeAt(0)) {
    const five = mark.repeat(5)
    const current = lexer.current()
    if (current.endsWith(five) && !(mark === '"' && current.endsWith(`\\${five}`))) {
      const outer = mark === '"' ? "'" : '"'
      return lexer.fail(`unexpected ${outer}${mark.repeat(6)}${outer}`)
    }
    lexer.back()
    lexer.back()
    return self
  }
  if (mark === '"') lexer.escaped = false
  return closeString(lexer, kind, 3)
}

const escapeSequence: NonNullable<State> = (lexer) => {
  lexer.escaped = true
  const c = lexer.next()
  if (among(c, 'ebtnfr" \t\\')) return lexer.pop()
  if (among(c, 'x')) return hexEscape(lexer, 2, "two hexadecimal digits after '\\x'")
  if (among(c, 'u')) return hexEscape(lexer, 4, "four hexadecimal digits after '\\u'")
  if (among(c, 'U')) return hexEscape(lexer, 8, "eight hexadecimal digits after '\\U'")
  const message = `invalid escape in string '\\${String.fromCodePoint(c)}'`
  return lexer.isAtEnd() ? lexer.failBefore(message) : lexer.fail(message)
}

function hexEscape(lexer: TomlInput, digits: number, what: string): State {
  for (let i = 0; i < digits; i++) {
    if (!isHex(lexer.next())) return lexer.fail(`expected ${what}, but got ${quote(lexer.current())} instead`)
  }
  return lexer.pop()
}

/** Ends an item in front of the character that does not belong to it. */
export function finish(lexer: TomlInput, kind: ItemKind, value?: string): State {
  lexer.back()
  lexer.emit(kind, value ?? lexer.current())
  return lexer.pop()
}

/** A number or a date, from its first digit on. */
export const numberStart: NonNullable<State> = (lexer) => (among(lexer.next(), '0') ? baseNumber : numberOrDate)

const numberOrDate: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isDigit(c)) return numberOrDate
  if (among(c, '-:')) return datetime
  if (among(c, '_')) return decimal
  if (among(c, '.eE')) return float
  return finish(lexer, 'integer')
}

const datetime: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isDigit(c) || among(c, '-:Tt .Zz+')) return datetime
  lexer.back()
  lexer.emit('datetime', lexer.current().trim())
  return lexer.pop()
}

const decimal: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isDigit(c) || among(c, '_')) return decimal
  if (among(c, '.eE')) return float
  return finish(lexer, 'integer')
}

const float: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isDigit(c) || among(c, '_.-+eE')) return float
  return finish(lexer, 'float')
}

/** A number behind its sign. */
export const signedStart: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (among(c, 'in')) {
    const [second, third] = among(c, 'i') ? ['n', 'f'] : ['a', 'n']
    if (!lexer.accept(second as string) || !lexer.accept(third as string)) {
      return lexer.fail(`invalid float: '${lexer.current()}'`)
    }
    lexer.emit('float')
    return lexer.pop()
  }
  if (among(c, '0')) {
    const base = lexer.peek()
    if (among(base, 'box')) {
      return lexer.fail(`cannot use sign with non-decimal numbers: '${lexer.current()}${String.fromCodePoint(base)}'`)
    }
  }
  if (among(c, '.')) return lexer.fail("floats must start with a digit, not '.'")
  if (isDigit(c)) return decimal
  return lexer.fail(`expected a digit but got ${quoteRune(c)}`)
}

const baseNumber: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isDigit(c)) return numberOrDate
  if (among(c, '_')) return decimal
  if (among(c, '.eE')) return float
  const base = c === END ? undefined : BASES[String.fromCodePoint(c)]
  if (base === undefined) return finish(lexer, 'integer')
  const [holds, name] = base
  const first = lexer.peek()
  if (!holds(first)) lexer.fail(`not ${name} number: '${lexer.current()}${String.fromCodePoint(first)}'`)
  const digits: NonNullable<State> = () => {
    const digit = lexer.next()
    return holds(digit) || among(digit, '_') ? digits : finish(lexer, 'integer')
  }
  return digits
}

/** `true` or `false`; other words are errors. */
export const word: NonNullable<State> = (lexer) => {
  let word = ''
  for (let c = lexer.next(); c !== END && isLetter(c); c = lexer.next()) word += String.fromCodePoint(c)
  lexer.back()
  if (word === 'true' || word === 'false') {
    lexer.emit('bool')
    return lexer.pop()
  }
  return lexer.fail(`expected value but found ${quote(word)} instead`)
}
