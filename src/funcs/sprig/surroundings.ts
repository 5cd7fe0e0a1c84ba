import type { Host } from '../../base/index.ts'
import { argumentError } from '../errors.ts'
import { fn, type FunctionTable } from '../signature.ts'

/** A variable in a text as Go's os.Expand finds it: in braces, a name, or one of the shell's special characters. */
const VARIABLE = /\$(?:\{([^}]*)\}|([A-Za-z_]\w*|[*#$@!?\-0-9]))/g

/** What sprig has and templates of charts do not get: the environment, and `fail` without Helm's marks. */
export function surroundingFunctions({ env }: Pick<Host, 'env'>): FunctionTable {
  return {
    env: fn('string', 'string', (name: string) => env[name] ?? ''),
    expandenv: fn('string', 'string', (text: string) =>
      text.replace(VARIABLE, (_, inBraces: string | undefined, name: string) => env[inBraces ?? name] ?? ''),
    ),
    fail: fn('string', 'string', (message: string) => {
      throw argumentError(message)
    }),
  }
}
