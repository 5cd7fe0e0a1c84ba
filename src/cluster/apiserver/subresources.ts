import type { Scope } from './context.ts'
import { methodNotAllowed, noSuchPath } from './errors.ts'
import type { ServerResponse } from './exchange.ts'
import { getObject } from './handlers/get.ts'
import { patchObject } from './handlers/patch.ts'
import { updateObject } from './handlers/update.ts'

/** Serves a sub-resource: those of the object's own shape generically, the others each by its handler. */
export function serveSubresource(scope: Scope): ServerResponse | Promise<ServerResponse> {
  const { definition, info, request } = scope
  if (!definition.subresources.some((sub) => sub.name === info.subresource)) throw noSuchPath()
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
