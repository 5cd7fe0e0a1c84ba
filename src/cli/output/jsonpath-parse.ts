import { unquoteChar } from '../../go/index.ts'

/** A part of a JSONPath template. */
export type JsonPathNode =
  | { readonly type: 'text'; readonly text: string }
  /** A number (an integer is a bigint) or a boolean. */
  | { readonly type: 'literal'; readonly value: number | bigint | boolean }
  /** `range`, `end`, or a bare word, which means nothing: evaluating it fails. */
  | { readonly type: 'identifier'; readonly name: string }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | JsonPathSlice
  | { readonly type: 'union'; readonly paths: readonly JsonPathList[] }
  | {
      readonly type: 'filter'
      readonly operator: string
      readonly left: JsonPathList
      readonly right: JsonPathList
    }
  | JsonPathList

/** What one pair of braces holds: steps that are taken one after another. */
export interface JsonPathList {
  readonly type: 'list'
  readonly path: readonly JsonPathNode[]
}

/** `[from:to:step]`; undefined for what is not given. */
export interface JsonPathSlice {
  readonly type: 'slice'
  readonly from: number | undefined
  readonly to: number | undefined
  readonly step: number | undefined
  /** `[from]`: only `from` is given, and `to` is the next. */
  readonly isSingle: boolean
}

/** Parses a template as Kubernetes' `util/jsonpath`; a text is the error. */
export function parseJsonPath(template: string): readonly JsonPathNode[] | string {
  try {
    return new JsonPathParser(template).parse()
  } catch (error) {
    if (error instanceof Invalid) return error.message
    throw error
  }
}

class Invalid extends Error {}

const END = ''
const isAlphaNumeric = (char: string): boolean => /^[_\p{L}\p{Nd}]$/u.test(char)
const isTerminator = (char: string): boolean => char === END || ' \t\r\n.,[]$@{}'.includes(char)

/** A condition: what stands before an operator of comparison, the operator, and what stands behind. */
const COMPARISON = /^([^!<>=]+)([!<>=]+)(.+?)$/

class JsonPathParser {
  readonly #chars: readonly string[]
  readonly #root: JsonPathNode[] = []
  #start = 0
  #at = 0

  constructor(text: string) {
    this.#chars = Array.from(text)
  }

  /** Text and braces, in turn. */
  parse(): readonly JsonPathNode[] {
    for (;;) {
      while (this.#at < this.#chars.length && this.#peek() !== '{') this.#at += 1
      const text = this.#consume()
      if (text !== '') this.#root.push({ type: 'text', text })
      if (this.#at >= this.#chars.length) return this.#root
      this.#at += 1
      this.#consume()
      const path: JsonPathNode[] = []
      this.#root.push({ type: 'list', path })
      while (this.#step(path)) {
        // Each step adds what it read.
      }
    }
  }

  #peek(ahead = 0): string {
    return this.#chars[this.#at + ahead] ?? END
  }

  #next(): string {
    const char = this.#peek()
    if (char !== END) this.#at += 1
    return char
  }

  #consume(): string {
    const text = this.#chars.slice(this.#start, this.#at).join('')
    this.#start = this.#at
    return text
  }

  #accept(word: string): boolean {
    if (![...word].every((char, ahead) => this.#peek(ahead) === char)) return false
    this.#at += word.length
    return true
  }

  /** Reads one step within braces; false at their end. */
  #step(path: JsonPathNode[]): boolean {
    if (this.#accept('}')) {
      this.#consume()
      return false
    }
    if (this.#accept('[?(')) this.#filter(path)
    else if (this.#accept('..')) this.#recursive(path)
    else this.#plainStep(path)
    return true
  }

  #plainStep(path: JsonPathNode[]): void {
    const char = this.#peek()
    if (char === END || char === '\r' || char === '\n') throw new Invalid('unclosed action')
    if (char === '[') this.#brackets(path)
    else if (/^[+-]$|^\p{Nd}$/u.test(char)) this.#number(path)
    else if (isAlphaNumeric(char)) this.#word(path)
    else {
      this.#at += 1
      if (char === '.') this.#field(path)
      else if (char === '"' || char === "'") this.#quoted(path, char)
      else if (char === ' ' || char === '@' || char === '$') this.#consume()
      else throw new Invalid(`unrecognized character in action: U+${hex(char)} '${char}'`)
    }
  }

  #recursive(path: JsonPathNode[]): void {
    if (path.at(-1)?.type === 'recursive') throw new Invalid('invalid multiple recursive descent')
    this.#consume()
    path.push({ type: 'recursive' })
    if (isAlphaNumeric(this.#peek())) this.#field(path)
  }

  #field(path: JsonPathNode[]): void {
    this.#consume()
    for (let char = this.#peek(); !isTerminator(char); char = this.#peek()) {
      this.#at += 1
      if (char === '\\') this.#next()
    }
    const name = this.#consume()
    path.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') })
  }

  #word(path: JsonPathNode[]): void {
    while (!isTerminator(this.#peek())) this.#at += 1
    const name = this.#consume()
    const isBoolean = name === 'true' || name === 'false'
    path.push(isBoolean ? { type: 'literal', value: name === 'true' } : { type: 'identifier', name })
  }

  #number(path: JsonPathNode[]): void {
    if ('+-'.includes(this.#peek())) this.#at += 1
    while (/^[.\p{Nd}]$/u.test(this.#peek())) this.#at += 1
    const text = this.#consume()
    if (/^[+-]?[0-9]+$/.test(text)) path.push({ type: 'literal', value: BigInt(text.replace('+', '')) })
    else if (/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text)) path.push({ type: 'literal', value: Number(text) })
    else throw new Invalid(`cannot parse number ${text}`)
  }

  #quoted(path: JsonPathNode[], mark: string): void {
    for (;;) {
      const char = this.#next()
      if (char === END || char === '\n') throw new Invalid('unterminated quoted string')
      if (char === mark && this.#peek(-2) !== '\\') break
    }
    const text = this.#consume()
    path.push({ type: 'text', text: unquoted(text, mark) })
  }

  #brackets(path: JsonPathNode[]): void {
    for (let char = this.#next(); char !== ']'; char = this.#next()) {
      if (char === END || char === '\n') throw new Invalid('unterminated array')
    }
    const inside = this.#consume().slice(1, -1)
    const parts = inside.split(',')
    const key = /^'([^']*)'$/.exec(inside)
    if (parts.length > 1) {
      path.push({ type: 'union', paths: parts.map((part) => actionOf(`[${part.replace(/^ +| +$/g, '')}]`)) })
    } else if (key !== null) path.push(...actionOf(`.${key[1] ?? ''}`).path)
    else path.push(sliceNode(inside))
  }

  #filter(path: JsonPathNode[]): void {
    this.#consume()
    let [mark, isClosed] = ['', false]
    for (;;) {
      const char = this.#next()
      if (char === END || char === '\n') throw new Invalid('unterminated filter')
      if (char === '"' || char === "'") {
        if (mark === '') mark = char
        else if (char === mark && this.#peek(-2) !== '\\') isClosed = true
      } else if (char === ')' && (mark !== '') === isClosed) break
    }
    if (this.#next() !== ']') throw new Invalid('unclosed array expect ]')
    const text = this.#consume().slice(0, -2)
    const [, left, operator = '', right = ''] = COMPARISON.exec(text) ?? []
    path.push(
      left === undefined
        ? { type: 'filter', operator: 'exists', left: actionOf(text), right: { type: 'list', path: [] } }
        : { type: 'filter', operator, left: actionOf(left), right: actionOf(right) },
    )
  }
}

/** What a text means within braces; what follows a brace in it is not looked at. */
function actionOf(text: string): JsonPathList {
  const [first] = new JsonPathParser(`{${text}}`).parse()
  return first?.type === 'list' ? first : { type: 'list', path: [] }
}

function sliceNode(inside: string): JsonPathSlice {
  const match = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/.exec(inside === '*' ? ':' : inside)
  if (match === null) throw new Invalid(`invalid array index ${inside}`)
  const [, first = '', second, third] = match
  const [from, to, step] = [first, second?.slice(1) ?? '', third?.slice(1) ?? ''].map(indexOf)
  return { type: 'slice', from, to, step, isSingle: second === undefined }
}

function indexOf(text: string): number | undefined {
  if (text === '') return undefined
  const index = Number(text)
  if (!Number.isSafeInteger(index)) throw new Invalid(`array index ${text} is not a number`)
  return index
}

/** The text between quotes, with Go's escapes. */
function unquoted(literal: string, mark: string): string {
  let text = ''
  for (let rest = literal.slice(1, -1); rest !== ''; ) {
    let char: ReturnType<typeof unquoteChar>
    try {
      char = unquoteChar(rest, mark)
    } catch (error) {
      throw new Invalid(`unquote string ${literal} error invalid syntax`, { cause: error })
    }
    text += String.fromCodePoint(char.code)
    rest = char.tail
  }
  return text
}

function hex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}
