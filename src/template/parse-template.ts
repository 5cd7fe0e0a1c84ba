import { builtins } from './builtins.ts'
import type { FunctionMap } from './compile/functions.ts'
import { NamedTemplate, type ParsedTemplate } from './parsed-template.ts'
import { parseTrees } from './parser.ts'

/** Builtins that are compiled specially unless a function of the same name replaces them. */
const SPECIAL = ['and', 'or', 'call'] as const
const NO_OVERRIDES: ReadonlySet<string> = new Set()

/**
 * Parses a template text and its {{define}}s. Names that are neither in `functions` nor builtin are errors. Throws
 * TemplateError with Go's text. Compilation follows on first use.
 */
export function parseTemplate(
  name: string,
  text: string,
  options: { readonly functions: ReadonlySet<string> | FunctionMap },
): ParsedTemplate {
  const { functions } = options
  const trees = parseTrees(name, text, (word) => functions.has(word) || builtins.has(word))
  const replaced = SPECIAL.filter((word) => functions.has(word))
  const overridden = replaced.length === 0 ? NO_OVERRIDES : new Set<string>(replaced)
  const templates = trees.map((tree) => new NamedTemplate(tree, overridden))
  const main = templates.find((template) => template.name === name)
  return { main: main ?? (templates[templates.length - 1] as NamedTemplate), templates }
}
