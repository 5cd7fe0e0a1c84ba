import { byteLength } from '../../go/index.ts'
import { analyzeScalar, type ScalarTraits } from './analyze.ts'
import { isBreak } from './characters.ts'

/** The style that the encoder wishes for a scalar; the emitter may choose a safer one. */
export type WantedStyle = 'plain' | 'literal' | 'double'

/** A scalar to write. */
export interface EmitScalar {
  readonly kind: 'scalar'
  readonly text: string
  readonly style: WantedStyle
  /** `!!binary`, for text that is not UTF-8. */
  readonly tag?: string
}

/** One level of a value, as the emitter sees it. `V` is whatever the encoder walks over. */
export type EmitNode<V> =
  | EmitScalar
  | { readonly kind: 'list'; readonly items: readonly V[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [EmitScalar, V])[] }

/** What differs between the two writers. */
export interface EmitLayout {
  /** go-yaml v2 puts `-` under the key that holds the list; v3 indents it. */
  readonly indentLists: boolean
  /** Column after which text is folded at a space. */
  readonly width: number
  /** v3 lets block scalars hold tabs. */
  readonly tabsInBlocks: boolean
}

/** go-yaml v2 as sigs.k8s.io/yaml uses it. */
export const LAYOUT_V2: EmitLayout = { indentLists: false, width: 80, tabsInBlocks: false }

/** go-yaml v3 with an indent of 2. */
export const LAYOUT_V3: EmitLayout = { indentLists: true, width: Number.POSITIVE_INFINITY, tabsInBlocks: true }

/** Keys longer than this many bytes are written with `?`. */
const MAX_SIMPLE_KEY = 128

const INDENT = 2

type Style = 'plain' | 'single' | 'double' | 'literal'

/** Where a node stands. */
interface Place {
  readonly inMapping: boolean
  readonly simpleKey: boolean
}

const IN_LIST: Place = { inMapping: false, simpleKey: false }
const AS_KEY: Place = { inMapping: true, simpleKey: true }
const AS_VALUE: Place = { inMapping: true, simpleKey: false }

/**
 * Writes block-style YAML byte for byte as libyaml's emitter in go-yaml. The fields are libyaml's: `whitespace` says that the last
 * character was a blank (or nothing), `indention` that only indentation and `-`, `?`, `:` stand on the line so far.
 */
export class Emitter<V> {
  readonly #layout: EmitLayout
  readonly #open: (value: V) => EmitNode<V>
  #out = ''
  #column = 0
  #indent = -1
  #whitespace = true
  #indention = true

  constructor(layout: EmitLayout, open: (value: V) => EmitNode<V>) {
    this.#layout = layout
    this.#open = open
  }

  /** Writes one document, which ends in a line feed. */
  document(value: V): string {
    this.#node(this.#open(value), IN_LIST)
    this.#writeIndent()
    return this.#out
  }

  #node(node: EmitNode<V>, place: Place): void {
    if (node.kind === 'scalar') this.#scalar(node, analyzeScalar(node.text, this.#layout.tabsInBlocks), place)
    else if (node.kind === 'list') this.#list(node.items, place)
    else this.#map(node.entries)
  }

  #list(items: readonly V[], place: Place): void {
    if (items.length === 0) {
      this.#indicator('[', { space: true, whitespace: true, indention: false })
      this.#indicator(']', { space: false, whitespace: false, indention: false })
      return
    }
    const outer = this.#indent
    const flat = !this.#layout.indentLists && place.inMapping && !this.#indention
    if (outer < 0) this.#indent = 0
    else if (!flat) this.#indent += INDENT
    for (const item of items) {
      this.#writeIndent()
      this.#indicator('-', { space: true, whitespace: false, indention: true })
      this.#node(this.#open(item), IN_LIST)
    }
    this.#indent = outer
  }

  #map(entries: readonly (readonly [EmitScalar, V])[]): void {
    if (entries.length === 0) {
      this.#indicator('{', { space: true, whitespace: true, indention: false })
      this.#indicator('}', { space: false, whitespace: false, indention: false })
      return
    }
    const outer = this.#indent
    this.#indent = outer < 0 ? 0 : outer + INDENT
    for (const [key, value] of entries) {
      this.#writeIndent()
      const traits = analyzeScalar(key.text, this.#layout.tabsInBlocks)
      if (isSimpleKey(key, traits)) {
        this.#scalar(key, traits, AS_KEY)
        this.#indicator(':', { space: false, whitespace: false, indention: false })
      } else {
        this.#indicator('?', { space: true, whitespace: false, indention: true })
        this.#scalar(key, traits, AS_VALUE)
        this.#writeIndent()
        this.#indicator(':', { space: true, whitespace: false, indention: true })
      }
      this.#node(this.#open(value), AS_VALUE)
    }
    this.#indent = outer
  }

  #scalar(scalar: EmitScalar, traits: ScalarTraits, place: Place): void {
    if (scalar.tag !== undefined) this.#tag(scalar.tag)
    const outer = this.#indent
    this.#indent = outer < 0 ? INDENT : outer + INDENT
    const fold = !place.simpleKey
    switch (selectStyle(scalar, traits, place.simpleKey)) {
      case 'plain':
        this.#plain(scalar.text, fold)
        break
      case 'single':
        this.#singleQuoted(scalar.text, fold)
        break
      case 'double':
        this.#doubleQuoted(scalar.text, fold)
        break
      case 'literal':
        this.#literal(scalar.text)
    }
    this.#indent = outer
  }

  #put(text: string): void {
    this.#out += text
    this.#column += text.length
  }

  #break(): void {
    this.#out += '\n'
    this.#column = 0
    this.#indention = true
  }

  #writeIndent(): void {
    const indent = Math.max(this.#indent, 0)
    if (!this.#indention || this.#column > indent || (this.#column === indent && !this.#whitespace)) this.#break()
    if (this.#column < indent) this.#put(' '.repeat(indent - this.#column))
    this.#whitespace = true
    this.#indention = true
  }

  #indicator(text: string, after: { space: boolean; whitespace: boolean; indention: boolean }): void {
    if (after.space && !this.#whitespace) this.#put(' ')
    this.#put(text)
    this.#whitespace = after.whitespace
    this.#indention = this.#indention && after.indention
  }

  #tag(tag: string): void {
    if (!this.#whitespace) this.#put(' ')
    this.#put(tag)
    this.#whitespace = false
    this.#indention = false
  }

  #plain(text: string, fold: boolean): void {
    if (!this.#whitespace && text !== '') this.#put(' ')
    this.#folded(text, (at) => fold && text[at + 1] !== ' ')
    if (text !== '') this.#whitespace = false
    this.#indention = false
  }

  #singleQuoted(text: string, fold: boolean): void {
    this.#indicator("'", { space: true, whitespace: false, indention: false })
    const doubled = text.includes("'") ? text.replaceAll("'", "''") : text
    const last = doubled.length - 1
    this.#folded(doubled, (at) => fold && at > 0 && at < last && doubled[at + 1] !== ' ')
    this.#indicator("'", { space: false, whitespace: false, indention: false })
    this.#whitespace = false
    this.#indention = false
  }

  /**
   * Writes plain text, or single-quoted text whose quotes are doubled. Breaks other than line feeds end a line without one being written; a line feed is
   * doubled, because a single one would read back as a space.
   */
  #folded(text: string, mayFold: (at: number) => boolean): void {
    let spaces = false
    let breaks = false
    for (let i = 0; i < text.length; ) {
      const c = text.charCodeAt(i)
      if (c === 0x20) {
        if (!spaces && this.#column > this.#layout.width && mayFold(i)) this.#writeIndent()
        else this.#put(' ')
        spaces = true
        i++
        continue
      }
      if (isBreak(c)) {
        if (!breaks && c === 0x0a) this.#break()
        this.#lineBreak(c)
        breaks = true
        i++
        continue
      }
      if (breaks) this.#writeIndent()
      let end = i + 1
      while (end < text.length && text.charCodeAt(end) !== 0x20 && !isBreak(text.charCodeAt(end))) end++
      this.#write(text.slice(i, end))
      this.#indention = false
      spaces = false
      breaks = false
      i = end
    }
  }

  /** Writes text of any characters; the column counts characters. */
  #write(run: string): void {
    this.#out += run
    this.#column += run.length - surrogatePairs(run)
  }

  #lineBreak(c: number): void {
    if (c === 0x0a) {
      this.#break()
      return
    }
    this.#out += String.fromCharCode(c)
    this.#column = 0
    this.#indention = true
  }

  #doubleQuoted(text: string, fold: boolean): void {
    this.#indicator('"', { space: true, whitespace: false, indention: false })
    // go-yaml looks for the byte order mark at the start of the text, not at the character: with one, everything is escaped.
    const escapeAll = text.charCodeAt(0) === 0xfeff
    let spaces = false
    for (let i = 0; i < text.length; ) {
      const code = text.codePointAt(i) as number
      const width = code > 0xffff ? 2 : 1
      if (escapeAll || needsEscape(code)) {
        this.#put(escapeCharacter(code))
        spaces = false
      } else if (code === 0x20) {
        if (fold && !spaces && this.#column > this.#layout.width && i > 0 && i < text.length - 1) {
          this.#writeIndent()
          if (text[i + 1] === ' ') this.#put('\\')
        } else this.#put(' ')
        spaces = true
      } else {
        this.#put(String.fromCodePoint(code))
        spaces = false
      }
      i += width
    }
    this.#indicator('"', { space: false, whitespace: false, indention: false })
  }

  #literal(text: string): void {
    this.#indicator('|', { space: true, whitespace: false, indention: false })
    const first = text.charCodeAt(0)
    const hint = first === 0x20 || isBreak(first) ? String(INDENT) : ''
    this.#put(hint + chomping(text))
    this.#break()
    this.#whitespace = true
    let breaks = true
    for (let i = 0; i < text.length; ) {
      const c = text.charCodeAt(i)
      if (isBreak(c)) {
        this.#lineBreak(c)
        breaks = true
        i++
        continue
      }
      if (breaks) this.#writeIndent()
      let end = i + 1
      while (end < text.length && !isBreak(text.charCodeAt(end))) end++
      this.#write(text.slice(i, end))
      this.#indention = false
      breaks = false
      i = end
    }
  }
}

/** `-` when the text does not end in a break, `+` when it ends in several (or is nothing else). */
function chomping(text: string): string {
  const last = text.length - 1
  if (!isBreak(text.charCodeAt(last))) return '-'
  return last === 0 || isBreak(text.charCodeAt(last - 1)) ? '+' : ''
}

function surrogatePairs(text: string): number {
  let pairs = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit < 0xdc00) pairs++
  }
  return pairs
}

function isSimpleKey(key: EmitScalar, traits: ScalarTraits): boolean {
  if (traits.multiline) return false
  const length = key.text.length + (key.tag?.length ?? 0)
  return length <= MAX_SIMPLE_KEY / 4 || byteLength(key.text) + (key.tag?.length ?? 0) <= MAX_SIMPLE_KEY
}

function selectStyle(scalar: EmitScalar, traits: ScalarTraits, simpleKey: boolean): Style {
  let style: Style = scalar.style
  if (simpleKey && traits.multiline) style = 'double'
  if (style === 'plain' && (!traits.plainAllowed || (scalar.text === '' && simpleKey))) style = 'single'
  if (style === 'single' && !traits.singleAllowed) style = 'double'
  if (style === 'literal' && (!traits.blockAllowed || simpleKey)) style = 'double'
  return style
}

function needsEscape(code: number): boolean {
  if (code < 0x7f) return code < 0x20 || code === 0x22 || code === 0x5c
  if (code < 0xa0) return true
  return code === 0x2028 || code === 0x2029 || code === 0xfeff || code === 0xfffe || code >= 0xffff
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x00, '\\0'],
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x1b, '\\e'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
  [0x85, '\\N'],
  [0xa0, '\\_'],
  [0x2028, '\\L'],
  [0x2029, '\\P'],
])

function escapeCharacter(code: number): string {
  const short = ESCAPES.get(code)
  if (short !== undefined) return short
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
