import type { GoCallable, GoValue } from '../../go/index.ts'
import { callError, execError, incompleteTemplate, noTemplate, stackEnded, type TemplateError } from '../errors.ts'
import type { Node, Place, TemplateNode } from '../node.ts'

/** What a missing map key gives: no value, the zero of the element type, or an error. */
export type MissingKey = 'default' | 'zero' | 'error'

/** A function that wants to know the running template, such as Helm's `include` and `tpl`. */
export interface ExecutionCallable extends GoCallable {
  /** Called in place of `call` by a running template. */
  readonly callIn: (execution: Execution, ...args: GoValue[]) => GoValue
}

/** Evaluates an expression with dot. `null` is a nil interface{}, `undefined` is no value at all. */
export type Expression = (execution: Execution, dot: GoValue) => GoValue

/** Runs a statement; the result says whether a {{break}} or {{continue}} is under way. */
export type Statement = (execution: Execution, dot: GoValue) => Signal

/** What a statement leaves behind: one of the three below. */
export type Signal = 0 | 1 | 2
/** The next statement follows. */
export const NORMAL: Signal = 0
/** The innermost range ends. */
export const BREAK: Signal = 1
/** The turn of the innermost range ends. */
export const CONTINUE: Signal = 2

/** As Go: {{template}} within {{template}} beyond this is an error. */
const MAX_DEPTH = 100_000

/** Nesting that tells an endless {{template}} from an endless include when the stack ends. */
const DEEP = 100

/** A template ready to run: its statements and the number of variable slots they use. */
export interface CompiledTemplate {
  readonly name: string
  readonly run: Statement
  readonly slots: number
  /** Holds nothing but space and comments; such a template does not replace another of its name. */
  readonly isEmpty: boolean
}

/** A parsed text, as far as running it needs. */
export interface RunnableText {
  readonly main: CompiledTemplate
  readonly templates: readonly CompiledTemplate[]
}

/** Templates by name: a TemplateSet. */
export interface Templates {
  readonly name: string
  lookup(name: string): CompiledTemplate | undefined
  clone(): Templates
  add(parsed: RunnableText): void
}

/** A function in a shape that is the same for all, so that calls stay monomorphic. */
export interface BoundFunction {
  readonly params: readonly string[]
  readonly variadic: boolean
  readonly result: string
  readonly call: (...args: GoValue[]) => GoValue
  readonly callIn: ((execution: Execution, ...args: GoValue[]) => GoValue) | undefined
}

/**
 * One run of a template and of all that it includes. Holds everything that changes, so that compiled templates stay
 * immutable. After an error it must not be used again.
 */
export class Execution {
  /** Output of the template that is running. */
  out = ''
  /** Variables of the template that is running; slot 0 is `$`. */
  variables: GoValue[] = []
  /** Name of the running template, for errors. */
  template = ''
  /** Depth of {{template}} within {{template}}. */
  depth = 0
  /** Last node visited by an `and` or `or`, whose end is not known when compiling. */
  lastNode: Node | undefined
  /** The action that is running. */
  place: Place | undefined
  /** The {{template}} that was run last, for errors about depth. */
  private callNode: TemplateNode | undefined
  /** The templates that can be reached by name. */
  set: Templates
  readonly functions: readonly (BoundFunction | undefined)[]
  readonly missingKey: MissingKey

  constructor(options: {
    readonly set: Templates
    readonly functions: readonly (BoundFunction | undefined)[]
    readonly missingKey: MissingKey
  }) {
    this.set = options.set
    this.functions = options.functions
    this.missingKey = options.missingKey
  }

  /** Runs a named template of the current set on its own, as `ExecuteTemplate`, and gives its output. */
  render(name: string, data: GoValue): string {
    const template = this.set.lookup(name)
    if (template === undefined) throw noTemplate(name, this.set.name)
    return this.renderCompiled(template, data)
  }

  /** Runs a parsed text in a copy of the current set that also has its definitions: what Helm's `tpl` does. */
  renderParsed(parsed: RunnableText, data: GoValue): string {
    const outer = this.set
    if (parsed.templates.length > 0) {
      this.set = outer.clone()
      this.set.add(parsed)
    }
    const out = this.renderCompiled(parsed.main, data)
    this.set = outer
    return out
  }

  private renderCompiled(template: CompiledTemplate, data: GoValue): string {
    const { out, variables, depth, template: name, place } = this
    this.out = ''
    this.depth = 0
    this.run(template, data === null ? undefined : data)
    const result = this.out
    this.out = out
    this.variables = variables
    this.depth = depth
    this.template = name
    this.place = place
    return result
  }

  private run(template: CompiledTemplate, data: GoValue): void {
    const variables: GoValue[] = new Array(template.slots)
    variables[0] = data
    this.variables = variables
    this.template = template.name
    template.run(this, data)
  }

  /** Runs a template in place, as {{template}}. */
  invoke(node: TemplateNode, template: CompiledTemplate, data: GoValue): void {
    const { variables, template: name } = this
    this.callNode = node
    this.depth++
    this.run(template, data)
    this.depth--
    this.variables = variables
    this.template = name
  }

  /** Throws when one more {{template}} would go too deep. */
  checkDepth(node: TemplateNode): void {
    if (this.depth === MAX_DEPTH) throw this.tooDeep(node)
  }

  private tooDeep(node: TemplateNode): TemplateError {
    const { template } = this
    return execError({ template, node, place: node }, `exceeded maximum template depth (${MAX_DEPTH})`)
  }

  /** The error to give when the machine's own stack ended before the limit was reached. */
  stackEnded(): TemplateError {
    return this.callNode !== undefined && this.depth > DEEP ? this.tooDeep(this.callNode) : stackEnded(this.template)
  }

  /** An error at a node; without one, at the node that an `and` or `or` visited last. */
  fail(at: Node | undefined, reason: string): TemplateError {
    const { template, place } = this
    const node = at ?? this.lastNode
    return node === undefined || place === undefined
      ? incompleteTemplate(template)
      : execError({ template, node, place }, reason)
  }

  /** The error of a function that threw `cause`; the end of the machine's stack passes through unchanged. */
  callFailure(node: Node, name: string, cause: unknown): unknown {
    const { template, place } = this
    if (isStackOverflow(cause) || place === undefined) return cause
    return callError({ template, node, place }, name, cause)
  }
}

/** Whether an error is V8's end of the stack. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack')
}
