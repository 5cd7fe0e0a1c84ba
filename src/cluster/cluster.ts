import { join } from 'node:path'
import {
  adjustableClock,
  assert,
  type Clock,
  type FaultReport,
  guardedClock,
  type Random,
  systemRandom,
  uncaughtFault,
} from '../base/index.ts'
import type { Transport } from '../kube/index.ts'
import {
  type ApiHandler,
  type ApiServer,
  type AuditPolicy,
  createApiServer,
  listenHttps,
  type Listener,
  parseAuditPolicy,
  stampResourceVersion,
  SYSTEM_USER,
  type User,
} from './apiserver/index.ts'
import { type AuditLog, openAuditLog } from './audit-log.ts'
import { ClientsFirst } from './background.ts'
import { builtDescriptions } from './descriptions.ts'
import { bootstrapCluster } from './bootstrap.ts'
import { signedStatus } from './certificate-signer.ts'
import type { Components } from './components.ts'
import { type Kubeconfig, kubeconfigOf, printKubeconfig } from './kubeconfig.ts'
import { localTransport } from './local-client.ts'
import type { ClusterOptions } from './options.ts'
import { parseRequest } from './signing.ts'
import { simulationControl } from './simulation.ts'
import { createPki, loadPki, type Pki, PROXY_NAME } from './pki.ts'
import { type Backend, lmdbBackend, memoryBackend, openStore } from './store/index.ts'

/** A cluster that runs in this process. */
export interface RunningCluster {
  /** `https://host:port`; empty when it has no socket. */
  readonly endpoint: string
  /** The administrator's kubeconfig, as data and as text. */
  readonly kubeconfig: Kubeconfig
  readonly kubeconfigText: string
  /** Reaches the API in this process, as an administrator. */
  readonly transport: Transport
  /** Stops everything and closes the store. */
  stop(): Promise<void>
}

const DEFAULT_HOST = '127.0.0.1'
/** Where the server is in the network of the simulated nodes, as its Endpoints tell; loopback addresses are not allowed there. */
const ADVERTISED_ADDRESS = '10.0.0.1'

/** Starts a cluster; resolves when it is ready to serve and its controllers work. */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const report = options.onError ?? uncaughtFault
  const machineClock = options.clock ?? adjustableClock()
  const clock = guardedClock(machineClock, (error) => report('clock', 'timer', error))
  const random = options.random ?? systemRandom
  const store = await openStore({ backend: backendOf(options), stamp: stampResourceVersion, report })
  const closers: (() => Promise<void>)[] = [() => store.close()]
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const pki = pkiOf(options, clock.nowMs())
    const audit = await auditOf(options, report)
    if (audit !== undefined) closers.push(() => audit.sink.close())
    const server = createApiServer({
      store,
      clock,
      random,
      tokens: tokensOf(options, pki),
      serviceAccountKey: pki.serviceAccountKey,
      rootCa: pki.ca.cert,
      describe: builtDescriptions(),
      report,
      ...(audit !== undefined && { audit }),
      proxyIdentity: pki.proxy,
      readRequest: parseRequest,
      signer: (request) => signedStatus(request, pki.ca, clock),
    })
    closers.push(async () => server.close())
    const control = simulationControl({ store, clock: machineClock, random })
    closers.push(async () => control.stop())
    // Before anything else has timers, which a leap would let fire one by one.
    await control.ready
    const first = new ClientsFirst()
    const handler = first.serving(control.wrap(server.handler))
    const listener = await listenerOf({ options, pki, report, server, handler })
    if (listener !== undefined) closers.push(() => listener.close())
    const transport = localTransport(server.handler, SYSTEM_USER, 'kube-apiserver')
    await bootstrapCluster(transport, {
      storageClass: options.defaultStorageClass === undefined ? 'local-path' : options.defaultStorageClass,
      address: ADVERTISED_ADDRESS,
      port: listener?.port ?? 443,
      metrics: options.metrics ?? false,
      authentication: { clientCa: pki.ca.cert, proxyCa: pki.proxyCa.cert, proxyName: PROXY_NAME },
    })
    // No client has seen what was before, as that of a Kubernetes server is compacted by the time it is asked for.
    store.compact(store.revision)
    if (options.components !== false) {
      const background = first.yielding(transport)
      const components = await componentsOf(options, {
        transport: background,
        clock,
        random,
        rootCa: pki.ca.cert,
      })
      closers.push(() => components.stop())
      server.useStreams(components.streams)
      await components.ready
    }
    server.markReady()
    const endpoint = endpointOf(options, listener)
    const kubeconfig = kubeconfigOf(options.name ?? 'chartctl', endpoint, pki)
    return { endpoint, kubeconfig, kubeconfigText: printKubeconfig(kubeconfig), transport, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Reads the policy first: a broken one shall not leave a file behind. */
async function auditOf(
  { audit }: ClusterOptions,
  report: FaultReport,
): Promise<{ readonly policy: AuditPolicy; readonly sink: AuditLog } | undefined> {
  if (audit === undefined) return undefined
  const policy = parseAuditPolicy(audit.policy)
  return { policy, sink: await openAuditLog(audit.file, report) }
}

function hostOf(options: ClusterOptions): string {
  return options.host ?? DEFAULT_HOST
}

function endpointOf(options: ClusterOptions, listener: Listener | undefined): string {
  if (listener === undefined) return ''
  const host = hostOf(options)
  return `https://${host.includes(':') ? `[${host}]` : host}:${listener.port}`
}

function pkiOf(options: ClusterOptions, nowMs: number): Pki {
  const hosts = [...new Set([hostOf(options), ...(options.certificateHosts ?? [])])]
  return options.dataDir === undefined ? createPki(nowMs, hosts) : loadPki(join(options.dataDir, 'pki'), nowMs, hosts)
}

async function componentsOf(
  options: ClusterOptions,
  parts: { readonly transport: Transport; readonly clock: Clock; readonly random: Random; readonly rootCa: string },
): Promise<Components> {
  const { startComponents } = await import('./components.ts')
  const { rootCa, ...rest } = parts
  return startComponents({
    ...rest,
    options: {
      rootCa,
      nodes: {
        count: options.nodes ?? 1,
        ...(options.staticPods !== undefined && { staticPods: options.staticPods }),
      },
    },
    ...(options.onError !== undefined && { onError: options.onError }),
  })
}

function backendOf(options: ClusterOptions): Backend {
  if (options.storage === 'memory') return memoryBackend()
  assert(options.dataDir !== undefined, 'storage lmdb needs a data folder')
  return lmdbBackend(join(options.dataDir, 'store'))
}

function tokensOf(options: ClusterOptions, pki: Pki): ReadonlyMap<string, User> {
  const admin: User = { name: 'admin', uid: 'admin-uid', groups: ['system:masters'] }
  const tokens = [pki.adminToken, ...(options.token === undefined ? [] : [options.token])]
  return new Map(tokens.map((token) => [token, admin]))
}

async function listenerOf(parts: {
  readonly options: ClusterOptions
  readonly pki: Pki
  readonly report: FaultReport
  readonly server: ApiServer
  readonly handler: ApiHandler
}): Promise<Listener | undefined> {
  const { options, pki, report, server, handler } = parts
  if (options.port === null) return undefined
  return listenHttps({
    handler,
    upgrade: server.upgrade,
    host: hostOf(options),
    port: options.port ?? 0,
    tls: { ...pki.server, ca: pki.ca.cert },
    report,
  })
}
