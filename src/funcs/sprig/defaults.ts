import { type GoValue, isTrue } from '../../go/index.ts'
import { ANY, fn, type FunctionTable } from '../signature.ts'

/** Whether a value is nil or the zero of its type, or an empty text, list or map; structs never are. */
export const isEmpty = (value: GoValue): boolean => !isTrue(value)

function coalesce(...values: GoValue[]): GoValue {
  for (const value of values) if (!isEmpty(value)) return value
  return null
}

/** Functions that choose between values. */
export const defaultFunctions: FunctionTable = {
  all: fn(`...${ANY}`, 'bool', (...values: GoValue[]) => values.every((value) => !isEmpty(value))),
  any: fn(`...${ANY}`, 'bool', (...values: GoValue[]) => values.some((value) => !isEmpty(value))),
  coalesce: fn(`...${ANY}`, ANY, coalesce),
  default: fn(`${ANY}, ...${ANY}`, ANY, (fallback: GoValue, ...given: GoValue[]) =>
    given.length === 0 || isEmpty(given[0]) ? fallback : given[0],
  ),
  empty: fn(ANY, 'bool', isEmpty),
  ternary: fn(`${ANY}, ${ANY}, bool`, ANY, (yes: GoValue, no: GoValue, test: boolean) => (test ? yes : no)),
}
