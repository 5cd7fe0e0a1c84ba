import type { Random } from '../random.ts'
import { paths, type Kind } from './data.ts'
import { hints } from './hints.ts'
import { float, integer, oddString, quoted, text } from './literals.ts'

/** What a generator must know of a function: its name, Go parameter types and result. */
export interface FunctionShape {
  readonly name: string
  readonly params: readonly string[]
  readonly variadic: boolean
  readonly result: string
}

/** Results that differ from run to run, or take long: they are called with an outer function that hides it, if at all. */
export const unsteady: ReadonlySet<string> = new Set([
  'now',
  'ago',
  'randAlpha',
  'randAlphaNum',
  'randAscii',
  'randBytes',
  'randInt',
  'randNumeric',
  'shuffle',
  'uuidv4',
  'bcrypt',
  'htpasswd',
  'encryptAES',
  'genCA',
  'genCAWithKey',
  'genSelfSignedCert',
  'genSelfSignedCertWithKey',
  'genSignedCert',
  'genSignedCertWithKey',
  'genPrivateKey',
  'getHostByName',
])

/** Expressions over the shared data and all functions. */
export interface ExpressionMaker {
  /** An operand: a literal, a path, or a call in parentheses. */
  operand(kind: Kind, depth: number): string
  /** A call without parentheses, often of a given function. */
  call(depth: number, shape?: FunctionShape): string
  /** A pipeline of one or more commands. */
  pipeline(depth: number): string
}

/** Makes expressions from these functions, choosing from `random`. */
export function expressionMaker(random: Random, shapes: readonly FunctionShape[]): ExpressionMaker {
  const byKind = new Map<Kind, FunctionShape[]>()
  for (const shape of shapes) {
    if (unsteady.has(shape.name)) continue
    const kind = kindOf(shape.result)
    byKind.set(kind, [...(byKind.get(kind) ?? []), shape])
  }
  const kinds: readonly Exclude<Kind, 'any'>[] = ['string', 'int', 'float', 'bool', 'list', 'dict', 'nil', 'time']

  function operand(kind: Kind, depth: number): string {
    const wanted = kind === 'any' || random.chance(0.07) ? random.pick(kinds) : kind
    if (depth > 0 && random.chance(0.35)) {
      const candidates = byKind.get(wanted) ?? byKind.get('any') ?? shapes
      return `(${call(depth - 1, random.chance(0.8) ? random.pick(candidates) : random.pick(byKind.get('any') ?? shapes))})`
    }
    return literal(wanted)
  }

  function literal(kind: Exclude<Kind, 'any'>): string {
    switch (kind) {
      case 'string':
        return random.weighted([
          [6, () => quoted(random, text(random))],
          [3, () => random.pick(paths.string)],
          [0.4, () => oddString(random)],
        ])
      case 'int':
        return random.chance(0.7) ? integer(random) : random.pick(paths.int)
      case 'float':
        return random.chance(0.6) ? float(random) : random.pick(paths.float)
      case 'bool':
        return random.chance(0.6) ? random.pick(['true', 'false']) : random.pick(paths.bool)
      case 'time':
        return random.pick([
          '(toDate "2006-01-02" "2024-02-29")',
          '(toDate "2006-01-02T15:04:05Z07:00" "2021-07-04T01:02:03.456+02:00")',
          '(mustToDate "15:04" "12:30")',
          '(toDate "2006" "x")',
        ])
      case 'list':
        return random.chance(0.3)
          ? `(list ${random.some(0, 4, () => operand('any', 0)).join(' ')})`
          : random.pick(paths.list)
      case 'dict':
        return random.chance(0.2)
          ? `(dict ${random.some(0, 3, () => `${quoted(random, random.pick(['a', 'b', 'k', 'x', '1']))} ${operand('any', 0)}`).join(' ')})`
          : random.pick(paths.dict)
      default:
        return random.pick(paths.nil)
    }
  }

  function call(depth: number, shape: FunctionShape = random.pick(shapes)): string {
    const args: string[] = []
    const fixed = shape.variadic ? shape.params.length - 1 : shape.params.length
    let count = fixed + (shape.variadic ? random.int(4) : 0)
    if (random.chance(0.03)) count = Math.max(0, count + random.pick([-1, 1, 2]))
    for (let at = 0; at < count; at++) args.push(argument(shape, at, depth))
    if (shape.name === 'dict')
      for (let at = 0; at < args.length; at += 2)
        if (random.chance(0.9)) args[at] = quoted(random, random.pick(['a', 'b', 'c', 'x']))
    return [shape.name, ...args].join(' ')
  }

  function argument(shape: FunctionShape, at: number, depth: number): string {
    const hint = hints[shape.name]?.[at]
    if (hint !== undefined && (sized.has(shape.name) || random.chance(0.85))) return hint(random)
    const type = shape.params[Math.min(at, shape.params.length - 1)] ?? 'interface {}'
    return operand(argumentKind(shape.name, type), depth)
  }

  function argumentKind(name: string, type: string): Kind {
    if (type !== 'interface {}' && type !== 'reflect.Value') return kindOf(type)
    if (numeric.has(name)) return random.pick(['int', 'int', 'float', 'string', 'any'])
    if (lists.has(name)) return random.chance(0.7) ? 'list' : 'any'
    if (dates.has(name)) return random.pick(['time', 'time', 'int', 'any'])
    return 'any'
  }

  function pipeline(depth: number): string {
    let out = random.chance(0.8) ? call(depth) : operand('any', depth)
    while (random.chance(0.25)) {
      const shape = random.pick(shapes)
      if (sized.has(shape.name)) continue
      const given = shape.params.length - 1 + (shape.variadic ? random.int(2) : 0)
      out += ` | ${[shape.name, ...Array.from({ length: Math.max(0, given) }, (_, at) => argument(shape, at, depth))].join(' ')}`
    }
    return out
  }

  return { operand, call, pipeline }
}

/** Functions whose results grow with a number: their arguments are always small. */
const sized = new Set('until untilStep seq repeat indent nindent chunk mustChunk'.split(' '))
const numeric = new Set(
  'add add1 add1f addf sub subf mul mulf div divf mod max min maxf minf biggest ceil floor round int int64 float64 toDecimal lt le gt ge eq ne'.split(
    ' ',
  ),
)
const lists = new Set(
  'first last rest initial append prepend push reverse uniq without has slice concat chunk compact join sortAlpha toStrings mustFirst mustLast mustRest mustInitial mustAppend mustPush mustPrepend mustReverse mustUniq mustWithout mustHas mustSlice mustChunk mustCompact index len'.split(
    ' ',
  ),
)
const dates = new Set('date dateInZone date_in_zone htmlDate htmlDateInZone'.split(' '))

function kindOf(type: string): Kind {
  if (type === 'string') return 'string'
  if (/^u?int/.test(type)) return 'int'
  if (type === 'float64') return 'float'
  if (type === 'bool') return 'bool'
  if (type === 'time.Time') return 'time'
  if (type.startsWith('[]')) return 'list'
  return type.startsWith('map') ? 'dict' : 'any'
}
