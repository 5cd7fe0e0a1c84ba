import {
  type CallNode,
  type CelNode,
  type CheckedInfo,
  type FoldNode,
  type ListNode,
  type MapNode,
  qualifiedName,
  type SelectNode,
  type StructNode,
} from './ast.ts'
import type { Declarations, Overload } from './declarations.ts'
import type { CelIssue } from './source.ts'
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DYN,
  ERROR,
  INT,
  isDyn,
  isError,
  listOf,
  mapOf,
  NULL,
  optionalInside,
  optionalOf,
  param,
  printType,
  sameType,
  STRING,
  UINT,
} from './types.ts'
import { areAssignable, type Bindings, isAssignable, mostGeneral, substitute } from './unify.ts'

/** A checked expression: what is known of its nodes and its own type. */
export interface Checked {
  readonly type: CelType
  readonly info: CheckedInfo
  readonly issues: readonly CelIssue[]
}

/** Finds the type of each node and the variants that calls may mean. Findings are worded as cel-go's. */
export function checkCel(node: CelNode, declarations: Declarations): Checked {
  const checker = new Checker(declarations)
  checker.check(node)
  return checker.finish(node)
}

class Checker {
  readonly #declarations: Declarations
  readonly #bindings: Bindings = new Map()
  readonly #types = new Map<CelNode, CelType>()
  readonly #idents = new Map<CelNode, string>()
  readonly #functions = new Map<CelNode, string>()
  readonly #overloads = new Map<CelNode, readonly string[]>()
  readonly #issues: CelIssue[] = []
  readonly #scopes: Map<string, CelType>[] = []
  #variables = 0

  constructor(declarations: Declarations) {
    this.#declarations = declarations
  }

  finish(node: CelNode): Checked {
    const types = new Map([...this.#types].map(([each, type]) => [each, substitute(this.#bindings, type, 'dyn')]))
    const info = { types, idents: this.#idents, functions: this.#functions, overloads: this.#overloads }
    return { type: types.get(node) ?? DYN, info, issues: this.#issues }
  }

  check(node: CelNode): CelType {
    const known = this.#types.get(node)
    const type = this.#typeOf(node)
    // Macros may use a node twice: the types found must not be lost.
    if (known === undefined || !sameType(known, type)) this.#types.set(node, type)
    return type
  }

  #typeOf(node: CelNode): CelType {
    switch (node.kind) {
      case 'literal':
        return literalType(node.value)
      case 'ident':
        return this.#ident(node, node.name)
      case 'select':
        return this.#select(node)
      case 'call':
        return this.#call(node)
      case 'list':
        return this.#list(node)
      case 'map':
        return this.#map(node)
      case 'struct':
        return this.#struct(node)
      case 'fold':
        return this.#fold(node)
    }
  }

  #report(at: number, message: string): CelType {
    this.#issues.push({ at, message })
    return ERROR
  }

  #undeclared(at: number, name: string): CelType {
    return this.#report(at, `undeclared reference to '${name}' (in container '')`)
  }

  #lookup(name: string): CelType | undefined {
    for (let at = this.#scopes.length - 1; at >= 0; at--) {
      const type = this.#scopes[at]?.get(name)
      if (type !== undefined) return type
    }
    return this.#declarations.variables.get(name)
  }

  #ident(node: CelNode, name: string): CelType {
    const type = this.#lookup(name)
    if (type === undefined) return this.#undeclared(node.at, name)
    this.#idents.set(node, name)
    return type
  }

  #select(node: SelectNode): CelType {
    const full = qualifiedName(node)
    const type = full === undefined ? undefined : this.#lookup(full)
    if (full !== undefined && type !== undefined && !this.#isLocal(full.split('.')[0] ?? '')) {
      this.#idents.set(node, full)
      return type
    }
    const found = this.#field(node, node.operand, node.field, false)
    return node.test ? BOOL : substitute(this.#bindings, found, 'keep')
  }

  #isLocal(name: string): boolean {
    return this.#scopes.some((scope) => scope.has(name))
  }

  #field(node: CelNode, operand: CelNode, field: string, optional: boolean): CelType {
    const operandType = substitute(this.#bindings, this.check(operand), 'keep')
    const inside = optionalInside(operandType)
    const type = this.#fieldOf(node, inside ?? operandType, field)
    return inside !== undefined || optional ? optionalOf(type) : type
  }

  #fieldOf(node: CelNode, type: CelType, field: string): CelType {
    if (type.kind === 'map') return type.value
    if (type.kind === 'object') return type.fields.get(field) ?? this.#report(node.at, `undefined field '${field}'`)
    if (type.kind === 'param') {
      isAssignable(this.#bindings, DYN, type)
      return DYN
    }
    if (!isDyn(type) && !isError(type)) {
      const name = printType(type)
      // The types of Kubernetes' libraries are structures to cel-go, but of no known fields.
      const isLibraryType = type.kind === 'opaque' && name.startsWith('kubernetes.')
      const unknown = `unexpected failed resolution of '${name}'`
      this.#report(node.at, isLibraryType ? unknown : `type '${name}' does not support field selection`)
    }
    return DYN
  }

  #call(node: CallNode): CelType {
    const { name, args, target } = node
    if (name === '_?._' && target === undefined) {
      const [operand, field] = args
      if (operand !== undefined && field?.kind === 'literal' && typeof field.value === 'string') {
        return substitute(this.#bindings, this.#field(node, operand, field.value, true), 'keep')
      }
    }
    const argTypes = args.map((arg) => this.check(arg))
    const { functions } = this.#declarations
    if (target === undefined) {
      const overloads = functions.get(name)
      if (overloads === undefined) return this.#undeclared(node.at, name)
      return this.#resolve(node, name, overloads, argTypes, false)
    }
    const prefix = qualifiedName(target)
    const full = prefix === undefined ? '' : `${prefix}.${name}`
    const namespaced = full === '' ? undefined : functions.get(full)
    if (namespaced !== undefined) {
      this.#functions.set(node, full)
      return this.#resolve(node, full, namespaced, argTypes, false)
    }
    const targetType = this.check(target)
    const overloads = functions.get(name)
    if (overloads === undefined) return this.#undeclared(node.at, name)
    return this.#resolve(node, name, overloads, [targetType, ...argTypes], true)
  }

  #resolve(
    node: CallNode,
    name: string,
    overloads: readonly Overload[],
    types: readonly CelType[],
    member: boolean,
  ): CelType {
    if (name === '_&&_' || name === '_||_') return this.#logical(node, types)
    const fitting: string[] = []
    let result: CelType | undefined
    for (const overload of overloads) {
      if ((overload.member === true) !== member) continue
      const fresh = this.#freshNames(overload)
      const wanted = overload.args.map((type) => substitute(fresh, type, 'keep'))
      if (!areAssignable(this.#bindings, types, wanted)) continue
      fitting.push(overload.id)
      const type = substitute(this.#bindings, substitute(fresh, overload.result, 'keep'), 'keep')
      if (result === undefined) result = type
      else if (!isDyn(result) && !sameType(type, result)) result = DYN
    }
    if (result === undefined) {
      const shown = types.map((type) => printType(substitute(this.#bindings, type, 'dyn')))
      const on = member ? `${shown.shift() ?? ''}.` : ''
      return this.#report(node.at, `found no matching overload for '${name}' applied to '${on}(${shown.join(', ')})'`)
    }
    this.#overloads.set(node, fitting)
    return result
  }

  #logical(node: CallNode, types: readonly CelType[]): CelType {
    let isGood = true
    types.forEach((type, index) => {
      if (isAssignable(this.#bindings, type, BOOL)) return
      isGood = false
      this.#mismatch(node.args[index] ?? node, BOOL, type)
    })
    return isGood ? BOOL : ERROR
  }

  #mismatch(node: CelNode, wanted: CelType, found: CelType): CelType {
    return this.#report(node.at, `expected type '${printType(wanted)}' but found '${printType(found)}'`)
  }

  #newVariable(): CelType {
    return param(`_var${this.#variables++}`)
  }

  /** Names for the type variables of a declaration that nothing else uses. */
  #freshNames(overload: Overload): Bindings {
    const fresh: Bindings = new Map()
    const visit = (type: CelType): void => {
      if (type.kind === 'param' && !fresh.has(type.name)) fresh.set(type.name, this.#newVariable())
      if (type.kind === 'list') visit(type.item)
      if (type.kind === 'map') {
        visit(type.key)
        visit(type.value)
      }
      if (type.kind === 'opaque') type.parameters.forEach(visit)
      if (type.kind === 'type' && type.of !== undefined) visit(type.of)
    }
    for (const type of overload.args) visit(type)
    visit(overload.result)
    return fresh
  }

  #joined(before: CelType | undefined, type: CelType): CelType {
    if (before === undefined) return type
    // Literals of several types are dynamic; validators.ts says where they may be.
    return isAssignable(this.#bindings, before, type) ? mostGeneral(before, type) : DYN
  }

  #unwrapped(node: CelNode, type: CelType, optional: boolean): CelType {
    if (!optional) return type
    const inside = optionalInside(type)
    if (inside === undefined && !isDyn(type)) this.#mismatch(node, optionalOf(type), type)
    return inside ?? type
  }

  #list(node: ListNode): CelType {
    let item: CelType | undefined
    for (const each of node.items) {
      item = this.#joined(item, this.#unwrapped(each.node, this.check(each.node), each.optional))
    }
    return listOf(item ?? this.#newVariable())
  }

  #map(node: MapNode): CelType {
    let key: CelType | undefined
    let value: CelType | undefined
    for (const entry of node.entries) {
      key = this.#joined(key, this.check(entry.key))
      value = this.#joined(value, this.#unwrapped(entry.value, this.check(entry.value), entry.optional))
    }
    return mapOf(key ?? this.#newVariable(), value ?? this.#newVariable())
  }

  #struct(node: StructNode): CelType {
    const fields = this.#declarations.structs.get(node.type)
    if (fields === undefined) {
      const known = this.#lookup(node.type)
      if (known === undefined) return this.#undeclared(node.at, node.type)
      return this.#report(node.at, `'${node.type}' is not a ${known.kind === 'type' ? 'message type' : 'type'}`)
    }
    for (const field of node.fields) {
      const found = this.#unwrapped(field.value, this.check(field.value), field.optional)
      const wanted = fields.get(field.name)
      if (wanted === undefined) this.#report(field.at, `undefined field '${field.name}'`)
      else if (!isAssignable(this.#bindings, wanted, found)) {
        const names = `expected type of field '${field.name}' is '${printType(wanted)}'`
        this.#report(field.at, `${names} but provided type is '${printType(found)}'`)
      }
    }
    return { kind: 'object', name: node.type, fields }
  }

  #fold(node: FoldNode): CelType {
    const range = substitute(this.#bindings, this.check(node.range), 'keep')
    const accumulated = this.check(node.initial)
    const [first, second] = this.#iterated(node, range)
    this.#scopes.push(new Map([[node.accumulator, accumulated]]))
    const inner = new Map([[node.variable, first]])
    if (node.variable2 !== undefined) inner.set(node.variable2, second)
    this.#scopes.push(inner)
    this.#wanted(node.condition, this.check(node.condition), BOOL)
    this.#wanted(node.step, this.check(node.step), accumulated)
    this.#scopes.pop()
    const result = this.check(node.result)
    this.#scopes.pop()
    return substitute(this.#bindings, result, 'keep')
  }

  #wanted(node: CelNode, found: CelType, wanted: CelType): void {
    if (!isAssignable(this.#bindings, wanted, found)) this.#mismatch(node, wanted, found)
  }

  /** Types of the two variables of a fold. */
  #iterated(node: FoldNode, range: CelType): [CelType, CelType] {
    const isPair = node.variable2 !== undefined
    if (range.kind === 'list') return isPair ? [INT, range.item] : [range.item, ERROR]
    if (range.kind === 'map') return [range.key, range.value]
    if (range.kind === 'param' || isDyn(range) || isError(range)) {
      isAssignable(this.#bindings, DYN, range)
      return [DYN, DYN]
    }
    const wanted = '(must be list, map, or dynamic)'
    const text = `expression of type '${printType(range)}' cannot be range of a comprehension ${wanted}`
    this.#report(node.range.at, text)
    return [ERROR, ERROR]
  }
}

function literalType(value: unknown): CelType {
  if (value === null) return NULL
  switch (typeof value) {
    case 'boolean':
      return BOOL
    case 'bigint':
      return INT
    case 'number':
      return DOUBLE
    case 'string':
      return STRING
    default:
      return value instanceof Uint8Array ? BYTES : UINT
  }
}
