import type { FunctionMap } from './compile/functions.ts'
import { parseTemplate } from './parse-template.ts'
import type { ParsedTemplate } from './parsed-template.ts'
import { SharedVocabulary } from './vocabulary.ts'

/** Texts kept at most; beyond it the cache starts afresh. */
const MAX_ENTRIES = 20_000

/** Parsed texts by name and text, for one set of function names. */
export class TemplateCache {
  private readonly functions: ReadonlySet<string> | FunctionMap
  private vocabulary: SharedVocabulary
  private readonly byName = new Map<string, Map<string, ParsedTemplate>>()
  private entries = 0

  constructor(functions: ReadonlySet<string> | FunctionMap) {
    this.functions = functions
    this.vocabulary = new SharedVocabulary(functions)
  }

  /** Parses a text, or gives what parsing it gave before. Throws TemplateError. */
  parse(name: string, text: string): ParsedTemplate {
    let texts = this.byName.get(name)
    const known = texts?.get(text)
    if (known !== undefined) return known
    const parsed = parseTemplate(name, text, this.vocabulary)
    if (this.entries >= MAX_ENTRIES) {
      this.byName.clear()
      this.vocabulary = new SharedVocabulary(this.functions)
      this.entries = 0
      texts = undefined
    }
    if (texts === undefined) {
      texts = new Map()
      this.byName.set(name, texts)
    }
    texts.set(text, parsed)
    this.entries++
    return parsed
  }
}
