import { isTrue, type GoValue } from '../../go/index.ts'
import type { Node } from '../node.ts'
import { compileArgument, failing, type Argument, Compiled } from './argument.ts'
import type { Execution } from './state.ts'

/**
 * `and` and `or`: arguments are evaluated until one decides. `final` gives the value of the pipeline so far, which counts
 * as the last argument.
 */
export function compileLogic(
  name: 'and' | 'or',
  node: Node,
  args: readonly Argument[],
  final: Compiled | undefined,
): Compiled {
  const evaluateFinal = final?.run
  if (args.length === 0) {
    if (evaluateFinal !== undefined) return new Compiled(evaluateFinal, node)
    return new Compiled(failing(node, `wrong number of args for ${name}: want at least 1 got 0`), node)
  }
  const decides = name === 'or'
  const values = args.map((arg) => compileArgument(arg, 'reflect.Value'))
  const lasts = args.map((arg) => (arg.value === undefined ? arg.node : arg.value.last))
  const run = (execution: Execution, dot: GoValue): GoValue => {
    const piped = evaluateFinal?.(execution, dot)
    let value: GoValue
    for (let i = 0; i < values.length; i++) {
      value = values[i]?.(execution, dot)
      const last = lasts[i]
      if (last !== undefined) execution.lastNode = last
      if (isTrue(value) === decides) return value
    }
    return evaluateFinal === undefined ? value : piped
  }
  return new Compiled(run, undefined)
}
