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
const UNSET: GoValue = Object.freeze(new Uint8Array(0)) as Uint8Array

/** A declared variable and those declared before it that are still in scope. */
interface Binding {
  readonly name: string
  readonly variable: Variable
  readonly before: Binding | undefined
}

/** What is in scope at a place of a template. */
export interface ScopeState {
  readonly variables: Binding | undefined
  /** Slot of the container whose elements dot is, inside a range. */
  readonly dotContainer: number | undefined
}

/** Variable slots of one template, with lexical scopes. */
export class Scope {
  private state: ScopeState = {
    variables: { name: '$', variable: { slot: 0, container: undefined, hides: undefined }, before: undefined },
    dotContainer: undefined,
  }
  private conditional: number[] = []
  /** A variable hides the template's own `$`. */
  private isRootHidden = false
  /** Depth of parenthesised pipelines. */
  nesting = 0
  /** Number of slots in use; slot 0 is `$`. Grows as parts of the template are compiled. */
  slots = 1

  newSlot(): number {
    return this.slots++
  }

  /** Declares a variable in the innermost scope. */
  declare(name: string): Variable {
    const isConditional = this.nesting > 0
    if (name === '$') this.isRootHidden = true
    const hides = isConditional ? (this.find(name) ?? NOTHING) : undefined
    const variable: Variable = { slot: this.newSlot(), container: undefined, hides }
    if (isConditional) this.conditional.push(variable.slot)
    const { variables, dotContainer } = this.state
    this.state = { variables: { name, variable, before: variables }, dotContainer }
    return variable
  }

  /** The type slot of a variable, which ranges set. */
  containerOf(variable: Variable): number {
    variable.container ??= this.newSlot()
    return variable.container
  }

  find(name: string): Variable | undefined {
    for (let at = this.state.variables; at !== undefined; at = at.before) if (at.name === name) return at.variable
    return undefined
  }

  /** Slot of the container whose elements dot is, inside a range. */
  get dotContainer(): number | undefined {
    return this.state.dotContainer
  }

  /** Whether `$` and dot are what they are at the beginning of a template, as far as expressions can tell. */
  get isRoot(): boolean {
    const { dotContainer } = this.state
    return !this.isRootHidden && (dotContainer === undefined || dotContainer < 0)
  }

  /** What is in scope here, to compile a part of the template later. */
  save(dotContainer = this.state.dotContainer): ScopeState {
    return { variables: this.state.variables, dotContainer }
  }

  /** Compiles a statement in a scope of its own that begins with what is in scope here, or was at `state`. */
  within(body: () => Statement, state = this.state): Statement {
    const outer = { state: this.state, conditional: this.conditional }
    this.state = state
    this.conditional = []
    const result = body()
    const unset = this.conditional
    this.state = outer.state
    this.conditional = outer.conditional
    return resetting(result, unset)
  }
}

/** The end of a chain of hidden variables: nothing of that name was declared. */
export const NOTHING: Variable = { slot: -1, container: undefined, hides: undefined }

/** Unsets variables whose declaration may be skipped, each time their scope begins. */
function resetting(run: Statement, unset: readonly number[]): Statement {
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
  const items = container === undefined || container < 0 ? undefined : execution.variables[container]
  if (items instanceof Map || Array.isArray(items)) return elementTypeOf(items)
  return value === null ? 'interface {}' : goType(value)
}
