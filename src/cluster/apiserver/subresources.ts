import type { Scope } from './context.ts'
import { badRequest, methodNotAllowed, noSuchPath } from './errors.ts'
import type { ServerResponse } from './exchange.ts'
import { bindPod } from './handlers/binding.ts'
import { evictPod } from './handlers/eviction.ts'
import { getObject } from './handlers/get.ts'
import { nodeNameOf, podLogs, podOf } from './handlers/logs.ts'
import { patchObject } from './handlers/patch.ts'
import { serveScale } from './handlers/scale.ts'
import { requestToken } from './handlers/token.ts'
import { updateObject } from './handlers/update.ts'

type Serve = (scope: Scope) => ServerResponse | Promise<ServerResponse>

/** Sub-resources that are not simply another way to write their object. */
const SPECIAL: Readonly<Record<string, Serve>> = {
  scale: serveScale,
  'pods/binding': bindPod,
  'pods/eviction': evictPod,
  'pods/log': podLogs,
  'pods/exec': needsUpgrade,
  'pods/attach': needsUpgrade,
  'pods/portforward': needsUpgrade,
  'pods/proxy': noProxy,
  'services/proxy': noProxy,
  'nodes/proxy': noProxy,
  'serviceaccounts/token': requestToken,
}

/** Serves a sub-resource: those of the object's own shape generically, the others each by its handler. */
export function serveSubresource(scope: Scope): ServerResponse | Promise<ServerResponse> {
  const { definition, info, request } = scope
  if (!definition.subresources.some((sub) => sub.name === info.subresource)) throw noSuchPath()
  const special = SPECIAL[`${definition.plural}/${info.subresource}`] ?? SPECIAL[info.subresource]
  if (special !== undefined) return special(scope)
  switch (request.method) {
    case 'GET':
      return getObject(scope)
    case 'PUT':
      return updateObject(scope)
    case 'PATCH':
      return patchObject(scope)
    default:
      throw methodNotAllowed()
  }
}

/** exec, attach and port-forward over plain HTTP: the client has to ask for a switch of protocols. */
function needsUpgrade(scope: Scope): ServerResponse {
  const pod = podOf(scope)
  if (nodeNameOf(pod) === '') throw badRequest(`pod ${scope.info.name} does not have a host assigned`)
  throw badRequest('Upgrade request required')
}

function noProxy(): never {
  throw badRequest('proxying is not available in a simulated cluster')
}
