import {
  escapeHtml,
  escapeJs,
  escapeQuery,
  GoObject,
  goEqual,
  goEquals,
  goIndex,
  goLength,
  goLess,
  goLessOrEqual,
  goSlice,
  isTrue,
  pointedTo,
  sprint,
  sprintf,
  sprintln,
  type GoCallable,
  type GoValue,
} from '../go/index.ts'
import type { FunctionMap } from './compile/functions.ts'

const ONE_VALUE = ['reflect.Value'] as const
const TWO_VALUES = ['reflect.Value', 'reflect.Value'] as const
const ANY_NUMBER = ['interface {}'] as const
const FORMAT = ['string', 'interface {}'] as const

/** Operands as `html`, `js` and `urlquery` print them: one by one as an action would, joined as `print` does. */
function printable(args: readonly GoValue[]): string {
  return sprint(...args.map(printableOperand))
}

function printableOperand(arg: GoValue): GoValue {
  if (arg === null || arg === undefined) return '<no value>'
  const isPlainPointer = arg instanceof GoObject && arg.pointer && (arg.text ?? arg.pointerText) === undefined
  return isPlainPointer ? pointedTo(arg) : arg
}

const unreachableSpecial: GoCallable['call'] = () => undefined

/** The functions that every template has. `and`, `or` and `call` are compiled specially. */
export const builtins: FunctionMap = new Map<string, GoCallable>([
  ['and', { params: TWO_VALUES, variadic: true, result: 'reflect.Value', call: unreachableSpecial }],
  ['or', { params: TWO_VALUES, variadic: true, result: 'reflect.Value', call: unreachableSpecial }],
  ['call', { params: TWO_VALUES, variadic: true, result: 'reflect.Value', call: unreachableSpecial }],
  ['html', { params: ANY_NUMBER, variadic: true, result: 'string', call: (...args) => escapeHtml(printable(args)) }],
  ['js', { params: ANY_NUMBER, variadic: true, result: 'string', call: (...args) => escapeJs(printable(args)) }],
  [
    'urlquery',
    { params: ANY_NUMBER, variadic: true, result: 'string', call: (...args) => escapeQuery(printable(args)) },
  ],
  ['index', { params: TWO_VALUES, variadic: true, call: (item, ...indexes) => goIndex(item, indexes) }],
  ['slice', { params: TWO_VALUES, variadic: true, call: (item, ...indexes) => goSlice(item, indexes) }],
  ['len', { params: ONE_VALUE, result: 'int', call: (item) => BigInt(goLength(item)) }],
  ['not', { params: ONE_VALUE, result: 'bool', call: (value) => !isTrue(value) }],
  ['print', { params: ANY_NUMBER, variadic: true, result: 'string', call: (...args) => sprint(...args) }],
  ['println', { params: ANY_NUMBER, variadic: true, result: 'string', call: (...args) => sprintln(...args) }],
  [
    'printf',
    {
      params: FORMAT,
      variadic: true,
      result: 'string',
      call: (format, ...args) => sprintf(format as string, ...args),
    },
  ],
  ['eq', { params: TWO_VALUES, variadic: true, result: 'bool', call: (first, ...others) => goEquals(first, others) }],
  ['ne', { params: TWO_VALUES, result: 'bool', call: (a, b) => !goEqual(a, b) }],
  ['lt', { params: TWO_VALUES, result: 'bool', call: (a, b) => goLess(a, b) }],
  ['le', { params: TWO_VALUES, result: 'bool', call: (a, b) => goLessOrEqual(a, b) }],
  ['gt', { params: TWO_VALUES, result: 'bool', call: (a, b) => !goLessOrEqual(a, b) }],
  ['ge', { params: TWO_VALUES, result: 'bool', call: (a, b) => !goLess(a, b) }],
])
