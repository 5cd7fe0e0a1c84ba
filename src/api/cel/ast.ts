import type { CelType } from './types.ts'
import type { Uint } from './values.ts'

/** A literal of the language. */
export type CelLiteral = null | boolean | bigint | number | string | Uint8Array | Uint

interface Common {
  /** Offset in the source that findings about this node point at. */
  readonly at: number
}

/** A name. */
export interface IdentNode extends Common {
  readonly kind: 'ident'
  readonly name: string
}
/** A constant. */
export interface LiteralNode extends Common {
  readonly kind: 'literal'
  readonly value: CelLiteral
}
/** `operand.field`, or `has(operand.field)` when `test` is set. */
export interface SelectNode extends Common {
  readonly kind: 'select'
  readonly operand: CelNode
  readonly field: string
  readonly test: boolean
}
/** A function or operator. */
export interface CallNode extends Common {
  readonly kind: 'call'
  readonly name: string
  readonly target?: CelNode
  readonly args: readonly CelNode[]
}
/** `[a, ?b]`. */
export interface ListNode extends Common {
  readonly kind: 'list'
  readonly items: readonly { readonly node: CelNode; readonly optional: boolean }[]
}
/** `{k: v, ?k: v}`. */
export interface MapNode extends Common {
  readonly kind: 'map'
  readonly entries: readonly { readonly key: CelNode; readonly value: CelNode; readonly optional: boolean }[]
}
/** `Type{field: v}`. */
export interface StructNode extends Common {
  readonly kind: 'struct'
  readonly type: string
  readonly fields: readonly {
    readonly at: number
    readonly name: string
    readonly value: CelNode
    readonly optional: boolean
  }[]
}
/** What macros over lists and maps become: a fold with an accumulator. */
export interface FoldNode extends Common {
  readonly kind: 'fold'
  readonly range: CelNode
  readonly variable: string
  /** The second variable of two: the value where the first is the key or index. */
  readonly variable2?: string
  readonly accumulator: string
  readonly initial: CelNode
  readonly condition: CelNode
  readonly step: CelNode
  readonly result: CelNode
}

/** A node of a parsed expression. */
export type CelNode = IdentNode | LiteralNode | SelectNode | CallNode | ListNode | MapNode | StructNode | FoldNode

/** `a.b.c` as one name; undefined when the node is no chain of names. */
export function qualifiedName(node: CelNode): string | undefined {
  if (node.kind === 'ident') return node.name
  if (node.kind !== 'select' || node.test) return undefined
  const before = qualifiedName(node.operand)
  return before === undefined ? undefined : `${before}.${node.field}`
}

/** What checking found out about nodes. */
export interface CheckedInfo {
  readonly types: ReadonlyMap<CelNode, CelType>
  /** Full names of variables that nodes turned out to be. */
  readonly idents: ReadonlyMap<CelNode, string>
  /** Full names of the functions of calls whose target is part of the name. */
  readonly functions: ReadonlyMap<CelNode, string>
  /** Ids of the overloads that fit a call. */
  readonly overloads: ReadonlyMap<CelNode, readonly string[]>
}
