import { type JsonObject, type KubeObject, objectAt, stringAt, stringsAt } from '../../../../api/index.ts'
import type { AdmissionRequest } from '../chain.ts'
import { criteriaOf, type MatchContext, type MatchCriteria, matchRequest } from './matching.ts'

/** What puts a policy into force, and for what. */
export interface PolicyBinding {
  readonly name: string
  readonly policy: string
  readonly criteria: MatchCriteria | undefined
  readonly paramRef: JsonObject | undefined
  /** What a validating policy does about denials. */
  readonly actions: readonly string[]
}

/** Reads a binding of either kind of policy. */
export function readBinding(object: KubeObject): PolicyBinding {
  const { spec } = object
  const match = objectAt(spec, 'matchResources')
  return {
    name: object.metadata.name ?? '',
    policy: stringAt(spec, 'policyName'),
    criteria: match === undefined ? undefined : criteriaOf(match, 'resourceRules'),
    paramRef: objectAt(spec, 'paramRef'),
    actions: stringsAt(spec, 'validationActions'),
  }
}

const EVERYTHING: readonly JsonObject[] = [
  { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*', '*/*'] },
]

/** Whether a binding is for a request that its policy is for. Without rules it is for all of them. */
export function bindingMatches(context: MatchContext, { criteria }: PolicyBinding, request: AdmissionRequest): boolean {
  if (criteria === undefined) return true
  const rules = criteria.rules.length > 0 ? criteria.rules : EVERYTHING
  return matchRequest(context, { ...criteria, rules }, request) !== undefined
}
