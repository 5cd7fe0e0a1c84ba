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
 * A token and the place where it starts (`line`, `column` from 0; `offset` in UTF-16 units from the start of the text).
 * `value` is the scalar, anchor or tag handle; `suffix` the rest of a tag, or the prefix of a %TAG directive.
 *
 * A token may be the start of a key without `?`, which only a `:` behind it can tell: then `possibleKey` is set, `requiredKey` says
 * that it cannot be anything else here, `number` is its place in the stream of tokens, and `holdsBack` says that the scanner must
 * know before it hands the token out.
 */
export class Token {
  readonly type: number
  readonly line: number
  readonly column: number
  readonly offset: number
  readonly value: string
  readonly suffix: string
  readonly style: number
  possibleKey = false
  requiredKey = false
  holdsBack = false
  number = -1
  constructor(type: number, place: TokenPlace, value: string, style: number, suffix: string) {
    this.type = type
    this.line = place.line
    this.column = place.column
    this.offset = place.offset
    this.value = value
    this.suffix = suffix
    this.style = style
  }
}

/** Where a token starts; the scanner itself keeps these fields, so that none need be made per token. */
export interface TokenPlace {
  readonly line: number
  readonly column: number
  readonly offset: number
}
