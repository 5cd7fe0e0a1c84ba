import type { Clock, Random } from '../../base/index.ts'
import type { Store } from '../store/index.ts'
import { AdmissionChain } from './admission/chain.ts'
import { noAllocators } from './allocation.ts'
import { authenticator, certificateMethod, staticTokenMethod } from './authn/authenticate.ts'
import { impersonatedUser } from './authn/impersonate.ts'
import type { ServerContext } from './context.ts'
import { discoveryPaths } from './discovery/serve.ts'
import { healthPaths } from './discovery/health.ts'
import type { User } from './exchange.ts'
import { createCatalog } from './registry/catalog.ts'
import { ResourceRegistry } from './registry/registry.ts'
import { type ApiHandler, createApiHandler } from './server.ts'

/** What an API server needs. */
export interface ApiServerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** Bearer tokens known in advance. */
  readonly tokens: ReadonlyMap<string, User>
}

/** An API server without a socket. */
export interface ApiServer {
  readonly handler: ApiHandler
  readonly registry: ResourceRegistry
  /** From now on health checks succeed. */
  markReady(): void
}

/** The user as which the server's own parts act. */
export const SYSTEM_USER: User = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }

/** Builds the server on a store. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { store, clock, random } = options
  const registry = new ResourceRegistry(createCatalog())
  const context: ServerContext = {
    store,
    registry,
    clock,
    random,
    admission: new AdmissionChain([]),
    allocators: noAllocators,
  }
  let ready = false
  const handler = createApiHandler({
    context,
    authenticate: authenticator([certificateMethod, staticTokenMethod(options.tokens)]),
    impersonate: (user, request) => impersonatedUser(request) ?? user,
    authorize: () => {},
    paths: [discoveryPaths(registry), healthPaths(() => ready)],
    virtual: [],
  })
  return {
    handler,
    registry,
    markReady: () => {
      ready = true
    },
  }
}
