import type { CallNode, CelNode } from './ast.ts'
import type { CelIssue } from './source.ts'
import { type CelType, isDyn } from './types.ts'

const DURING = 'error during formatting: '
const TEXT_TYPES =
  'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps'

/** Types that each clause takes, and what is said of others. */
const CLAUSES: Readonly<Record<string, { readonly types: readonly string[]; readonly why: string }>> = {
  d: { types: ['int', 'uint'], why: 'decimal clause can only be used on integers' },
  f: { types: ['double', 'string'], why: 'fixed-point clause can only be used on doubles' },
  e: { types: ['double', 'string'], why: 'scientific clause can only be used on doubles' },
  b: { types: ['int', 'uint', 'bool'], why: 'only integers and bools can be formatted as binary' },
  x: {
    types: ['int', 'uint', 'string', 'bytes'],
    why: 'only integers, byte buffers, and strings can be formatted as hex',
  },
  o: { types: ['int', 'uint'], why: 'octal clause can only be used on integers' },
}

/** Checks `'…'.format([…])` with both written out: the clauses, their number and the types of what they print. */
export function checkFormat(call: CallNode, typeOf: (node: CelNode) => CelType): CelIssue | undefined {
  const { target } = call
  const [args] = call.args
  if (call.name !== 'format' || target?.kind !== 'literal' || args?.kind !== 'list') return undefined
  if (typeof target.value !== 'string' || call.args.length !== 1) return undefined
  const format = target.value
  let used = 0
  for (let at = 0; at < format.length; at++) {
    if (format[at] !== '%') continue
    if (format[at + 1] === '%') {
      at++
      continue
    }
    const argument = args.items[used]
    const clause = /^%(?:\.\d*)?([\s\S])?/.exec(format.slice(at))
    const letter = clause?.[1]
    if (letter === undefined) return { at: call.at, message: 'unexpected end of string' }
    if (argument === undefined) return { at: call.at, message: `index ${used} out of range` }
    const issue = checkClause(letter, argument.node, call.at, typeOf)
    if (issue !== undefined) return issue
    used++
    at += (clause?.[0].length ?? 1) - 1
  }
  if (args.items.length <= used) return undefined
  const counts = `(expected ${used}, got ${args.items.length})`
  return { at: call.at, message: `too many arguments supplied to string.format ${counts}` }
}

function checkClause(
  letter: string,
  node: CelNode,
  at: number,
  typeOf: (node: CelNode) => CelType,
): CelIssue | undefined {
  if (letter === 's') return checkText(node, typeOf)
  const clause = CLAUSES[letter === 'X' ? 'x' : letter]
  if (clause === undefined)
    return { at, message: `could not parse formatting clause: unrecognized formatting clause "${letter}"` }
  const type = typeOf(node)
  if (isDyn(type) || (type.kind === 'primitive' && clause.types.includes(type.name))) return undefined
  return { at: node.at, message: `${DURING}${clause.why}, was given ${nameOf(type)}` }
}

function checkText(node: CelNode, typeOf: (node: CelNode) => CelType): CelIssue | undefined {
  const type = typeOf(node)
  if (type.kind === 'object' || type.kind === 'opaque' || type.kind === 'param')
    return { at: node.at, message: `${DURING}${TEXT_TYPES}, was given ${nameOf(type)}` }
  const parts =
    node.kind === 'list'
      ? node.items.map((each) => each.node)
      : node.kind === 'map'
        ? node.entries.flatMap((each) => [each.key, each.value])
        : []
  for (const part of parts) {
    const issue = checkText(part, typeOf)
    if (issue !== undefined) return issue
  }
  return undefined
}

/** Name of a type at run time: `google.protobuf.Duration` for durations. */
function nameOf(type: CelType): string {
  switch (type.kind) {
    case 'primitive':
      if (type.name === 'duration') return 'google.protobuf.Duration'
      if (type.name === 'timestamp') return 'google.protobuf.Timestamp'
      return type.name === 'null' ? 'null_type' : type.name
    case 'object':
    case 'opaque':
    case 'param':
      return type.name
    default:
      return type.kind
  }
}
