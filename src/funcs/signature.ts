import type { GoCallable, GoValue } from '../go/index.ts'

/** Go types of parameters, written as one text: `string, int, ...interface {}`. The last may be variadic. */
const signatures = new Map<string, { readonly params: readonly string[]; readonly variadic: boolean }>()

/** Functions by their names in templates. */
export type FunctionTable = Readonly<Record<string, GoCallable>>

// biome-ignore lint/suspicious/noExplicitAny: the compiler has checked the arguments against the parameters before the call.
type TemplateCall = (...args: any[]) => GoValue

/**
 * Declares a template function. `params` lists Go types separated by commas, the last with `...` when variadic; callables with the
 * same text share one list, which the template compiler uses to compile arguments only once. `result` is the Go type of the result.
 */
export function fn(params: string, result: string, call: TemplateCall): GoCallable {
  let signature = signatures.get(params)
  if (signature === undefined) {
    const types = params === '' ? [] : params.split(', ')
    const last = types[types.length - 1] ?? ''
    const variadic = last.startsWith('...')
    if (variadic) types[types.length - 1] = last.slice(3)
    signature = { params: types, variadic }
    signatures.set(params, signature)
  }
  return { params: signature.params, variadic: signature.variadic, result, call }
}

/** Go's spelling of the types used most. */
export const ANY = 'interface {}'
export const DICT = 'map[string]interface {}'
export const LIST = '[]interface {}'
export const STRINGS = '[]string'
