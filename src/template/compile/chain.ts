import { goType, TypedMap, type GoCallable, type GoValue } from '../../go/index.ts'
import type { Node } from '../node.ts'
import type { Argument } from './argument.ts'
import { CallSite } from './call.ts'
import { fieldOf, fieldWithArguments, methodOf, typeOfField, type FieldSite } from './field.ts'
import { bindFunction } from './functions.ts'
import { staticType, visibleVariable, type Variable } from './scope.ts'
import type { BoundFunction, Execution, Expression } from './state.ts'

/** Where the value comes from that the first field is read from. */
export type ChainBase =
  | { readonly type: 'dot'; readonly container: number | undefined }
  | { readonly type: 'variable'; readonly variable: Variable | undefined }
  | { readonly type: 'value' }
  | { readonly type: 'function'; readonly slot: number }

const NO_ARGUMENTS: readonly Argument[] = []

/** The fields `a.b.c` read one after the other; methods among them are called. */
export class FieldPath implements FieldSite {
  readonly names: readonly string[]
  /** Node of errors; undefined: the one that an `and` or `or` visited last. */
  readonly node: Node | undefined
  private readonly callNode: Node
  private readonly base: ChainBase
  /** Arguments of the last field. */
  private readonly args: readonly Argument[]
  private readonly hasFinal: boolean
  private sites: (CallSite | undefined)[] | undefined

  constructor(options: {
    readonly names: readonly string[]
    readonly node: Node | undefined
    readonly callNode: Node
    readonly base: ChainBase
    readonly args: readonly Argument[]
    readonly hasFinal: boolean
  }) {
    this.names = options.names
    this.node = options.node
    this.callNode = options.callNode
    this.base = options.base
    this.args = options.args
    this.hasFinal = options.hasFinal
  }

  /** Go type of the base, as the template sees it. */
  typeOf(execution: Execution, value: GoValue): string {
    const { base } = this
    switch (base.type) {
      case 'dot':
        return staticType(execution, value, base.container)
      case 'variable':
        return staticType(execution, value, visibleVariable(execution, base.variable)?.container)
      case 'value':
        return value === null ? 'interface {}' : goType(value)
      case 'function':
        return value === null ? 'interface {}' : (execution.functions[base.slot]?.result ?? 'interface {}')
    }
  }

  /** Reads the field of an index from a value that was read from `parent`. */
  step(execution: Execution, dot: GoValue, receiver: GoValue, index: number, parent: GoValue): GoValue {
    const name = this.names[index] as string
    if (receiver instanceof Map && !(receiver instanceof TypedMap)) {
      const value = receiver.get(name)
      if (value !== undefined) return value
    } else {
      const method = methodOf(receiver, name)
      if (method !== undefined) return this.callMethod(execution, dot, method, index, undefined)
    }
    return fieldOf(execution, receiver, name, this, parent, index === 0 ? undefined : this.names[index - 1])
  }

  /** Calls the last field, which must be a method. */
  lastCall(execution: Execution, dot: GoValue, receiver: GoValue, parent: GoValue, final: GoValue): GoValue {
    const index = this.names.length - 1
    const name = this.names[index] as string
    const method = methodOf(receiver, name)
    if (method !== undefined) return this.callMethod(execution, dot, method, index, final)
    return fieldWithArguments(execution, receiver, name, this, parent, index === 0 ? undefined : this.names[index - 1])
  }

  private callMethod(execution: Execution, dot: GoValue, method: GoCallable, index: number, final: GoValue): GoValue {
    this.sites ??= []
    let site = this.sites[index]
    if (site === undefined) {
      const isLast = index === this.names.length - 1
      site = new CallSite({
        name: this.names[index] as string,
        args: isLast ? this.args : NO_ARGUMENTS,
        node: this.node,
        callNode: this.callNode,
        hasFinal: isLast && this.hasFinal,
      })
      this.sites[index] = site
    }
    return site.call(execution, dot, boundMethod(method), final)
  }
}

/** Reads a path from dot. */
export function readFromDot(path: FieldPath): Expression {
  switch (path.names.length) {
    case 1:
      return (execution, dot) => path.step(execution, dot, dot, 0, undefined)
    case 2:
      return (execution, dot) => {
        const receiver = path.step(execution, dot, dot, 0, undefined)
        return path.step(execution, dot, receiver, 1, dot)
      }
    case 3:
      return (execution, dot) => {
        const first = path.step(execution, dot, dot, 0, undefined)
        const second = path.step(execution, dot, first, 1, dot)
        return path.step(execution, dot, second, 2, first)
      }
    default:
      return readFrom((_execution, dot) => dot, path)
  }
}

/** Reads a path from a value. */
export function readFrom(base: Expression, path: FieldPath): Expression {
  const { length } = path.names
  return (execution, dot) => {
    let receiver = base(execution, dot)
    let parent: GoValue
    for (let i = 0; i < length; i++) {
      const value = path.step(execution, dot, receiver, i, parent)
      parent = receiver
      receiver = value
    }
    return receiver
  }
}

/** Reads a path whose last field has arguments, or the value of the pipeline so far: it must be a method. */
export function callFrom(base: Expression, path: FieldPath, previous: Expression | undefined): Expression {
  const last = path.names.length - 1
  return (execution, dot) => {
    const final = previous?.(execution, dot)
    let receiver = base(execution, dot)
    let parent: GoValue
    for (let i = 0; i < last; i++) {
      const value = path.step(execution, dot, receiver, i, parent)
      parent = receiver
      receiver = value
    }
    return path.lastCall(execution, dot, receiver, parent, final === null ? undefined : final)
  }
}

/** Go type of what a path gives, as the template sees it; reads the path again. */
export function pathType(
  base: Expression,
  path: FieldPath,
): (execution: Execution, dot: GoValue, value: GoValue) => string {
  return (execution, dot, value) => {
    let parent = base(execution, dot)
    for (let i = 0; i < path.names.length - 1; i++) parent = path.step(execution, dot, parent, i, undefined)
    return typeOfField(parent, path.names.at(-1) ?? '', value)
  }
}

const boundMethods = new WeakMap<GoCallable, BoundFunction>()

function boundMethod(method: GoCallable): BoundFunction {
  let bound = boundMethods.get(method)
  if (bound === undefined) {
    bound = bindFunction(method)
    boundMethods.set(method, bound)
  }
  return bound
}
