import { type JsonObject, type KubeObject, objectAt, parseApiVersion, stringAt } from '../../../../api/index.ts'
import { fromStored, prefixOf, settle } from '../../object-storage.ts'
import { selectorMatches } from '../../selectors.ts'
import type { MatchContext } from './matching.ts'

/** A binding or policy that cannot be used as it is. */
export class PolicyConfigurationError extends Error {
  /** Which of the two is wrong. */
  readonly part: 'policy' | 'binding'
  constructor(message: string, part: 'policy' | 'binding' = 'binding') {
    super(message)
    this.part = part
  }
}

/** The objects that parameterise a policy for a request: `null` stands for none. Throws PolicyConfigurationError. */
export async function paramsFor(
  context: MatchContext,
  paramKind: JsonObject | undefined,
  paramRef: JsonObject | undefined,
  namespace: string,
): Promise<(KubeObject | null)[]> {
  if (paramKind === undefined) return [null]
  const gv = parseApiVersion(stringAt(paramKind, 'apiVersion'))
  const definition = context.registry.findKind(gv, stringAt(paramKind, 'kind'))
  if (definition === undefined) {
    const shown = `${stringAt(paramKind, 'apiVersion')}, Kind=${stringAt(paramKind, 'kind')}`
    throw new PolicyConfigurationError(`failed to find resource referenced by paramKind: '${shown}'`, 'policy')
  }
  if (paramRef === undefined) return [null]
  const own = stringAt(paramRef, 'namespace')
  if (!definition.namespaced && own !== '') {
    throw new PolicyConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`')
  }
  const where = definition.namespaced ? own || namespace : ''
  if (definition.namespaced && where === '') {
    throw new PolicyConfigurationError(
      'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
    )
  }
  const prefix = prefixOf(definition, where)
  const name = stringAt(paramRef, 'name')
  const selector = objectAt(paramRef, 'selector')
  const entries = (name === '' ? context.store.range(prefix).entries : [context.store.get(prefix + name)]).filter(
    (entry) => entry !== undefined,
  )
  await settle(definition, entries)
  const found = entries
    .map((entry) => fromStored(definition, entry))
    .filter((object) => name !== '' || selector === undefined || selectorMatches(selector, object))
  if (found.length === 0 && stringAt(paramRef, 'parameterNotFoundAction') === 'Deny') {
    throw new PolicyConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction')
  }
  return found
}
