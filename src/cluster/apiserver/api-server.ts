import { type Clock, type FaultReport, type Random, uncaughtFault } from '../../base/index.ts'
import type { Describe, KubeObject, NodeStreams } from '../../api/index.ts'
import type { Store } from '../store/index.ts'
import type { ReadCertificateRequest } from './admission/certificates.ts'
import { AdmissionChain } from './admission/chain.ts'
import { defaultPlugins } from './admission/plugins.ts'
import { createAllocators } from './allocation/allocators.ts'
import { followServiceAddresses } from './allocation/service-addresses.ts'
import { authenticator, certificateMethod, staticTokenMethod } from './authn/authenticate.ts'
import { impersonatedUser } from './authn/impersonate.ts'
import { serviceAccountMethod, tokenAuthority } from './authn/service-account-token.ts'
import { type ProxyIdentity, proxyRequest, readRemote, RemoteApis, remoteApiFor } from './aggregation/index.ts'
import type { AuditParts } from './audit/index.ts'
import { createAccessJudge } from './authz/rbac.ts'
import { serveComponentStatus } from './component-status.ts'
import { randomSuffix, type ServerContext } from './context.ts'
import { discoveryPaths } from './discovery/serve.ts'
import { healthPaths } from './discovery/health.ts'
import { openapiPaths } from './discovery/openapi.ts'
import { openidPaths } from './discovery/openid.ts'
import { expireEvents } from './event-expiry.ts'
import type { ServerRequest, User } from './exchange.ts'
import { withCrdRules } from './extensions/crd-rules.ts'
import { CustomResources } from './extensions/custom-resources.ts'
import { createBinding } from './handlers/binding.ts'
import { followMetricsApi, serveMetrics } from './metrics/metrics-api.ts'
import { followApiServices } from './api-services.ts'
import { followFlowSchemas } from './flow-schemas.ts'
import { followPolicies } from './policy-status.ts'
import { type CertificateSigner, followSigningRequests } from './signing-requests.ts'
import { createCatalog } from './registry/catalog.ts'
import type { ResourceDefinition } from './registry/resource.ts'
import { ResourceRegistry } from './registry/registry.ts'
import { checkImpersonation, serveReview } from './reviews.ts'
import type { UpgradeHandler } from './https.ts'
import { selfClient } from './self-client.ts'
import { type ApiHandler, type ApiServerParts, createApiHandler, createScopeResolver } from './server.ts'
import { upgradeHandler } from './upgrade.ts'

/** What an API server needs. */
export interface ApiServerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** Bearer tokens known in advance. */
  readonly tokens: ReadonlyMap<string, User>
  /** PEM of the EC key that signs the tokens of service accounts. */
  readonly serviceAccountKey: string
  /** PEM of the cluster's certificate authority, for the Secrets of service accounts. */
  readonly rootCa: string
  /** Describes types and fields in OpenAPI documents; absent: names in words. */
  readonly describe?: Describe
  /** What is recorded of requests, and where; absent: nothing is. */
  readonly audit?: Pick<AuditParts, 'policy' | 'sink'>
  /** How the server shows itself to those behind APIServices; absent: it has no certificate. */
  readonly proxyIdentity?: ProxyIdentity
  /** Reads requests for certificates. */
  readonly readRequest: ReadCertificateRequest
  /** Signs requests for certificates; absent: nobody does. */
  readonly signer?: CertificateSigner
  /** Told about faults in what the server does by itself; absent: they are uncaught errors. */
  readonly report?: FaultReport
}

/** An API server without a socket. */
export interface ApiServer {
  readonly handler: ApiHandler
  /** Takes over connections that ask for another protocol (exec, attach). */
  readonly upgrade: UpgradeHandler
  readonly registry: ResourceRegistry
  /** From now on health checks succeed. */
  markReady(): void
  /** Says where logs and commands of containers come from. */
  useStreams(port: NodeStreams): void
  /** Ends what it does by itself. */
  close(): void
}

/** The user as which the server's own parts act. */
export const SYSTEM_USER: User = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }

/** Builds the server on a store. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { store, clock, random, report = uncaughtFault } = options
  const registry = new ResourceRegistry(createCatalog().map(completed))
  const context = contextOf(options, registry)
  let ready = false
  let remote: RemoteApis | undefined
  const parts: ApiServerParts = {
    context,
    authenticate: authenticator([
      certificateMethod,
      staticTokenMethod(options.tokens),
      serviceAccountMethod(context.tokens),
    ]),
    impersonate: (user, request) => impersonate(context, user, request),
    ...(options.audit !== undefined && { audit: { ...options.audit, clock: options.clock, random: options.random } }),
    paths: [
      discoveryPaths(registry, () => remote?.versions() ?? []),
      openapiPaths(registry, options.describe, {
        versions: () => remote?.versions() ?? [],
        read: (api, path) => readRemote(store, options.proxyIdentity, api, path),
      }),
      openidPaths(context.tokens),
      healthPaths(() => ready),
    ],
    virtual: [serveReview, serveMetrics, serveComponentStatus, createBinding],
    remote(request, user, { group, version }) {
      const api = remoteApiFor(store, group, version)
      return api && proxyRequest({ store, identity: options.proxyIdentity }, api, request, user)
    },
  }
  const handler = createApiHandler(parts)
  context.allocators.start(store)
  followMetricsApi(store, registry)
  const send = selfClient(handler, SYSTEM_USER, report)
  new CustomResources({ store, registry, clock, random, send, report }).start()
  followFlowSchemas({ store, clock, send })
  followServiceAddresses({ store, send, report })
  followPolicies({ store, registry, send, report })
  followApiServices({ store, registry, clock, send, report })
  remote = new RemoteApis({ store, registry, clock, send, report, identity: options.proxyIdentity })
  remote.start()
  if (options.signer !== undefined) followSigningRequests({ store, send, report, signer: options.signer })
  return {
    handler,
    upgrade: upgradeHandler(createScopeResolver(parts)),
    registry,
    markReady: () => {
      ready = true
    },
    useStreams: (port) => {
      context.streams.port = port
    },
    close: expireEvents(store, clock),
  }
}

/** CustomResourceDefinitions have rules that only the server's extensions know. */
function completed(definition: ResourceDefinition): ResourceDefinition {
  if (definition.group !== 'apiextensions.k8s.io') return definition
  const { schema } = definition
  return { ...definition, schema, strategy: withCrdRules(definition.strategy) }
}

function contextOf(options: ApiServerOptions, registry: ResourceRegistry): ServerContext {
  const { store, clock, random } = options
  const lookup = (resource: string, namespace: string, name: string): KubeObject | undefined =>
    store.get(`core/${resource}/${namespace}/${name}`)?.value as KubeObject | undefined
  const judge = createAccessJudge(store)
  const tokens = tokenAuthority({ key: options.serviceAccountKey, clock, random, lookup })
  return {
    store,
    registry,
    clock,
    random,
    admission: new AdmissionChain(
      defaultPlugins({
        store,
        registry,
        random,
        judge,
        tokens,
        rootCa: options.rootCa,
        readRequest: options.readRequest,
        suffix: () => randomSuffix(random),
      }),
    ),
    allocators: createAllocators(random),
    tokens,
    judge,
    authenticateToken: (token, audiences) => options.tokens.get(token) ?? tokens.check(token, audiences),
    streams: { port: undefined },
  }
}

function impersonate(context: ServerContext, sender: User, request: ServerRequest): User {
  const target = impersonatedUser(request)
  if (target === undefined) return sender
  checkImpersonation(context.judge, sender, target)
  return target
}
