import {
  type CelEnvironment,
  CelError,
  type CelObject,
  type CelType,
  type CelValue,
  type Compiled,
  DYN,
  printType,
} from '../../../../api/cel/index.ts'
import { type JsonObject, listAt, objectAt, stringAt } from '../../../../api/index.ts'
import { admissionEnvironment } from './expressions.ts'

/** A variable that a policy composes. */
export interface PolicyVariable {
  readonly name: string
  readonly compiled: Compiled
}

/** Compiles the variables of a policy, each seeing those before it. */
export function compileVariables(
  spec: JsonObject | undefined,
  params: boolean,
): { readonly variables: PolicyVariable[]; readonly types: Map<string, CelType> } {
  const types = new Map<string, CelType>()
  const variables = listAt(spec, 'variables').map((variable) => {
    const environment = admissionEnvironment({
      params,
      authorizer: true,
      variables: new Map(types),
    })
    const name = stringAt(variable, 'name')
    const compiled = environment.compile(stringAt(variable, 'expression'))
    types.set(name, compiled.issues === undefined ? compiled.type : DYN)
    return { name, compiled }
  })
  return { variables, types }
}

/** Adds `variables` to an activation: each is computed when it is first used, and once. */
export function withVariables(
  variables: readonly PolicyVariable[],
  activation: (name: string) => CelValue | undefined,
): (name: string) => CelValue | undefined {
  if (variables.length === 0) return activation
  const known = new Map<string, CelValue | CelError>()
  const compute = ({ name, compiled }: PolicyVariable): CelValue | CelError => {
    if (compiled.program === undefined) return failed(name, 'compile', compiled.issues)
    const { value } = compiled.program(whole)
    return value instanceof CelError ? failed(name, 'evaluate', value.message) : value
  }
  const object: CelObject = {
    isObject: true,
    type: DYN,
    names: () => variables.map(({ name }) => name),
    field(name) {
      const variable = variables.find((each) => each.name === name)
      if (variable === undefined) return undefined
      const value = known.get(name) ?? compute(variable)
      known.set(name, value)
      if (value instanceof CelError) throw value
      return value
    },
  }
  const whole = (name: string): CelValue | undefined => (name === 'variables' ? object : activation(name))
  return whole
}

function failed(name: string, what: 'compile' | 'evaluate', why: string): CelError {
  return new CelError('CEL_EVALUATION', `composited variable ${JSON.stringify(name)} fails to ${what}: ${why}`)
}

/** What is wrong with an expression that has to be of one of some types; undefined when nothing is. */
export function expressionProblem(
  environment: CelEnvironment,
  expression: string,
  types: readonly CelType[],
): string | undefined {
  const compiled = environment.compile(expression)
  if (compiled.issues !== undefined) return `compilation failed: ${compiled.issues}`
  const found = printType(compiled.type)
  const names = types.map((type) => printType(type))
  if (names.includes(found) || (names.includes('dyn') && names.length === 1)) return undefined
  const goNames = names.map((name) => (name === 'null' ? 'null_type' : name))
  return names.length === 1
    ? `must evaluate to ${names[0] ?? ''} but got ${found}`
    : `must evaluate to one of [${goNames.join(' ')}] but got ${found}`
}

/** Whether a policy has parameters. */
export function hasParams(spec: JsonObject | undefined): boolean {
  return objectAt(spec, 'paramKind') !== undefined
}
