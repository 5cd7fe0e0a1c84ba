import { createFunctionMap } from '../../src/funcs/index.ts'
import { errorText } from '../../src/base/index.ts'
import type { GoCallable } from '../../src/go/index.ts'
import { builtins } from '../../src/template/index.ts'
import { testHost } from '../conformance/functions.ts'
import { answerVector } from '../conformance/template-cases.ts'
import type { Answer, FuzzCase } from './case.ts'

/** Our own answer to a case. An error that is not one of ours is a bug whatever Helm says, so it is told apart by its name. */
export function ourAnswer(fuzzCase: FuzzCase): Answer {
  const answer = answerVector({ id: 'fuzz', ...fuzzCase })
  if ('rendered' in answer) return answer
  return { error: isUntyped(answer.error) ? `untyped: ${stackOf(answer.error)}` : errorText(answer.error) }
}

/** Whether an error comes from JavaScript itself: a mistake in our code. */
export function isUntyped(error: unknown): boolean {
  return !(error instanceof Error) || ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(error.name)
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

const any = 'interface {}'
const notCalled: GoCallable['call'] = () => null

/** The functions that only the renderer can make. */
const rendererFunctions: readonly [string, GoCallable][] = [
  ['include', { params: ['string', any], result: 'string', call: notCalled }],
  ['tpl', { params: ['string', any], result: 'string', call: notCalled }],
  ['required', { params: ['string', any], result: any, call: notCalled }],
  ['fail', { params: ['string'], result: 'string', call: notCalled }],
  ['lookup', { params: ['string', 'string', 'string', 'string'], result: 'map[string]interface {}', call: notCalled }],
]

/** Every function of a template by its name, for its parameters and result. */
export function allFunctions(): Map<string, GoCallable> {
  return new Map([...builtins, ...createFunctionMap(testHost), ...rendererFunctions])
}
