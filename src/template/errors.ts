import { ChartctlError, errorText } from '../base/index.ts'
import { quote, sprintf } from '../go/index.ts'
import type { Node, Place, Source } from './node.ts'
import { nodePosition, nodeText } from './print-node.ts'

/**
 * `TEMPLATE_PARSE`: the text is no template; `TEMPLATE_EXEC`: running it failed; `TEMPLATE_MISSING`: no such template;
 * `TEMPLATE_STACK`: the process needs a larger stack to run it.
 */
export type TemplateErrorCode = 'TEMPLATE_PARSE' | 'TEMPLATE_EXEC' | 'TEMPLATE_MISSING' | 'TEMPLATE_STACK'

/** Where in the templates an error happened. */
export interface TemplateErrorPlace {
  /** Name of the running template: the file, or the name of a {{define}}. */
  readonly template: string
  /** Name of the file (or tpl text) that holds the node. */
  readonly file: string
  readonly line: number
  /** In bytes, as Go counts; undefined for parse errors. */
  readonly column: number | undefined
  /** The node as Go prints it; undefined for parse errors. */
  readonly node: string | undefined
  /** The message without its place. */
  readonly reason: string
}

/**
 * An error of text/template; `message` is Go's text. `cause` is the error of the function that failed, so the chain of
 * causes is the chain that Go's `errors.Unwrap` walks (each frame of include and tpl).
 */
export class TemplateError extends ChartctlError<TemplateErrorCode> {
  readonly place: TemplateErrorPlace
  constructor(code: TemplateErrorCode, message: string, place: TemplateErrorPlace, cause?: unknown) {
    super(code, message, {}, cause)
    this.place = place
  }
}

const doublePercent = (text: string): string => text.replaceAll('%', '%%')

/** A parse error at a line. The name goes through the format unescaped, as in Go. */
export function parseError(source: Source, line: number, reason: string): TemplateError {
  const message = sprintf(`template: ${source.name}:${line}: %s`, reason)
  return new TemplateError('TEMPLATE_PARSE', message, {
    template: source.name,
    file: source.name,
    line,
    column: undefined,
    node: undefined,
    reason,
  })
}

/** Where running a template failed: the name of the template, a node, and the place of the action that holds the node. */
export interface Failure {
  readonly template: string
  readonly node: Node
  readonly place: Place
}

/** An error while running a template. */
export function execError({ template, node, place }: Failure, reason: string, cause?: unknown): TemplateError {
  const { line, column } = nodePosition(node, place)
  const text = nodeText(node)
  const file = place.source.name
  const at = `template: ${file}:${line}:${column}: executing `
  // A file name with a percent sign goes through the format unescaped, as in Go.
  const message = file.includes('%')
    ? sprintf(`${at}${doublePercent(`${quote(template)} at <${text}`)}>: %s`, reason)
    : `${at}${quote(template)} at <${text}>: ${reason}`
  return new TemplateError('TEMPLATE_EXEC', message, { template, file, line, column, node: text, reason }, cause)
}

/** `error calling NAME: …`: a function or method failed or threw. */
export function callError(failure: Failure, name: string, cause: unknown): TemplateError {
  return execError(failure, `error calling ${name}: ${errorText(cause)}`, cause)
}

/** Execution of a template that the set does not have; `within` is the template that names the set. */
export function noTemplate(name: string, within: string): TemplateError {
  const message = sprintf('template: no template %q associated with template %q', name, within)
  return new TemplateError('TEMPLATE_MISSING', message, {
    template: name,
    file: name,
    line: 0,
    column: undefined,
    node: undefined,
    reason: message,
  })
}

/** Execution of a template that was only ever parsed as part of a set and has no body. */
export function incompleteTemplate(name: string): TemplateError {
  return errorWithoutNode(name, sprintf('%q is an incomplete or empty template', name))
}

/** Templates nested too deeply for the stack of the process. */
export function stackEnded(name: string): TemplateError {
  return errorWithoutNode(name, 'templates are nested too deeply for the stack', 'TEMPLATE_STACK')
}

function errorWithoutNode(name: string, reason: string, code: TemplateErrorCode = 'TEMPLATE_EXEC'): TemplateError {
  return new TemplateError(code, `template: ${name}: ${reason}`, {
    template: name,
    file: name,
    line: 0,
    column: undefined,
    node: undefined,
    reason,
  })
}
