import { canBackquote, GoError, GoNil, GoRegexp, type GoValue, quote, quoteRegexp } from '../../go/index.ts'
import { panicError } from '../errors.ts'
import { fn, type FunctionTable, STRINGS } from '../signature.ts'
import { stringSlice } from '../values.ts'

/** Compiles as `regexp.MustCompile`, whose error names the pattern. */
function mustCompile(pattern: string): GoRegexp {
  try {
    return GoRegexp.compile(pattern)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    const quoted = canBackquote(pattern) ? `\`${pattern}\`` : quote(pattern)
    throw panicError(`regexp: Compile(${quoted}): ${error.message}`)
  }
}

type Compile = (pattern: string) => GoRegexp

const list = (items: string[]): GoValue => (items.length === 0 ? new GoNil(STRINGS) : stringSlice(items))

const find = (compile: Compile) =>
  fn('string, string', 'string', (pattern: string, text: string) => compile(pattern).find(text) ?? '')

const findAll = (compile: Compile) =>
  fn('string, string, int', STRINGS, (pattern: string, text: string, limit: bigint) =>
    list(compile(pattern).findAll(text, Number(limit))),
  )

const replaceAll = (compile: Compile) =>
  fn('string, string, string', 'string', (pattern: string, text: string, replacement: string) =>
    compile(pattern).replaceAll(text, replacement),
  )

const replaceLiteral = (compile: Compile) =>
  fn('string, string, string', 'string', (pattern: string, text: string, replacement: string) =>
    compile(pattern).replaceAllLiteral(text, replacement),
  )

const split = (compile: Compile) =>
  fn('string, string, int', STRINGS, (pattern: string, text: string, limit: bigint) => {
    const parts = compile(pattern).split(text, Number(limit))
    return limit === 0n ? new GoNil(STRINGS) : stringSlice(parts)
  })

function matches(pattern: string, text: string): boolean {
  try {
    return GoRegexp.compile(pattern).matches(text)
  } catch (error) {
    if (error instanceof GoError) return false
    throw error
  }
}

const { compile } = GoRegexp

/** Regular expressions in RE2's syntax. The plain forms panic on a bad pattern (`regexMatch` is false), the `must` forms fail. */
export const regexFunctions: FunctionTable = {
  mustRegexFind: find(compile),
  mustRegexFindAll: findAll(compile),
  mustRegexMatch: fn('string, string', 'bool', (pattern: string, text: string) => compile(pattern).matches(text)),
  mustRegexReplaceAll: replaceAll(compile),
  mustRegexReplaceAllLiteral: replaceLiteral(compile),
  mustRegexSplit: split(compile),
  regexFind: find(mustCompile),
  regexFindAll: findAll(mustCompile),
  regexMatch: fn('string, string', 'bool', matches),
  regexQuoteMeta: fn('string', 'string', quoteRegexp),
  regexReplaceAll: replaceAll(mustCompile),
  regexReplaceAllLiteral: replaceLiteral(mustCompile),
  regexSplit: split(mustCompile),
}
