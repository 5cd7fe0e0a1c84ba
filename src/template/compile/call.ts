import type { GoValue } from '../../go/index.ts'
import type { Node } from '../node.ts'
import { compileArgument, validator, type Argument, type Validator } from './argument.ts'
import type { BoundFunction, Execution, Expression } from './state.ts'

/** Arguments compiled for the parameters of one signature, or the reason why their number is wrong. */
interface Binding {
  readonly params: readonly string[]
  readonly variadic: boolean
  readonly reason: string | undefined
  readonly args: readonly Expression[]
  readonly final: Validator | undefined
}

/** What a call looks like in the template. */
export interface CallShape {
  readonly name: string
  readonly args: readonly Argument[]
  /** Node of errors about the number of arguments. */
  readonly node: Node | undefined
  /** Node of errors of the function itself. */
  readonly callNode: Node
  /** The value of the pipeline so far is the last argument. */
  readonly hasFinal: boolean
}

/**
 * One place that calls a function or method. Arguments are compiled for the parameter types at the first call and again
 * when another signature comes by; callables of the same signature should share one `params` array.
 */
export class CallSite {
  private readonly shape: CallShape
  /** Node visited last when the arguments have been evaluated. */
  readonly last: Node | undefined
  private binding: Binding | undefined

  constructor(shape: CallShape) {
    this.shape = shape
    this.last = lastOf(shape.args, shape.node)
  }

  private bind(params: readonly string[], variadic: boolean): Binding {
    const { args, hasFinal } = this.shape
    const given = args.length + (hasFinal ? 1 : 0)
    const reason = this.wrongNumber(params.length, variadic)
    const typeAt = (index: number): string => params[Math.min(index, params.length - 1)] ?? 'interface {}'
    const binding: Binding = {
      params,
      variadic,
      reason,
      args: reason === undefined ? args.map((arg, index) => compileArgument(arg, typeAt(index))) : [],
      final: hasFinal ? validator(typeAt(given - 1), this.last) : undefined,
    }
    this.binding = binding
    return binding
  }

  private wrongNumber(count: number, variadic: boolean): string | undefined {
    const { name, args, hasFinal } = this.shape
    const given = args.length + (hasFinal ? 1 : 0)
    const fixed = variadic ? count - 1 : count
    if (variadic && given < fixed) return `wrong number of args for ${name}: want at least ${fixed} got ${args.length}`
    if (!variadic && given !== fixed) return `wrong number of args for ${name}: want ${fixed} got ${given}`
    return undefined
  }

  /** Evaluates the arguments and calls. `final` is the value of the pipeline so far, if the site has one. */
  call(execution: Execution, dot: GoValue, target: BoundFunction, final: GoValue): GoValue {
    let binding = this.binding
    if (binding === undefined || binding.params !== target.params || binding.variadic !== target.variadic) {
      binding = this.bind(target.params, target.variadic)
    }
    if (binding.reason !== undefined) throw execution.fail(this.shape.node, binding.reason)
    const { args } = binding
    switch (args.length) {
      case 0:
        if (binding.final === undefined) return this.invoke0(execution, target)
        return this.invoke1(execution, target, binding.final(execution, final))
      case 1: {
        const a = (args[0] as Expression)(execution, dot)
        if (binding.final === undefined) return this.invoke1(execution, target, a)
        return this.invoke2(execution, target, a, binding.final(execution, final))
      }
      case 2: {
        const a = (args[0] as Expression)(execution, dot)
        const b = (args[1] as Expression)(execution, dot)
        if (binding.final === undefined) return this.invoke2(execution, target, a, b)
        return this.invokeAll(execution, target, [a, b, binding.final(execution, final)])
      }
      default: {
        const values: GoValue[] = []
        for (let i = 0; i < args.length; i++) values.push((args[i] as Expression)(execution, dot))
        if (binding.final !== undefined) values.push(binding.final(execution, final))
        return this.invokeAll(execution, target, values)
      }
    }
  }

  private invoke0(execution: Execution, target: BoundFunction): GoValue {
    const { template, place } = execution
    try {
      return target.callIn === undefined ? target.call() : target.callIn(execution)
    } catch (error) {
      execution.template = template
      execution.place = place
      throw execution.callFailure(this.shape.callNode, this.shape.name, error)
    }
  }

  private invoke1(execution: Execution, target: BoundFunction, a: GoValue): GoValue {
    const { template, place } = execution
    try {
      return target.callIn === undefined ? target.call(a) : target.callIn(execution, a)
    } catch (error) {
      execution.template = template
      execution.place = place
      throw execution.callFailure(this.shape.callNode, this.shape.name, error)
    }
  }

  private invoke2(execution: Execution, target: BoundFunction, a: GoValue, b: GoValue): GoValue {
    const { template, place } = execution
    try {
      return target.callIn === undefined ? target.call(a, b) : target.callIn(execution, a, b)
    } catch (error) {
      execution.template = template
      execution.place = place
      throw execution.callFailure(this.shape.callNode, this.shape.name, error)
    }
  }

  private invokeAll(execution: Execution, target: BoundFunction, values: GoValue[]): GoValue {
    const { template, place } = execution
    try {
      return target.callIn === undefined ? target.call(...values) : target.callIn(execution, ...values)
    } catch (error) {
      execution.template = template
      execution.place = place
      throw execution.callFailure(this.shape.callNode, this.shape.name, error)
    }
  }
}

/** The node visited last after these arguments; `otherwise` without arguments. */
export function lastOf(args: readonly Argument[], otherwise: Node | undefined): Node | undefined {
  const arg = args.length === 0 ? undefined : args[args.length - 1]
  if (arg === undefined) return otherwise
  return arg.value === undefined ? arg.node : arg.value.last
}
