import { elementTypeOf, goType, type GoValue } from '../../go/index.ts'
import type { Execution, Statement } from './state.ts'

/** Where a variable lives. Compiling the code that follows may still change the type slot. */
export interface Variable {
  readonly slot: number
  /**
   * Slot of the container that a range takes the value from: then its Go type is that of the container's elements. The
   * slot is empty while the variable holds a value of another origin.
   */
  container: number | undefined
  /** Declared in a parenthesised pipeline that may not run; then the variable that it hides is meant. */
  readonly hides: Variable | undefined
}

/** Marks a variable whose declaration has not run. */
export const UNSET: GoValue = Object.freeze(new Uint8Array(0)) as Uint8Array

/** Variable slots of one template, with lexical scopes. */
export class Scope {
  private readonly frames: Map<string, Variable>[] = [new Map()]
  private readonly dots: (number | undefined)[] = [undefined]
  private conditional: number[] = []
  /** Depth of parenthesised pipelines. */
  nesting = 0
  /** Number of slots in use; slot 0 is `$`. */
  slots = 1

  constructor() {
    this.frames[0]?.set('$', { slot: 0, container: undefined, hides: undefined })
  }

  newSlot(): number {
    return this.slots++
  }

  /** Declares a variable in the innermost scope. */
  declare(name: string): Variable {
    const isConditional = this.nesting > 0
    const hides = isConditional ? (this.find(name) ?? NOTHING) : undefined
    const variable: Variable = { slot: this.newSlot(), container: undefined, hides }
    if (isConditional) this.conditional.push(variable.slot)
    this.frames.at(-1)?.set(name, variable)
    return variable
  }

  /** The type slot of a variable, which ranges set. */
  containerOf(variable: Variable): number {
    variable.container ??= this.newSlot()
    return variable.container
  }

  find(name: string): Variable | undefined {
    for (let i = this.frames.length - 1; i >= 0; i--) {
      const variable = this.frames[i]?.get(name)
      if (variable !== undefined) return variable
    }
    return undefined
  }

  /** Slot of the container whose elements dot is, inside a range. */
  get dotContainer(): number | undefined {
    return this.dots.at(-1)
  }

  /** Compiles `body` in a scope of its own; gives its result and the slots to unset whenever the scope begins. */
  within<T>(body: () => T): { result: T; unset: readonly number[] } {
    const outer = this.conditional
    this.conditional = []
    this.frames.push(new Map())
    const result = body()
    this.frames.pop()
    const unset = this.conditional
    this.conditional = outer
    return { result, unset }
  }

  /** Compiles `body` with dot bound to a value (undefined) or to the elements of a container. */
  withDot<T>(container: number | undefined, body: () => T): T {
    this.dots.push(container)
    const result = body()
    this.dots.pop()
    return result
  }
}

/** The end of a chain of hidden variables: nothing of that name was declared. */
export const NOTHING: Variable = { slot: -1, container: undefined, hides: undefined }

/** Unsets variables whose declaration may be skipped, each time their scope begins. */
export function resetting(run: Statement, unset: readonly number[]): Statement {
  if (unset.length === 0) return run
  return (execution, dot) => {
    for (const slot of unset) execution.variables[slot] = UNSET
    return run(execution, dot)
  }
}

/** The variable meant when declarations may have been skipped; undefined when none has run. */
export function visibleVariable(execution: Execution, variable: Variable | undefined): Variable | undefined {
  for (let at = variable; at !== undefined && at !== NOTHING; at = at.hides) {
    if (at.hides === undefined || execution.variables[at.slot] !== UNSET) return at
  }
  return undefined
}

/** Go type of a value taken from `container`'s slot, or of the value itself; nil without a container is interface{}. */
export function staticType(execution: Execution, value: GoValue, container: number | undefined): string {
  const items = container === undefined ? undefined : execution.variables[container]
  if (items instanceof Map || Array.isArray(items)) return elementTypeOf(items)
  return value === null ? 'interface {}' : goType(value)
}
