import type { GoCallable } from '../../go/index.ts'
import type { BoundFunction, ExecutionCallable } from './state.ts'

/** Functions by the name that templates call them by. */
export type FunctionMap = ReadonlyMap<string, GoCallable>

const slots = new Map<string, number>()

/** The slot of a function name: its index in the table of an execution. The same name has the same slot everywhere. */
export function functionSlot(name: string): number {
  let slot = slots.get(name)
  if (slot === undefined) {
    slot = slots.size
    slots.set(name, slot)
  }
  return slot
}

/** The uniform shape of a callable. */
export function bindFunction(callable: GoCallable): BoundFunction {
  return {
    params: callable.params,
    variadic: callable.variadic ?? false,
    result: callable.result ?? 'interface {}',
    call: callable.call,
    callIn: (callable as Partial<ExecutionCallable>).callIn,
  }
}

const tables = new WeakMap<FunctionMap, (BoundFunction | undefined)[]>()

/** Functions by slot: those of `functions` over `builtins`. The table of a map is built once; do not change the map after. */
export function functionTable(functions: FunctionMap, builtins: FunctionMap): readonly (BoundFunction | undefined)[] {
  let table = tables.get(functions)
  if (table === undefined) {
    table = []
    for (const [name, callable] of builtins) table[functionSlot(name)] = bindFunction(callable)
    for (const [name, callable] of functions) table[functionSlot(name)] = bindFunction(callable)
    for (let i = 0; i < table.length; i++) table[i] ??= undefined
    tables.set(functions, table)
  }
  return table
}
