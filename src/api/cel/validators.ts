import type { CelNode, CheckedInfo } from './ast.ts'
import { checkFormat } from './format-check.ts'
import { durationOf, timestampOf } from './library/time.ts'
import { regexp } from './library/standard.ts'
import { CelError } from './errors.ts'
import type { CelIssue } from './source.ts'
import { type CelType, DYN, optionalInside, printType, sameType } from './types.ts'

/** Checks of literals after the types are known: patterns, times, and lists and maps of one type. */
export function validateLiterals(node: CelNode, info: CheckedInfo): CelIssue[] {
  const issues: CelIssue[] = []
  const typeOf = (each: CelNode): CelType => info.types.get(each) ?? DYN
  const inside = (each: CelNode, optional: boolean): CelType => {
    const type = typeOf(each)
    return optional ? (optionalInside(type) ?? type) : type
  }
  /** True when the item is of another type than the first. */
  const differs = (first: CelType, type: CelType, at: number): boolean => {
    if (sameType(first, type)) return false
    issues.push({ at, message: `expected type '${printType(first)}' but found '${printType(type)}'` })
    return true
  }
  const visit = (each: CelNode, isExempt: boolean): void => {
    if (each.kind === 'call') {
      literalArgument(each.name, each.args[each.name === 'matches' && !each.target ? 1 : 0], issues)
      const found = checkFormat(each, typeOf)
      if (found !== undefined) issues.push(found)
    }
    if (each.kind === 'list' && !isExempt) {
      const [first, ...rest] = each.items
      if (first !== undefined) {
        const type = inside(first.node, first.optional)
        rest.some((item) => differs(type, inside(item.node, item.optional), item.node.at))
      }
    }
    if (each.kind === 'map' && !isExempt) {
      const [first, ...rest] = each.entries
      if (first !== undefined) {
        const [key, value] = [typeOf(first.key), inside(first.value, first.optional)]
        for (const entry of rest) {
          differs(key, typeOf(entry.key), entry.key.at)
          differs(value, inside(entry.value, entry.optional), entry.value.at)
        }
      }
    }
    const exempts = isExempt || (each.kind === 'call' && each.name === 'format')
    for (const child of childrenOf(each)) visit(child, exempts)
  }
  visit(node, false)
  return issues
}

function literalArgument(name: string, argument: CelNode | undefined, issues: CelIssue[]): void {
  if (argument?.kind !== 'literal' || typeof argument.value !== 'string') return
  const check = LITERAL_CHECKS[name]
  try {
    check?.(argument.value)
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    issues.push({ at: argument.at, message: `invalid ${name} argument` })
  }
}

const LITERAL_CHECKS: Readonly<Record<string, (text: string) => unknown>> = {
  matches: (text) => regexp(text),
  duration: durationOf,
  timestamp: timestampOf,
}

/** The nodes directly below a node. */
export function childrenOf(node: CelNode): CelNode[] {
  switch (node.kind) {
    case 'select':
      return [node.operand]
    case 'call':
      return node.target === undefined ? [...node.args] : [node.target, ...node.args]
    case 'list':
      return node.items.map((each) => each.node)
    case 'map':
      return node.entries.flatMap((each) => [each.key, each.value])
    case 'struct':
      return node.fields.map((each) => each.value)
    case 'fold':
      return [node.range, node.initial, node.condition, node.step, node.result]
    default:
      return []
  }
}
