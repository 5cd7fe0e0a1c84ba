import { isBlank, isBreak } from './characters.ts'

/** What libyaml's analysis of a scalar's text allows. */
export interface ScalarTraits {
  readonly multiline: boolean
  /** Plain style outside brackets. */
  readonly plainAllowed: boolean
  readonly singleAllowed: boolean
  /** Literal and folded style. */
  readonly blockAllowed: boolean
}

const SIMPLE: ScalarTraits = { multiline: false, plainAllowed: true, singleAllowed: true, blockAllowed: true }
const EMPTY: ScalarTraits = { multiline: false, plainAllowed: true, singleAllowed: true, blockAllowed: false }

/** Words of letters, digits and harmless signs, by far the most common texts. */
const HARMLESS = /^[A-Za-z0-9_/$(\\][A-Za-z0-9_/.$()\\=+-]*$/

const FIRST_INDICATORS = new Set('#,[]{}&*!|>\'"%@`')

/** Analyses a scalar's text as libyaml in go-yaml. `tabsInBlocks`: v3's rule that tabs rule out plain and single quotes only. */
export function analyzeScalar(text: string, tabsInBlocks: boolean): ScalarTraits {
  if (text === '') return EMPTY
  if (HARMLESS.test(text)) return SIMPLE
  let indicators = text.startsWith('---') || text.startsWith('...') || startIsIndicator(text)
  let lineBreaks = false
  let special = false
  let tabs = false
  let breakSpace = false
  let spaceBreak = false
  let previousSpace = false
  let previousBreak = false
  let afterBlank = true
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x3a && i > 0) {
      if (i + 1 >= text.length || isBlank(text.charCodeAt(i + 1))) indicators = true
    } else if (c === 0x23 && afterBlank) {
      indicators = true
    }
    if (c === 0x09 && tabsInBlocks) tabs = true
    else if (!isPrintable(c)) special = true
    if (c === 0x20) {
      if (previousBreak) breakSpace = true
      previousSpace = true
      previousBreak = false
    } else if (isBreak(c)) {
      lineBreaks = true
      if (previousSpace) spaceBreak = true
      previousSpace = false
      previousBreak = true
    } else {
      previousSpace = false
      previousBreak = false
    }
    afterBlank = isBlank(c) || isBreak(c) || c === 0
  }
  const first = text.charCodeAt(0)
  const last = text.charCodeAt(text.length - 1)
  const edges = first === 0x20 || isBreak(first) || last === 0x20 || isBreak(last)
  const unsafe = breakSpace || spaceBreak || tabs || special
  return {
    multiline: lineBreaks,
    plainAllowed: !(edges || unsafe || lineBreaks || indicators),
    singleAllowed: !unsafe,
    blockAllowed: !(last === 0x20 || spaceBreak || special),
  }
}

/** Whether the first character would start something else than a plain scalar. */
function startIsIndicator(text: string): boolean {
  if (FIRST_INDICATORS.has(text.charAt(0))) return true
  const c = text.charCodeAt(0)
  if (c !== 0x3f && c !== 0x3a && c !== 0x2d) return false
  return text.length === 1 || isBlank(text.charCodeAt(1))
}

/** libyaml's idea of printable; characters beyond the basic plane are not. Line feeds are, carriage returns are not. */
function isPrintable(c: number): boolean {
  if (c < 0x7f) return c >= 0x20 || c === 0x0a
  if (c < 0xa0) return false
  if (c >= 0xd800 && c <= 0xdfff) return false
  return c !== 0xfeff && c !== 0xfffe && c !== 0xffff
}
