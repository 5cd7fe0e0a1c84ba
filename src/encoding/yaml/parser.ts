import { yamlSyntaxError } from '../errors.ts'
import type { InputProblem } from './input.ts'
import { Scanner } from './scanner.ts'
import { STYLE, TOKEN, type Token } from './token.ts'

/** A place in the text: line and column count from 0. */
interface Mark {
  readonly line: number
  readonly column: number
}

/** Kinds of events. */
export const EVENT = {
  streamStart: 1,
  streamEnd: 2,
  documentStart: 3,
  documentEnd: 4,
  alias: 5,
  scalar: 6,
  sequenceStart: 7,
  sequenceEnd: 8,
  mappingStart: 9,
  mappingEnd: 10,
} as const

const S = {
  streamStart: 0,
  implicitDocumentStart: 1,
  documentStart: 2,
  documentContent: 3,
  documentEnd: 4,
  blockNode: 5,
  blockSequenceFirst: 6,
  blockSequenceEntry: 7,
  indentlessEntry: 8,
  blockMappingFirst: 9,
  blockMappingKey: 10,
  blockMappingValue: 11,
  flowSequenceFirst: 12,
  flowSequenceEntry: 13,
  flowPairKey: 14,
  flowPairValue: 15,
  flowPairEnd: 16,
  flowMappingFirst: 17,
  flowMappingKey: 18,
  flowMappingValue: 19,
  flowMappingEmptyValue: 20,
  end: 21,
} as const

const DEFAULT_TAG_HANDLES: ReadonlyMap<string, string> = new Map([
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
])

/**
 * Turns tokens into events with libyaml's grammar, so that every error is the same one at the same place. `next` fills the public
 * fields, which describe the current event until the next call; no event object is made.
 */
export class Parser {
  value = ''
  tag = ''
  /** Undefined: no anchor. */
  anchor: string | undefined = undefined
  /** A plain scalar without tag, or with the tag `!`. */
  implicit = false
  style = 0
  line = 0
  column = 0

  readonly #scanner: Scanner
  #state: number = S.streamStart
  #states: number[] = []
  #marks: Token[] = []
  #tagHandles = new Map<string, string>()

  constructor(text: string, problem: InputProblem | undefined) {
    this.#scanner = new Scanner(text, problem)
  }

  /** Advances to the next event and returns its kind. */
  next(): number {
    switch (this.#state) {
      case S.streamStart:
        this.#scanner.peek()
        this.#scanner.skip()
        this.#state = S.implicitDocumentStart
        return EVENT.streamStart
      case S.implicitDocumentStart:
        return this.#documentStart(true)
      case S.documentStart:
        return this.#documentStart(false)
      case S.documentContent:
        return this.#documentContent()
      case S.documentEnd:
        return this.#documentEnd()
      case S.blockNode:
        return this.#node(true, false)
      case S.blockSequenceFirst:
        return this.#blockSequenceEntry(true)
      case S.blockSequenceEntry:
        return this.#blockSequenceEntry(false)
      case S.indentlessEntry:
        return this.#indentlessEntry()
      case S.blockMappingFirst:
        return this.#blockMappingKey(true)
      case S.blockMappingKey:
        return this.#blockMappingKey(false)
      case S.blockMappingValue:
        return this.#blockMappingValue()
      case S.flowSequenceFirst:
        return this.#flowSequenceEntry(true)
      case S.flowSequenceEntry:
        return this.#flowSequenceEntry(false)
      case S.flowPairKey:
        return this.#flowPairKey()
      case S.flowPairValue:
        return this.#flowPairValue()
      case S.flowPairEnd:
        this.#state = S.flowSequenceEntry
        return this.#event(EVENT.mappingEnd, this.#scanner.peek())
      case S.flowMappingFirst:
        return this.#flowMappingKey(true)
      case S.flowMappingKey:
        return this.#flowMappingKey(false)
      case S.flowMappingValue:
        return this.#flowMappingValue(false)
      case S.flowMappingEmptyValue:
        return this.#flowMappingValue(true)
      default:
        return EVENT.streamEnd
    }
  }

  #event(type: number, mark: Mark): number {
    this.line = mark.line
    this.column = mark.column
    return type
  }

  /** An absent node counts as an empty plain scalar. */
  #emptyScalar(state: number, mark: Mark): number {
    this.#state = state
    this.value = ''
    this.tag = ''
    this.anchor = undefined
    this.implicit = true
    this.style = STYLE.plain
    return this.#event(EVENT.scalar, mark)
  }

  #pop(): void {
    this.#state = this.#states.pop() ?? S.end
  }

  /** Skips the current token and looks at the next one. */
  #advance(): Token {
    this.#scanner.skip()
    return this.#scanner.peek()
  }

  /** go-yaml prints a parser error's line counted from 0, and leaves it out when it is 0. */
  #fail(problem: string, mark: Mark, context?: Mark): never {
    const line = mark.line !== 0 ? mark.line : (context?.line ?? 0)
    const position = { line: mark.line + 1, column: mark.column + 1 }
    throw yamlSyntaxError(line === 0 ? problem : `line ${line}: ${problem}`, position)
  }

  #documentStart(implicit: boolean): number {
    let token = this.#scanner.peek()
    if (!implicit) while (token.type === TOKEN.documentEnd) token = this.#advance()
    const type = token.type
    const explicit = type === TOKEN.versionDirective || type === TOKEN.tagDirective || type === TOKEN.documentStart
    if (implicit && !explicit && type !== TOKEN.streamEnd) {
      this.#processDirectives()
      this.#states.push(S.documentEnd)
      this.#state = S.blockNode
      return this.#event(EVENT.documentStart, token)
    }
    if (type === TOKEN.streamEnd) {
      this.#state = S.end
      this.#scanner.skip()
      return this.#event(EVENT.streamEnd, token)
    }
    const start = token
    this.#processDirectives()
    token = this.#scanner.peek()
    if (token.type !== TOKEN.documentStart) this.#fail('did not find expected <document start>', token)
    this.#states.push(S.documentEnd)
    this.#state = S.documentContent
    this.#scanner.skip()
    return this.#event(EVENT.documentStart, start)
  }

  #processDirectives(): void {
    let version = false
    let token = this.#scanner.peek()
    while (token.type === TOKEN.versionDirective || token.type === TOKEN.tagDirective) {
      if (token.type === TOKEN.versionDirective) {
        if (version) this.#fail('found duplicate %YAML directive', token)
        if (token.value !== '1.1') this.#fail('found incompatible YAML document', token)
        version = true
      } else {
        if (this.#tagHandles.has(token.value)) this.#fail('found duplicate %TAG directive', token)
        this.#tagHandles.set(token.value, token.suffix)
      }
      token = this.#advance()
    }
    for (const [handle, prefix] of DEFAULT_TAG_HANDLES) {
      if (!this.#tagHandles.has(handle)) this.#tagHandles.set(handle, prefix)
    }
  }

  #documentContent(): number {
    const token = this.#scanner.peek()
    switch (token.type) {
      case TOKEN.versionDirective:
      case TOKEN.tagDirective:
      case TOKEN.documentStart:
      case TOKEN.documentEnd:
      case TOKEN.streamEnd:
        return this.#emptyScalar(this.#states.pop() ?? S.end, token)
      default:
        return this.#node(true, false)
    }
  }

  #documentEnd(): number {
    const token = this.#scanner.peek()
    if (token.type === TOKEN.documentEnd) this.#scanner.skip()
    this.#tagHandles.clear()
    this.#state = S.documentStart
    return this.#event(EVENT.documentEnd, token)
  }

  #node(block: boolean, indentless: boolean): number {
    let token = this.#scanner.peek()
    if (token.type === TOKEN.alias) {
      this.#pop()
      this.value = token.value
      this.#scanner.skip()
      return this.#event(EVENT.alias, token)
    }
    const start = token
    let tagToken: Token | undefined
    this.anchor = undefined
    this.tag = ''
    if (token.type === TOKEN.anchor) {
      this.anchor = token.value
      token = this.#advance()
      if (token.type === TOKEN.tag) {
        tagToken = token
        token = this.#advance()
      }
    } else if (token.type === TOKEN.tag) {
      tagToken = token
      token = this.#advance()
      if (token.type === TOKEN.anchor) {
        this.anchor = token.value
        token = this.#advance()
      }
    }
    if (tagToken !== undefined) this.tag = this.#resolveTag(tagToken, start)
    return this.#nodeContent(token, start, { block, indentless })
  }

  #resolveTag(token: Token, start: Token): string {
    if (token.value === '') return token.suffix
    const prefix = this.#tagHandles.get(token.value)
    const tag = prefix === undefined ? '' : prefix + token.suffix
    if (tag === '') this.#fail('found undefined tag handle', token, start)
    return tag
  }

  #nodeContent(token: Token, start: Token, context: { block: boolean; indentless: boolean }): number {
    switch (token.type) {
      case TOKEN.scalar:
        this.implicit = (this.tag === '' && token.style === STYLE.plain) || this.tag === '!'
        this.value = token.value
        this.style = token.style
        this.#pop()
        this.#scanner.skip()
        return this.#event(EVENT.scalar, start)
      case TOKEN.flowSequenceStart:
        this.#state = S.flowSequenceFirst
        return this.#event(EVENT.sequenceStart, start)
      case TOKEN.flowMappingStart:
        this.#state = S.flowMappingFirst
        return this.#event(EVENT.mappingStart, start)
      case TOKEN.blockSequenceStart:
        if (!context.block) break
        this.#state = S.blockSequenceFirst
        return this.#event(EVENT.sequenceStart, start)
      case TOKEN.blockMappingStart:
        if (!context.block) break
        this.#state = S.blockMappingFirst
        return this.#event(EVENT.mappingStart, start)
      case TOKEN.blockEntry:
        if (!context.indentless) break
        this.#state = S.indentlessEntry
        return this.#event(EVENT.sequenceStart, start)
    }
    if (this.anchor !== undefined || this.tag !== '') {
      this.#pop()
      this.value = ''
      this.style = STYLE.plain
      this.implicit = this.tag === ''
      return this.#event(EVENT.scalar, start)
    }
    return this.#fail('did not find expected node content', token, start)
  }

  #blockSequenceEntry(first: boolean): number {
    if (first) this.#open()
    let token = this.#scanner.peek()
    if (token.type === TOKEN.blockEntry) {
      const mark = token
      token = this.#advance()
      if (token.type !== TOKEN.blockEntry && token.type !== TOKEN.blockEnd) {
        this.#states.push(S.blockSequenceEntry)
        return this.#node(true, false)
      }
      return this.#emptyScalar(S.blockSequenceEntry, mark)
    }
    if (token.type === TOKEN.blockEnd) return this.#close(EVENT.sequenceEnd, token)
    return this.#fail("did not find expected '-' indicator", token, this.#marks.pop())
  }

  #indentlessEntry(): number {
    let token = this.#scanner.peek()
    if (token.type === TOKEN.blockEntry) {
      const mark = token
      token = this.#advance()
      const type = token.type
      if (type !== TOKEN.blockEntry && type !== TOKEN.key && type !== TOKEN.value && type !== TOKEN.blockEnd) {
        this.#states.push(S.indentlessEntry)
        return this.#node(true, false)
      }
      return this.#emptyScalar(S.indentlessEntry, mark)
    }
    this.#pop()
    return this.#event(EVENT.sequenceEnd, token)
  }

  /** Remembers where a collection began, for errors, and drops its start token. */
  #open(): void {
    this.#marks.push(this.#scanner.peek())
    this.#scanner.skip()
  }

  /** Ends a collection whose end token is `token`. */
  #close(type: number, token: Token): number {
    this.#pop()
    this.#marks.pop()
    this.#scanner.skip()
    return this.#event(type, token)
  }

  #blockMappingKey(first: boolean): number {
    if (first) this.#open()
    const token = this.#scanner.peek()
    if (token.type === TOKEN.key) return this.#blockMappingPart(token, S.blockMappingValue)
    if (token.type === TOKEN.blockEnd) return this.#close(EVENT.mappingEnd, token)
    return this.#fail('did not find expected key', token, this.#marks.pop())
  }

  #blockMappingValue(): number {
    const token = this.#scanner.peek()
    if (token.type === TOKEN.value) return this.#blockMappingPart(token, S.blockMappingKey)
    return this.#emptyScalar(S.blockMappingKey, token)
  }

  /** The node after a KEY or VALUE token, or nothing. */
  #blockMappingPart(mark: Token, nextState: number): number {
    const { type } = this.#advance()
    if (type !== TOKEN.key && type !== TOKEN.value && type !== TOKEN.blockEnd) {
      this.#states.push(nextState)
      return this.#node(true, true)
    }
    return this.#emptyScalar(nextState, mark)
  }

  #flowSequenceEntry(first: boolean): number {
    if (first) this.#open()
    let token = this.#scanner.peek()
    if (token.type !== TOKEN.flowSequenceEnd) {
      if (!first) {
        if (token.type !== TOKEN.flowEntry) this.#fail("did not find expected ',' or ']'", token, this.#marks.pop())
        token = this.#advance()
      }
      if (token.type === TOKEN.key) {
        this.#state = S.flowPairKey
        this.anchor = undefined
        this.tag = ''
        this.#scanner.skip()
        return this.#event(EVENT.mappingStart, token)
      }
      if (token.type !== TOKEN.flowSequenceEnd) {
        this.#states.push(S.flowSequenceEntry)
        return this.#node(false, false)
      }
    }
    return this.#close(EVENT.sequenceEnd, token)
  }

  #flowPairKey(): number {
    const token = this.#scanner.peek()
    if (token.type !== TOKEN.value && token.type !== TOKEN.flowEntry && token.type !== TOKEN.flowSequenceEnd) {
      this.#states.push(S.flowPairValue)
      return this.#node(false, false)
    }
    // As libyaml: the token that shows that the key is absent is dropped.
    this.#scanner.skip()
    return this.#emptyScalar(S.flowPairValue, token)
  }

  #flowPairValue(): number {
    let token = this.#scanner.peek()
    if (token.type === TOKEN.value) {
      token = this.#advance()
      if (token.type !== TOKEN.flowEntry && token.type !== TOKEN.flowSequenceEnd) {
        this.#states.push(S.flowPairEnd)
        return this.#node(false, false)
      }
    }
    return this.#emptyScalar(S.flowPairEnd, token)
  }

  #flowMappingKey(first: boolean): number {
    if (first) this.#open()
    let token = this.#scanner.peek()
    if (token.type !== TOKEN.flowMappingEnd) {
      if (!first) {
        if (token.type !== TOKEN.flowEntry) this.#fail("did not find expected ',' or '}'", token, this.#marks.pop())
        token = this.#advance()
      }
      if (token.type === TOKEN.key) {
        token = this.#advance()
        if (token.type !== TOKEN.value && token.type !== TOKEN.flowEntry && token.type !== TOKEN.flowMappingEnd) {
          this.#states.push(S.flowMappingValue)
          return this.#node(false, false)
        }
        return this.#emptyScalar(S.flowMappingValue, token)
      }
      if (token.type !== TOKEN.flowMappingEnd) {
        this.#states.push(S.flowMappingEmptyValue)
        return this.#node(false, false)
      }
    }
    return this.#close(EVENT.mappingEnd, token)
  }

  #flowMappingValue(empty: boolean): number {
    let token = this.#scanner.peek()
    if (!empty && token.type === TOKEN.value) {
      token = this.#advance()
      if (token.type !== TOKEN.flowEntry && token.type !== TOKEN.flowMappingEnd) {
        this.#states.push(S.flowMappingKey)
        return this.#node(false, false)
      }
    }
    return this.#emptyScalar(S.flowMappingKey, token)
  }
}
