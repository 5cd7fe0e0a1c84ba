import type { AccessJudge } from '../../authz/attributes.ts'
import type { AdmissionRequest } from '../chain.ts'
import type { ExpressionInput } from './expressions.ts'
import { converted, type MatchContext, type MatchCriteria, matchRequest, namespaceNamed } from './matching.ts'

/** What matching requests and asking expressions about them needs. */
export interface ExpressionContext extends MatchContext {
  readonly judge: AccessJudge
}

/** What a request gives expressions, in the version that matches `criteria`; undefined when it is none of theirs. */
export async function matchedInput(
  context: ExpressionContext,
  criteria: MatchCriteria,
  request: AdmissionRequest,
): Promise<ExpressionInput | undefined> {
  const definition = matchRequest(context, criteria, request)
  if (definition === undefined) return undefined
  return {
    request,
    definition,
    object: await converted(request.object, request.definition, definition),
    oldObject: await converted(request.oldObject, request.definition, definition),
    namespace: request.namespace === '' ? undefined : namespaceNamed(context.store, request.namespace),
    judge: context.judge,
  }
}
