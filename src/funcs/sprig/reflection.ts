import { type GoValue, goKind, goType } from '../../go/index.ts'
import { ANY, fn, type FunctionTable } from '../signature.ts'
import { deepEqual } from './deep-equal.ts'

/** Functions that tell types. */
export const reflectionFunctions: FunctionTable = {
  deepEqual: fn(`${ANY}, ${ANY}`, 'bool', deepEqual),
  kindIs: fn(`string, ${ANY}`, 'bool', (kind: string, value: GoValue) => kind === goKind(value)),
  kindOf: fn(ANY, 'string', goKind),
  typeIs: fn(`string, ${ANY}`, 'bool', (type: string, value: GoValue) => type === goType(value)),
  typeIsLike: fn(`string, ${ANY}`, 'bool', (type: string, value: GoValue) => {
    const actual = goType(value)
    return type === actual || `*${type}` === actual
  }),
  typeOf: fn(ANY, 'string', goType),
}
