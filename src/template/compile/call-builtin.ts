import { ChartctlError, errorText } from '../../base/index.ts'
import {
  canBeNil,
  goKind,
  GoFunction,
  goType,
  integerOf,
  isNumberKind,
  GoNumber,
  zeroValue,
  type GoValue,
} from '../../go/index.ts'
import type { Node } from '../node.ts'
import { nodeText } from '../print-node.ts'
import { Compiled, isAssignable, type Argument } from './argument.ts'
import { CallSite } from './call.ts'
import { bindFunction } from './functions.ts'

/** A `call` of something that cannot be called so. */
class CallError extends ChartctlError<'TEMPLATE_CALL'> {}

const callError = (message: string, cause?: unknown): CallError => new CallError('TEMPLATE_CALL', message, {}, cause)

/** The builtin `call`, which calls a function value; errors name the operand as it is written. */
export function compileInvokeFunctionValue(
  node: Node,
  callNode: Node,
  args: readonly Argument[],
  previous: Compiled | undefined,
): Compiled {
  const [first] = args
  const site = new CallSite({ name: 'call', args, node, callNode, hasFinal: previous !== undefined })
  const evaluate = previous?.run
  const target = bindFunction({
    params: ['reflect.Value', 'reflect.Value'],
    variadic: true,
    call: (fn, ...rest) => callValue(first === undefined ? calleeText(fn) : nodeText(first.node), fn, rest),
  })
  return new Compiled((execution, dot) => {
    const final = evaluate?.(execution, dot)
    return site.call(execution, dot, target, final === null ? undefined : final)
  }, site.last)
}

function calleeText(value: GoValue): string {
  return typeof value === 'string' ? value : `<${goType(value)} Value>`
}

function callValue(name: string, fn: GoValue, args: readonly GoValue[]): GoValue {
  if (fn === null || fn === undefined) throw callError('call of nil')
  if (goKind(fn) !== 'func') throw callError(`non-function ${name} of type ${goType(fn)}`)
  if (!(fn instanceof GoFunction)) throw callError('call of nil function')
  const { params, variadic, call } = fn.callable
  const fixed = variadic ? params.length - 1 : params.length
  if (variadic ? args.length < fixed : args.length !== fixed) {
    throw callError(`wrong number of args for ${name}: got ${args.length} want ${variadic ? 'at least ' : ''}${fixed}`)
  }
  const values = args.map((arg, index) => {
    try {
      return prepareArgument(arg, params[Math.min(index, params.length - 1)] ?? 'interface {}')
    } catch (error) {
      throw callError(`arg ${index}: ${errorText(error)}`, error)
    }
  })
  return call(...values)
}

function prepareArgument(value: GoValue, type: string): GoValue {
  if (value === null || value === undefined) {
    if (!canBeNil(type)) throw callError(`value is nil; should be of type ${type}`)
    return zeroValue(type)
  }
  if (isAssignable(value, type)) return value
  const number = integerOf(value)
  if (number !== undefined && type === 'int') return BigInt.asIntN(64, number)
  if (number !== undefined && isNumberKind(type) && type !== 'float32') {
    const bits = Number(/\d+$/.exec(type)?.[0] ?? '64')
    return new GoNumber(type, type.startsWith('u') ? BigInt.asUintN(bits, number) : BigInt.asIntN(bits, number))
  }
  throw callError(`value has type ${goType(value)}; should be ${type}`)
}
