import { type Host, manualClock, systemRandom } from '../../src/base/index.ts'
import { createFunctionMap } from '../../src/funcs/index.ts'
import type { FunctionMap } from '../../src/template/index.ts'

/** The surroundings of recorded cases: real randomness, UTC, no environment. */
export const testHost: Host = { clock: manualClock(Date.now()), random: systemRandom, env: { TZ: 'UTC' } }

/** All template functions, for cases that call them one by one. */
export function testFunctions(): FunctionMap {
  return createFunctionMap(testHost)
}
