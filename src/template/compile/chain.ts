import { TypedMap, type GoCallable, type GoValue } from '../../go/index.ts'
import type { Compiled } from './argument.ts'
import type { CallSite } from './call.ts'
import { fieldOf, fieldWithArguments, methodOf, typeOfField, type FieldSite } from './field.ts'
import { bindFunction } from './functions.ts'
import type { BoundFunction, Execution, Expression } from './state.ts'

/** One field of a chain, and how it is called when it is a method. */
export interface Step {
  readonly name: string
  readonly method: CallSite
}

function takeStep(
  execution: Execution,
  dot: GoValue,
  receiver: GoValue,
  step: Step,
  site: FieldSite,
  parent: GoValue,
  parentName: string | undefined,
): GoValue {
  const { name } = step
  if (receiver instanceof Map && !(receiver instanceof TypedMap)) {
    const value = receiver.get(name)
    if (value !== undefined) return value
  } else {
    const method = methodOf(receiver, name)
    if (method !== undefined) return step.method.call(execution, dot, boundMethod(method), undefined)
  }
  return fieldOf(execution, receiver, name, site, parent, parentName)
}

function fieldExpression(base: Expression, steps: readonly Step[], site: FieldSite): Expression {
  const [first, second] = steps
  if (first === undefined) return base
  if (second === undefined) {
    return (execution, dot) => takeStep(execution, dot, base(execution, dot), first, site, undefined, undefined)
  }
  if (steps.length === 2) {
    return (execution, dot) => {
      const parent = base(execution, dot)
      const receiver = takeStep(execution, dot, parent, first, site, undefined, undefined)
      return takeStep(execution, dot, receiver, second, site, parent, first.name)
    }
  }
  return (execution, dot) => {
    let receiver = base(execution, dot)
    let parent: GoValue
    let parentName: string | undefined
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as Step
      const value = takeStep(execution, dot, receiver, step, site, parent, parentName)
      parent = receiver
      parentName = step.name
      receiver = value
    }
    return receiver
  }
}

/** `base.a.b`: fields one after the other, methods called without arguments. */
export function compileFields(base: Expression, steps: readonly Step[], site: FieldSite): Compiled {
  const parent = fieldExpression(base, steps.slice(0, -1), site)
  const name = steps.at(-1)?.name ?? ''
  return {
    run: fieldExpression(base, steps, site),
    last: site.node,
    typeOf: (execution, dot, value) => typeOfField(parent(execution, dot), name, value),
  }
}

/** A chain whose last field has arguments, or the value of the pipeline so far: it must be a method. */
export function compileFieldCall(
  base: Expression,
  steps: readonly Step[],
  site: FieldSite,
  previous: Expression | undefined,
): Expression {
  const last = steps.length - 1
  const { name, method: methodSite } = steps[last] as Step
  return (execution, dot) => {
    const final = previous?.(execution, dot)
    let receiver = base(execution, dot)
    let parent: GoValue
    let parentName: string | undefined
    for (let i = 0; i < last; i++) {
      const step = steps[i] as Step
      const value = takeStep(execution, dot, receiver, step, site, parent, parentName)
      parent = receiver
      parentName = step.name
      receiver = value
    }
    const method = methodOf(receiver, name)
    if (method === undefined) return fieldWithArguments(execution, receiver, name, site, parent, parentName)
    return methodSite.call(execution, dot, boundMethod(method), final)
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
