/**
 * Translation of simple RE2 patterns to JavaScript's own, which are faster and need no engine to be loaded. Only what both
 * read alike is translated: ASCII literals, classes, groups, alternatives, anchors and quantifiers, without flags, nested
 * repetition or groups inside repetition, but for those in which each character says how to go on.
 */

/** A translated pattern. */
export interface NativePattern {
  readonly regexp: RegExp
  /** Number of groups. */
  readonly groups: number
  /** Repetitions without limit; several on a long text may take long when they fight for it. */
  readonly unlimited: number
}

/** The pattern for JavaScript, or undefined when it is not simple enough (or wrong). */
export function translatePattern(pattern: string): NativePattern | undefined {
  const translator = new Translator(pattern)
  const source = translator.alternatives()
  if (source === undefined || !translator.isDone) return undefined
  return {
    regexp: new RegExp(source.text, translator.groups > 0 ? 'dgu' : 'gu'),
    groups: translator.groups,
    unlimited: translator.unlimited,
  }
}

interface Piece {
  readonly text: string
  /** Contains a repetition or a group that captures. */
  readonly isComplex: boolean
  /** May match without taking a character. */
  readonly mayBeEmpty: boolean
}

const SYNTAX = /[\\^$.*+?()[\]{}|/]/
const LITERAL = /[A-Za-z0-9 _\-/:,;=@!"'#%&<>~`]/
const PUNCTUATION = /[!-/:-@[-`{-~]/
/** Go's classes; JavaScript's `\s` has more spaces. */
const CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: '0-9A-Za-z_', s: '\\t\\n\\f\\r ' }
const QUANTIFIER = /(?:[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})\??/y

class Translator {
  private readonly pattern: string
  private at = 0
  groups = 0
  unlimited = 0

  constructor(pattern: string) {
    this.pattern = pattern
  }

  get isDone(): boolean {
    return this.at === this.pattern.length
  }

  alternatives(): Piece | undefined {
    let text = ''
    let isComplex = false
    let mayBeEmpty = false
    for (;;) {
      const branch = this.sequence()
      if (branch === undefined) return undefined
      text += branch.text
      isComplex ||= branch.isComplex
      mayBeEmpty ||= branch.mayBeEmpty
      if (this.pattern[this.at] !== '|') return { text, isComplex, mayBeEmpty }
      text += '|'
      this.at++
    }
  }

  private sequence(): Piece | undefined {
    let text = ''
    let isComplex = false
    let mayBeEmpty = true
    while (!this.isDone && this.pattern[this.at] !== '|' && this.pattern[this.at] !== ')') {
      const atom = this.atom()
      if (atom === undefined) return undefined
      const quantifier = this.quantifier()
      if (quantifier === undefined) return undefined
      // JavaScript refuses an optional round that takes nothing, RE2 goes through it once.
      if (quantifier !== '' && atom.mayBeEmpty) return undefined
      // What repeats must be simple: nested repetition is where the engines differ, in time and in groups.
      const repeats = quantifier !== '' && quantifier[0] !== '?'
      if (repeats && atom.isComplex && !isDeterministic(atom.text)) return undefined
      text += (atom.open ?? '') + atom.text + (atom.close ?? '') + quantifier
      isComplex ||= atom.isComplex || atom.captures || quantifier !== ''
      mayBeEmpty &&= atom.mayBeEmpty || /^(?:[*?]|\{0+[,}])/.test(quantifier)
    }
    return { text, isComplex, mayBeEmpty }
  }

  /** The quantifier that follows, the empty text for none, or undefined for one that is wrong. */
  private quantifier(): string | undefined {
    QUANTIFIER.lastIndex = this.at
    const found = QUANTIFIER.exec(this.pattern)?.[0] ?? ''
    this.at += found.length
    if (/[*+?{]/.test(this.pattern[this.at] ?? '')) return undefined
    const bounds = /^\{([0-9]+)(?:,([0-9]*))?\}/.exec(found)
    if (bounds?.[2] !== undefined && bounds[2] !== '' && Number(bounds[1]) > Number(bounds[2])) return undefined
    if (/^[*+]|,\}/.test(found)) this.unlimited++
    return found
  }

  private atom(): (Piece & { captures: boolean; open?: string; close?: string }) | undefined {
    const char = this.pattern[this.at] ?? ''
    this.at++
    if (char === '(') return this.group()
    if (char === '[') return simple(this.characterClass())
    if (char === '.') return simple('[^\\n]')
    if (char === '^' || char === '$') return { text: char, isComplex: false, mayBeEmpty: true, captures: false }
    if (char === '\\') return simple(this.escape())
    return LITERAL.test(char) ? simple(SYNTAX.test(char) ? `\\${char}` : char) : undefined
  }

  private group(): (Piece & { captures: boolean; open: string; close: string }) | undefined {
    const captures = this.pattern[this.at] !== '?'
    if (captures) this.groups++
    else if (this.pattern.startsWith('?:', this.at)) this.at += 2
    else return undefined
    const inner = this.alternatives()
    if (inner === undefined || this.pattern[this.at] !== ')') return undefined
    this.at++
    if (inner.text === '') return undefined
    return { ...inner, captures, open: captures ? '(' : '(?:', close: ')' }
  }

  private escape(): string | undefined {
    const char = this.pattern[this.at] ?? ''
    this.at++
    const members = CLASSES[char.toLowerCase()]
    if (members !== undefined && /[A-Za-z]/.test(char)) return `[${char === char.toLowerCase() ? '' : '^'}${members}]`
    if (!PUNCTUATION.test(char)) return undefined
    return SYNTAX.test(char) ? `\\${char}` : char
  }

  private characterClass(): string | undefined {
    let text = '['
    if (this.pattern[this.at] === '^') {
      text += '^'
      this.at++
    }
    let isEmpty = true
    for (;;) {
      const char = this.pattern[this.at]
      if (char === undefined) return undefined
      if (char === ']' && !isEmpty) break
      const item = this.classItem(char)
      if (item === undefined) return undefined
      text += item
      isEmpty = false
    }
    this.at++
    return `${text}]`
  }

  /** A character, a range or a class inside brackets. */
  private classItem(char: string): string | undefined {
    if (char === '\\') {
      const members = CLASSES[this.pattern[this.at + 1] ?? '']
      if (members !== undefined) {
        this.at += 2
        return this.pattern[this.at] === '-' && this.pattern[this.at + 1] !== ']' ? undefined : members
      }
    }
    const low = this.classCharacter()
    if (low === undefined) return undefined
    if (this.pattern[this.at] !== '-' || this.pattern[this.at + 1] === ']') return inClass(low)
    this.at++
    const high = this.classCharacter()
    if (high === undefined || high < low || low === '-') return undefined
    return `${inClass(low)}-${inClass(high)}`
  }

  private classCharacter(): string | undefined {
    const char = this.pattern[this.at] ?? ''
    this.at++
    if (char === '\\') {
      const escaped = this.pattern[this.at] ?? ''
      this.at++
      return PUNCTUATION.test(escaped) ? escaped : undefined
    }
    if (char === '[' || !/^[ -~]$/.test(char)) return undefined
    return char
  }
}

/** A character that may be absent, and one that may not. */
const OPTIONAL_PAIR = /^(\\.|[^\\[\]()|^$]|\[(?:\\.|[^\]\\])+\])\?(\\.|[^\\[\]()|^$]|\[(?:\\.|[^\]\\])+\])$/

/** Whether a group repeats a pair of which the first may be absent and never is what the second can be. */
function isDeterministic(group: string): boolean {
  const [, first = '', second = ''] = OPTIONAL_PAIR.exec(group) ?? []
  if (second === '') return false
  const [isFirst, isSecond] = [new RegExp(`^${first}$`, 'u'), new RegExp(`^${second}$`, 'u')]
  // Classes name ASCII characters only, so all others are alike.
  for (let code = 0; code <= 0x80; code++) {
    const char = String.fromCharCode(code)
    if (isFirst.test(char) && isSecond.test(char)) return false
  }
  return true
}

function simple(text: string | undefined): (Piece & { captures: boolean }) | undefined {
  return text === undefined ? undefined : { text, isComplex: false, mayBeEmpty: false, captures: false }
}

function inClass(char: string): string {
  return /[\\\]^[-]/.test(char) ? `\\${char}` : char
}
