/**
 * The Go template language. A text is parsed to a tree, a tree is compiled to closures once, and an `Execution` holds
 * what changes while it runs. It knows nothing of Helm: functions come from outside, sets of templates are built by the
 * caller. Begin with template-set.ts, then parser.ts and compile/compile.ts.
 */
export { builtins } from './builtins.ts'
export type { FunctionMap } from './compile/functions.ts'
export { Execution, type ExecutionCallable, type MissingKey } from './compile/state.ts'
export { TemplateError, type TemplateErrorCode, type TemplateErrorPlace } from './errors.ts'
export { parseTemplate } from './parse-template.ts'
export { NamedTemplate, type ParsedTemplate } from './parsed-template.ts'
export { TemplateCache } from './template-cache.ts'
export { SharedVocabulary } from './vocabulary.ts'
export { TemplateSet, type ExecuteOptions } from './template-set.ts'
