import {
  canBeNil,
  GoComplex,
  GoNumber,
  GoObject,
  goType,
  inInterface,
  isNumberKind,
  NamedMap,
  NamedSlice,
  type TypedMap,
  type TypedSlice,
  zeroValue,
  type GoValue,
} from '../../go/index.ts'
import type { Node, NumberNode, OperandNode } from '../node.ts'
import { nodeText } from '../print-node.ts'
import type { Execution, Expression } from './state.ts'

/** A compiled expression. */
export class Compiled {
  readonly run: Expression
  /** The node visited last when it runs; undefined when `Execution.lastNode` tells. */
  readonly last: Node | undefined
  /** Its value is that of a pipeline: a nil interface{} counts as no value. */
  readonly nilIsNothing: boolean
  /** Go type of its value as the template sees it (`interface {}` for a map's element); undefined: that of the value. */
  readonly typeOf: TypeOf | undefined

  constructor(run: Expression, last: Node | undefined, rest?: { nilIsNothing?: boolean; typeOf?: TypeOf }) {
    this.run = run
    this.last = last
    this.nilIsNothing = rest?.nilIsNothing ?? false
    this.typeOf = rest?.typeOf
  }
}

/** Tells the Go type of a value that an expression gave. */
export type TypeOf = (execution: Execution, dot: GoValue, value: GoValue) => string

/** An operand as an argument: its node, and its value where the parameter takes any type. */
export interface Argument {
  readonly node: OperandNode
  /** Absent for literals, whose value depends on the parameter's type, and nil. */
  readonly value: Compiled | undefined
}

/** Checks a value against a parameter type: Go's validateType. */
export type Validator = (execution: Execution, value: GoValue) => GoValue

/** The validator for a parameter type; errors are reported at `last`. */
export function validator(type: string, last: Node | undefined): Validator {
  switch (type) {
    case 'interface {}':
      return (_execution, value) => anyArgument(value)
    case 'reflect.Value':
      return (_execution, value) => value
    case 'string':
      return (execution, value) => (typeof value === 'string' ? value : validate(execution, value, type, last))
    default:
      return (execution, value) => validate(execution, value, type, last)
  }
}

/** A value as a parameter of any type gets it. */
function anyArgument(value: GoValue): GoValue {
  if (value === undefined) return null
  return value instanceof GoObject ? inInterface(value) : value
}

function validate(execution: Execution, value: GoValue, type: string, last: Node | undefined): GoValue {
  if (value === undefined) {
    if (canBeNil(type)) return zeroValue(type)
    throw execution.fail(last, `invalid value; expected ${type}`)
  }
  if (isAssignable(value, type)) return value
  if (value instanceof GoObject && value.pointer && value.typeName === type) return value
  const got = value === null ? 'interface {}' : goType(value)
  throw execution.fail(last, `wrong type for value; expected ${type}; got ${got}`)
}

/** Whether a value may be passed where Go wants `type`. */
export function isAssignable(value: GoValue, type: string): boolean {
  if (type === 'interface {}' || type === 'reflect.Value') return true
  switch (typeof value) {
    case 'string':
      return type === 'string'
    case 'boolean':
      return type === 'bool'
    case 'number':
      return type === 'float64'
    case 'bigint':
      return type === 'int'
    case 'undefined':
      return false
    default:
      return value !== null && (goType(value) === type || underlyingType(value) === type)
  }
}

/** The unnamed type behind a named map or slice. */
function underlyingType(value: GoValue): string | undefined {
  if (value instanceof NamedMap) return `map[${(value satisfies TypedMap).keyType}]${value.elementType}`
  if (value instanceof NamedSlice) return `[]${(value satisfies TypedSlice).elementType}`
  return undefined
}

/** An argument for a parameter of `type`. As Go's evalArg. */
export function compileArgument({ node, value }: Argument, type: string): Expression {
  if (value !== undefined) return checked(value, type)
  if (node.type === 'nil') {
    if (!canBeNil(type)) return failing(node, `cannot assign nil to ${type}`)
    const zero = zeroValue(type)
    return () => zero
  }
  return compileLiteral(node, type)
}

function checked(compiled: Compiled, type: string): Expression {
  const { last } = compiled
  if (type === 'interface {}') {
    const { run } = compiled
    return (execution, dot) => anyArgument(run(execution, dot))
  }
  const run = evaluated(compiled)
  if (type === 'reflect.Value') return run
  if (type === 'string') {
    return (execution, dot) => {
      const value = run(execution, dot)
      return typeof value === 'string' ? value : validate(execution, value, type, last)
    }
  }
  return (execution, dot) => {
    const value = run(execution, dot)
    return isAssignable(value, type) ? value : validate(execution, value, type, last)
  }
}

/** An expression with its nil interface{} turned to no value where it is that of a pipeline. */
export function evaluated({ run, nilIsNothing }: Compiled): Expression {
  if (!nilIsNothing) return run
  return (execution, dot) => {
    const value = run(execution, dot)
    return value === null ? undefined : value
  }
}

/** An expression that fails when it runs. */
export function failing(node: Node | undefined, reason: string): Expression {
  return (execution) => {
    throw execution.fail(node, reason)
  }
}

function compileLiteral(node: OperandNode, type: string): Expression {
  if (type === 'interface {}' || type === 'reflect.Value') return literalExpression(node)
  const found = nodeText(node)
  const { value, wanted } = typedLiteral(node, type)
  if (value !== undefined) return () => value
  if (wanted === undefined) return failing(node, `can't handle ${found} for arg of type ${type}`)
  return failing(node, `expected ${wanted}; found ${found}`)
}

/** A literal as a value of a parameter type; otherwise what the parameter wants, if any literal would do. */
function typedLiteral(node: OperandNode, type: string): { value?: GoValue; wanted?: string } {
  const number = node.type === 'number' ? node : undefined
  switch (type) {
    case 'bool':
      return { ...(node.type === 'bool' && { value: node.value }), wanted: 'bool' }
    case 'string':
      return { ...(node.type === 'string' && { value: node.text }), wanted: 'string' }
    case 'int':
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
      return { ...(number?.int !== undefined && { value: integerOfType(number.int, type) }), wanted: 'integer' }
    case 'float64':
      return { ...(number?.float !== undefined && { value: number.float }), wanted: 'float' }
    case 'float32': {
      const float = number?.float
      return { ...(float !== undefined && { value: new GoNumber('float32', Math.fround(float)) }), wanted: 'float' }
    }
    case 'complex128':
      return { ...(number?.complex !== undefined && { value: number.complex }), wanted: 'complex' }
    default:
      if (!isNumberKind(type)) return {}
      return {
        ...(number?.uint !== undefined && { value: integerOfType(number.uint, type) }),
        wanted: 'unsigned integer',
      }
  }
}

function integerOfType(value: bigint, type: string): GoValue {
  if (type === 'int') return value
  if (!isNumberKind(type)) return value
  const bits = Number(/\d+$/.exec(type)?.[0] ?? '64')
  return new GoNumber(type, type.startsWith('u') ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value))
}

/** A literal where any type will do. */
export function literalExpression(node: OperandNode): Expression {
  const value = literalValue(node)
  if (value === OVERFLOW) return failing(node, `${nodeText(node)} overflows int`)
  return () => value as GoValue
}

const OVERFLOW = Symbol('overflow')

/** The value of a literal by its syntax alone: Go's ideal constants. */
function literalValue(node: OperandNode): GoValue | typeof OVERFLOW {
  if (node.type === 'bool') return node.value
  if (node.type === 'string') return node.text
  return node.type === 'number' ? idealConstant(node) : undefined
}

function idealConstant(node: NumberNode): GoValue | typeof OVERFLOW {
  const { text } = node
  if (node.complex instanceof GoComplex) return node.complex
  const isHexInteger = /^0[xX]./s.test(text) && !/[pP]/.test(text)
  if (node.float !== undefined && !isHexInteger && !text.startsWith("'") && /[.eEpP]/.test(text)) return node.float
  if (node.int !== undefined) return node.int
  return node.uint !== undefined ? OVERFLOW : undefined
}
