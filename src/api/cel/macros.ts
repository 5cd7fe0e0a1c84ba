import type { CelLiteral, CelNode, FoldNode } from './ast.ts'

/** A call that may be a macro. */
export interface MacroCall {
  readonly at: number
  readonly name: string
  readonly args: readonly CelNode[]
  readonly target?: CelNode
  /** A name that no expression can use. */
  fresh(): string
}

/** A macro that is used in a wrong way. */
export class MacroError extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** Name of the variable in which folds gather their result. */
export const ACCUMULATOR = '@result'

type Expand = (call: MacroCall, target: CelNode, args: readonly CelNode[]) => CelNode

/** Macros that are called on a value, by name and number of arguments. */
const MEMBERS: Readonly<Record<string, Expand>> = {
  'all/2': (call, target, args) => quantifier(call, target, args, allOf),
  'exists/2': (call, target, args) => quantifier(call, target, args, anyOf),
  'exists_one/2': (call, target, args) => quantifier(call, target, args, oneOf),
  'existsOne/2': (call, target, args) => quantifier(call, target, args, oneOf),
  'all/3': (call, target, args) => quantifier2(call, target, args, allOf),
  'exists/3': (call, target, args) => quantifier2(call, target, args, anyOf),
  'existsOne/3': (call, target, args) => quantifier2(call, target, args, oneOf),
  'exists_one/3': (call, target, args) => quantifier2(call, target, args, oneOf),
  'map/2': expandMap,
  'map/3': expandMap,
  'filter/2': expandFilter,
  'optMap/2': (call, target, args) => expandOptional(call, target, args, 'optMap'),
  'optFlatMap/2': (call, target, args) => expandOptional(call, target, args, 'optFlatMap'),
  'sortBy/2': expandSortBy,
  'transformList/3': expandTransformList,
  'transformList/4': expandTransformList,
  'transformMap/3': (call, target, args) => expandTransformMap(call, target, args, false),
  'transformMap/4': (call, target, args) => expandTransformMap(call, target, args, false),
  'transformMapEntry/3': (call, target, args) => expandTransformMap(call, target, args, true),
  'transformMapEntry/4': (call, target, args) => expandTransformMap(call, target, args, true),
}

/** What a call stands for when it is a macro; undefined when it is a plain call. Throws MacroError. */
export function expandMacro(call: MacroCall): CelNode | undefined {
  const { target, args, name } = call
  if (target === undefined) return name === 'has' && args.length === 1 ? expandHas(call) : undefined
  return MEMBERS[`${name}/${args.length}`]?.(call, target, args)
}

const literal = (at: number, value: CelLiteral): CelNode => ({ kind: 'literal', at, value })
const ident = (at: number, name: string): CelNode => ({ kind: 'ident', at, name })
const invoke = (at: number, name: string, ...args: CelNode[]): CelNode => ({ kind: 'call', at, name, args })
const member = (at: number, target: CelNode, name: string, ...args: CelNode[]): CelNode => ({
  kind: 'call',
  at,
  name,
  target,
  args,
})
const listNode = (at: number, ...items: CelNode[]): CelNode => ({
  kind: 'list',
  at,
  items: items.map((node) => ({ node, optional: false })),
})

function expandHas(call: MacroCall): CelNode {
  const [arg] = call.args
  if (arg?.kind === 'select') return { ...arg, at: call.at, test: true }
  throw new MacroError(arg?.at ?? call.at, 'invalid argument to has() macro')
}

type Quantifier = Pick<FoldNode, 'initial' | 'condition' | 'step' | 'result'>

function allOf(at: number, accumulator: CelNode, predicate: CelNode): Quantifier {
  return {
    initial: literal(at, true),
    condition: invoke(at, '@not_strictly_false', accumulator),
    step: invoke(at, '_&&_', accumulator, predicate),
    result: accumulator,
  }
}

function anyOf(at: number, accumulator: CelNode, predicate: CelNode): Quantifier {
  return {
    initial: literal(at, false),
    condition: invoke(at, '@not_strictly_false', invoke(at, '!_', accumulator)),
    step: invoke(at, '_||_', accumulator, predicate),
    result: accumulator,
  }
}

function oneOf(at: number, accumulator: CelNode, predicate: CelNode): Quantifier {
  return {
    initial: literal(at, 0n),
    condition: literal(at, true),
    step: invoke(at, '_?_:_', predicate, invoke(at, '_+_', accumulator, literal(at, 1n)), accumulator),
    result: invoke(at, '_==_', accumulator, literal(at, 1n)),
  }
}

type MakeQuantifier = (at: number, accumulator: CelNode, predicate: CelNode) => Quantifier

function quantifier(call: MacroCall, range: CelNode, args: readonly CelNode[], make: MakeQuantifier): CelNode {
  const variable = variableOf(args[0], call.at, 'argument must be a simple name')
  const predicate = args[1] ?? literal(call.at, null)
  return fold(call.at, range, { variable }, make(call.at, ident(call.at, ACCUMULATOR), predicate))
}

function quantifier2(call: MacroCall, range: CelNode, args: readonly CelNode[], make: MakeQuantifier): CelNode {
  const variables = twoVariables(args, call.at)
  const predicate = args[2] ?? literal(call.at, null)
  return fold(call.at, range, variables, make(call.at, ident(call.at, ACCUMULATOR), predicate))
}

interface Variables {
  readonly variable: string
  readonly variable2?: string
}

function fold(at: number, range: CelNode, variables: Variables, parts: Quantifier): FoldNode {
  return { kind: 'fold', at, range, ...variables, accumulator: ACCUMULATOR, ...parts }
}

function variableOf(node: CelNode | undefined, at: number, message: string): string {
  if (node?.kind !== 'ident') throw new MacroError(node?.at ?? at, message)
  if (node.name === '__result__' || node.name === ACCUMULATOR)
    throw new MacroError(node.at, 'iteration variable overwrites accumulator variable')
  return node.name
}

function twoVariables(args: readonly CelNode[], at: number): Variables {
  const variable = variableOf(args[0], at, 'argument must be a simple name')
  const variable2 = variableOf(args[1], at, 'argument must be a simple name')
  if (variable === variable2) throw new MacroError(args[1]?.at ?? at, `duplicate variable name: ${variable}`)
  return { variable, variable2 }
}

/** A fold that gathers what `add` says for each item that `filter` lets pass. */
function gather(
  at: number,
  range: CelNode,
  variables: Variables,
  parts: { readonly initial: CelNode; readonly add: CelNode; readonly filter: CelNode | undefined },
): CelNode {
  const accumulator = ident(at, ACCUMULATOR)
  const { initial, add, filter } = parts
  const step = filter === undefined ? add : invoke(at, '_?_:_', filter, add, accumulator)
  return fold(at, range, variables, { initial, condition: literal(at, true), step, result: accumulator })
}

function expandMap(call: MacroCall, range: CelNode, args: readonly CelNode[]): CelNode {
  const { at } = call
  const variable = variableOf(args[0], at, 'argument is not an identifier')
  const filter = args.length === 3 ? args[1] : undefined
  const item = args[args.length - 1] ?? literal(at, null)
  const add = invoke(at, '_+_', ident(at, ACCUMULATOR), listNode(at, item))
  return gather(at, range, { variable }, { initial: listNode(at), add, filter })
}

function expandFilter(call: MacroCall, range: CelNode, args: readonly CelNode[]): CelNode {
  const { at } = call
  const variable = variableOf(args[0], at, 'argument is not an identifier')
  const add = invoke(at, '_+_', ident(at, ACCUMULATOR), listNode(at, args[0] ?? ident(at, variable)))
  return gather(at, range, { variable }, { initial: listNode(at), add, filter: args[1] })
}

function expandTransformList(call: MacroCall, range: CelNode, args: readonly CelNode[]): CelNode {
  const { at } = call
  const filter = args.length === 4 ? args[2] : undefined
  const item = args[args.length - 1] ?? literal(at, null)
  const add = invoke(at, '_+_', ident(at, ACCUMULATOR), listNode(at, item))
  return gather(at, range, twoVariables(args, at), { initial: listNode(at), add, filter })
}

function expandTransformMap(call: MacroCall, range: CelNode, args: readonly CelNode[], entries: boolean): CelNode {
  const { at } = call
  const variables = twoVariables(args, at)
  const filter = args.length === 4 ? args[2] : undefined
  const value = args[args.length - 1] ?? literal(at, null)
  const accumulator = ident(at, ACCUMULATOR)
  const add = entries
    ? invoke(at, 'cel.@mapInsert', accumulator, value)
    : invoke(at, 'cel.@mapInsert', accumulator, ident(at, variables.variable), value)
  return gather(at, range, variables, { initial: { kind: 'map', at, entries: [] }, add, filter })
}

/** A fold over nothing that gives its accumulator a name: a local variable. */
function bind(at: number, name: string, value: CelNode, inner: CelNode): CelNode {
  const parts = { initial: value, condition: literal(at, false), step: ident(at, name), result: inner }
  return { kind: 'fold', at, range: listNode(at), variable: '#unused', accumulator: name, ...parts }
}

function expandOptional(call: MacroCall, target: CelNode, args: readonly CelNode[], macro: string): CelNode {
  const { at } = call
  const [variable, inner] = args
  if (variable?.kind !== 'ident')
    throw new MacroError(variable?.at ?? at, `${macro}() variable name must be a simple identifier`)
  const bound = bind(at, variable.name, member(at, target, 'value'), inner ?? literal(at, null))
  const value = macro === 'optMap' ? invoke(at, 'optional.of', bound) : bound
  return invoke(at, '_?_:_', member(at, target, 'hasValue'), value, invoke(at, 'optional.none'))
}

function expandSortBy(call: MacroCall, target: CelNode, args: readonly CelNode[]): CelNode {
  const { at } = call
  if (!['list', 'select', 'ident', 'fold', 'call'].includes(target.kind)) {
    const allowed = 'a list, identifier, comprehension, call or select expression'
    throw new MacroError(target.at, `sortBy can only be applied to ${allowed}`)
  }
  const name = '@__sortBy_input__'
  const keys = expandMap(call, ident(at, name), args)
  return bind(at, name, target, member(at, ident(at, name), '@sortByAssociatedKeys', keys))
}
