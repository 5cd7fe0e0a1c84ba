import type { TemplateVector } from '../conformance/template-cases.ts'

/** A chart and flags to render it with: a template vector without an id and an answer. */
export type FuzzCase = Omit<TemplateVector, 'id' | 'expect' | 'expectBase64' | 'error' | 'errorStage'>

/**
 * What a renderer says to a case: rendered files by their paths (texts, with a lone surrogate for a byte that is not UTF-8), or
 * the text of the error.
 */
export type Answer = { readonly rendered: ReadonlyMap<string, string> } | { readonly error: string }
