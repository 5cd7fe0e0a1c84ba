import { formatTime, type KubeObject, type NodeStreams } from '../../api/index.ts'
import type { Clock, Random } from '../../base/index.ts'
import type { Store } from '../store/index.ts'
import type { AdmissionChain } from './admission/chain.ts'
import type { AuditTrail } from './audit/index.ts'
import type { TokenAuthority } from './authn/service-account-token.ts'
import type { AccessJudge } from './authz/attributes.ts'
import type { GroupResource } from './errors.ts'
import type { ServerRequest, User } from './exchange.ts'
import type { OutputFormat } from './negotiate.ts'
import type { ResourceDefinition, StrategyContext } from './registry/resource.ts'
import type { ResourceRegistry } from './registry/registry.ts'
import type { RequestInfo } from './request-info.ts'

/** What all requests share. */
export interface ServerContext {
  readonly store: Store
  readonly registry: ResourceRegistry
  readonly clock: Clock
  readonly random: Random
  readonly admission: AdmissionChain
  readonly allocators: Allocators
  readonly tokens: TokenAuthority
  readonly judge: AccessJudge
  /** The user of a bearer token; undefined or a 401 when it is not good. */
  authenticateToken(token: string, audiences: readonly string[]): User | undefined
  /** Streams of containers (logs, commands); undefined until the node agent is there. */
  readonly streams: { port: NodeStreams | undefined }
}

/** One resource request that has been authenticated, authorised and routed. */
export interface Scope {
  readonly server: ServerContext
  readonly definition: ResourceDefinition
  readonly info: RequestInfo
  readonly request: ServerRequest
  readonly user: User
  readonly output: OutputFormat
  /** Texts for `Warning` headers, in order. */
  readonly warnings: string[]
  /** What is recorded of the request; absent when nothing is. */
  readonly audit?: AuditTrail
}

/** Group and resource as error texts name them. */
export function groupResourceOf(definition: ResourceDefinition): GroupResource {
  return { group: definition.group, resource: definition.plural }
}

/** Now, as Kubernetes writes times: RFC 3339 in UTC with seconds. */
export function timestamp(clock: Clock): string {
  return formatTime(clock.nowMs())
}

const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** Five characters as Kubernetes appends to generateName. */
export function randomSuffix(random: Random): string {
  let text = ''
  for (const byte of random.bytes(5)) text += SAFE_ALPHABET[byte % SAFE_ALPHABET.length] ?? ''
  return text
}

/** What strategies get. */
export function strategyContext({ server, user, warnings }: Scope): StrategyContext {
  return {
    user,
    now: timestamp(server.clock),
    uuid: () => server.random.uuid(),
    suffix: () => randomSuffix(server.random),
    warn: (text) => {
      warnings.push(text)
    },
  }
}

/** Gives objects what comes out of a pool (service addresses, node ports) and takes it back. */
export interface Allocators {
  /** Begins to follow what is taken. */
  start(store: Store): void
  /** Called with a checked new object, which it may complete. The result undoes it when the write fails. */
  onCreate(scope: Scope, object: KubeObject, dryRun: boolean): () => void
  /** Called with a checked change; as onCreate. */
  onUpdate(scope: Scope, object: KubeObject, old: KubeObject, dryRun: boolean): () => void
}
