import { quoteRune } from '../../go/index.ts'
import { among, END, isBare, isBlank, isDigit, isLetter, isNewline, type Item, type State, TomlInput } from './input.ts'
import {
  finish,
  numberStart,
  quoted,
  rawMultilineString,
  rawString,
  multilineString,
  signedStart,
  string,
  word,
} from './lex-scalars.ts'

const named = (c: number): string => (c === END ? 'end of file' : `'${String.fromCodePoint(c)}'`)

/**
 * Splits TOML into items with the states and messages of BurntSushi/toml. Where a value or a comment may stand in several places, the
 * state to return to is on a stack.
 */
export class Lexer {
  readonly #input: TomlInput
  constructor(text: string) {
    this.#input = new TomlInput(text, top)
  }

  /** The next item; after an error there is none. */
  nextItem(): Item {
    return this.#input.nextItem()
  }
}

const top: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isBlank(c) || isNewline(c)) return lexer.skip(top)
  if (among(c, '#')) {
    lexer.push(top)
    return commentStart
  }
  if (among(c, '[')) return tableStart
  if (c === END) {
    lexer.emit('eof')
    return undefined
  }
  lexer.back()
  lexer.push(topEnd)
  return keyStart
}

const topEnd: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (among(c, '#')) {
    lexer.push(top)
    return commentStart
  }
  if (isBlank(c)) return topEnd
  if (isNewline(c)) return lexer.skip(top)
  if (c === END) {
    lexer.emit('eof')
    return undefined
  }
  return lexer.fail(`expected a top-level item to end with a newline, comment, or EOF, but got ${quoteRune(c)} instead`)
}

const tableStart: NonNullable<State> = (lexer) => {
  if (among(lexer.peek(), '[')) {
    lexer.next()
    lexer.emit('tablesStart')
    lexer.push(tablesEnd)
  } else {
    lexer.emit('tableStart')
    lexer.push(tableEnd)
  }
  return tableNameStart
}

const tableEnd: NonNullable<State> = (lexer) => {
  lexer.emit('tableEnd')
  return topEnd
}

const tablesEnd: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (!among(c, ']')) {
    return lexer.fail(`expected end of table array name delimiter ']', but got ${quoteRune(c)} instead`)
  }
  lexer.emit('tablesEnd')
  return topEnd
}

const tableNameStart: NonNullable<State> = (lexer) => {
  lexer.skipBlanks()
  const c = lexer.peek()
  if (c === END || among(c, ']')) return lexer.fail('unexpected end of table name (table names cannot be empty)')
  if (among(c, '.')) return lexer.fail('unexpected table separator (table names cannot be empty)')
  lexer.push(tableNameEnd)
  return among(c, '"\'') ? lexer.skip(quotedName) : bareName
}

const tableNameEnd: NonNullable<State> = (lexer) => {
  lexer.skipBlanks()
  const c = lexer.next()
  if (among(c, '.')) return lexer.skip(tableNameStart)
  if (among(c, ']')) return lexer.pop()
  return lexer.fail(`expected '.' or ']' to end table name, but got ${quoteRune(c)} instead`)
}

const bareName: NonNullable<State> = (lexer) => {
  if (isBare(lexer.next())) return bareName
  lexer.back()
  lexer.emit('text')
  return lexer.pop()
}

const quotedName: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  return lexer.skip(among(c, '"') ? string : rawString)
}

const keyStart: NonNullable<State> = (lexer) => {
  lexer.skipBlanks()
  const c = lexer.peek()
  if (c === END || among(c, '=')) return lexer.fail("unexpected '=': key name appears blank")
  if (among(c, '.')) return lexer.fail("unexpected '.': keys cannot start with a '.'")
  lexer.emit('keyStart')
  return keyNameStart
}

const keyNameStart: NonNullable<State> = (lexer) => {
  lexer.skipBlanks()
  const c = lexer.peek()
  if (c === END || among(c, '=')) return lexer.fail("unexpected '='")
  if (among(c, '.')) return lexer.fail("unexpected '.'")
  lexer.push(keyEnd)
  return among(c, '"\'') ? lexer.skip(quotedName) : bareName
}

const keyEnd: NonNullable<State> = (lexer) => {
  lexer.skipBlanks()
  const c = lexer.next()
  if (c === END) return lexer.fail("unexpected EOF; expected key separator '='")
  if (among(c, '.')) return lexer.skip(keyNameStart)
  if (among(c, '=')) {
    lexer.emit('keyEnd')
    return lexer.skip(value)
  }
  const message = `expected '.' or '=', but got ${quoteRune(c)} instead`
  return c === 0x0a ? lexer.failBefore(message) : lexer.fail(message)
}

const value: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isBlank(c)) return lexer.skip(value)
  if (isDigit(c)) {
    lexer.back()
    return numberStart
  }
  switch (String.fromCodePoint(c)) {
    case '[':
      lexer.ignore()
      lexer.emit('array')
      return arrayValue
    case '{':
      lexer.ignore()
      lexer.emit('inlineTable')
      return inlineValue
    case '"':
      return quoted(lexer, '"', string, multilineString)
    case "'":
      return quoted(lexer, "'", rawString, rawMultilineString)
    case '.':
      return lexer.fail("floats must start with a digit, not '.'")
    case 'i':
    case 'n':
      if ((lexer.accept('n') && lexer.accept('f')) || (lexer.accept('a') && lexer.accept('n'))) {
        lexer.emit('float')
        return lexer.pop()
      }
      break
    case '-':
    case '+':
      return signedStart
  }
  if (isLetter(c)) {
    lexer.back()
    return word
  }
  if (c === END) return lexer.fail('unexpected EOF; expected value')
  const message = `expected value but found ${quoteRune(c)} instead`
  return c === 0x0a ? lexer.failBefore(message) : lexer.fail(message)
}

const arrayValue: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isBlank(c) || isNewline(c)) return lexer.skip(arrayValue)
  if (among(c, '#')) {
    lexer.push(arrayValue)
    return commentStart
  }
  if (among(c, ',')) return lexer.fail('unexpected comma')
  if (among(c, ']')) return arrayEnd
  lexer.back()
  lexer.push(arrayValueEnd)
  return value
}

const arrayValueEnd: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isBlank(c) || isNewline(c)) return lexer.skip(arrayValueEnd)
  if (among(c, '#')) {
    lexer.push(arrayValueEnd)
    return commentStart
  }
  if (among(c, ',')) return lexer.skip(arrayValue)
  if (among(c, ']')) return arrayEnd
  return lexer.fail(`expected a comma (',') or array terminator (']'), but got ${named(c)}`)
}

const arrayEnd: NonNullable<State> = (lexer) => {
  lexer.ignore()
  lexer.emit('arrayEnd')
  return lexer.pop()
}

const inlineValue: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isBlank(c) || isNewline(c)) return lexer.skip(inlineValue)
  if (among(c, '#')) {
    lexer.push(inlineValue)
    return commentStart
  }
  if (among(c, ',')) return lexer.fail('unexpected comma')
  if (among(c, '}')) return inlineEnd
  lexer.back()
  lexer.push(inlineValueEnd)
  return keyStart
}

const inlineValueEnd: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  if (isBlank(c) || isNewline(c)) return lexer.skip(inlineValueEnd)
  if (among(c, '#')) {
    lexer.push(inlineValueEnd)
    return commentStart
  }
  if (among(c, ',')) {
    lexer.ignore()
    lexer.skipBlanks()
    return among(lexer.peek(), '}') ? inlineValueEnd : inlineValue
  }
  if (among(c, '}')) return inlineEnd
  return lexer.fail(`expected a comma or an inline table terminator '}', but got ${named(c)} instead`)
}

const inlineEnd: NonNullable<State> = (lexer) => {
  lexer.ignore()
  lexer.emit('inlineTableEnd')
  return lexer.pop()
}

const commentStart: NonNullable<State> = (lexer) => {
  lexer.ignore()
  lexer.emit('comment')
  return comment
}

const comment: NonNullable<State> = (lexer) => {
  const c = lexer.next()
  return isNewline(c) || c === END ? finish(lexer, 'text') : comment
}
