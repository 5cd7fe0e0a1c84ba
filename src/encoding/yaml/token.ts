/** Kinds of tokens, as libyaml names them. Numbers, because the reader compares them in its hottest loops. */
export const TOKEN = {
  streamStart: 1,
  streamEnd: 2,
  versionDirective: 3,
  tagDirective: 4,
  documentStart: 5,
  documentEnd: 6,
  blockSequenceStart: 7,
  blockMappingStart: 8,
  blockEnd: 9,
  flowSequenceStart: 10,
  flowSequenceEnd: 11,
  flowMappingStart: 12,
  flowMappingEnd: 13,
  blockEntry: 14,
  flowEntry: 15,
  key: 16,
  value: 17,
  alias: 18,
  anchor: 19,
  tag: 20,
  scalar: 21,
} as const

/** How a scalar was written. */
export const STYLE = { plain: 1, singleQuoted: 2, doubleQuoted: 3, literal: 4, folded: 5 } as const

/**
 * A token and the place where it starts (`line`, `column`, both from 0; `offset` in UTF-16 units).
 * `value` is the scalar, anchor or tag handle; `suffix` the rest of a tag, or the prefix of a %TAG directive.
 */
export class Token {
  readonly type: number
  readonly line: number
  readonly column: number
  readonly value: string
  readonly suffix: string
  readonly style: number
  /** The simple key that may begin with this token. */
  key: SimpleKey | undefined
  constructor(type: number, line: number, column: number, value: string, suffix: string, style: number) {
    this.type = type
    this.line = line
    this.column = column
    this.value = value
    this.suffix = suffix
    this.style = style
    this.key = undefined
  }
}

/** A place where a key without `?` may have begun; decided when a `:` follows on the same line. */
export interface SimpleKey {
  possible: boolean
  required: boolean
  tokenNumber: number
  offset: number
  line: number
  column: number
}
