import type { FunctionMap } from './compile/functions.ts'
import { NamedTemplate, type ParsedTemplate } from './parsed-template.ts'
import { parseTrees } from './parser.ts'
import { SharedVocabulary, Vocabulary } from './vocabulary.ts'

/**
 * Parses a template text and its {{define}}s. Names that are neither in `functions` nor builtin are errors; with a shared
 * vocabulary, what the text has in common with earlier ones is not read again. Throws TemplateError with Go's text.
 * Compilation follows on first use.
 */
export function parseTemplate(
  name: string,
  text: string,
  functions: ReadonlySet<string> | FunctionMap | SharedVocabulary,
): ParsedTemplate {
  const shared = functions instanceof SharedVocabulary ? functions : undefined
  const vocabulary = functions instanceof SharedVocabulary ? functions : new Vocabulary(functions)
  const trees = parseTrees(name, text, (word) => vocabulary.has(word), shared?.actions)
  const context = { overridden: vocabulary.overridden, shared: shared?.pipelines }
  const templates = trees.map((tree) => new NamedTemplate(tree, context))
  const main = templates.find((template) => template.name === name)
  return { main: main ?? (templates[templates.length - 1] as NamedTemplate), templates }
}
