import { join } from 'node:path'
import { assert, systemClock, systemRandom } from '../base/index.ts'
import type { Transport } from '../kube/index.ts'
import {
  createApiServer,
  listenHttps,
  type Listener,
  stampResourceVersion,
  SYSTEM_USER,
  type User,
} from './apiserver/index.ts'
import { bootstrapCluster } from './bootstrap.ts'
import { type Kubeconfig, kubeconfigOf, printKubeconfig } from './kubeconfig.ts'
import { localTransport } from './local-client.ts'
import type { ClusterOptions } from './options.ts'
import { createPki, loadPki } from './pki.ts'
import { type Backend, lmdbBackend, memoryBackend, openStore, type Store } from './store/index.ts'

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

/** Starts a cluster; resolves when it is ready to serve. */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const clock = options.clock ?? systemClock({ unref: false })
  const random = options.random ?? systemRandom
  const host = options.host ?? DEFAULT_HOST
  const hosts = [...new Set([host, ...(options.certificateHosts ?? [])])]
  const store = await openStore({ backend: backendOf(options), stamp: stampResourceVersion })
  try {
    const pki =
      options.dataDir === undefined
        ? createPki(clock.nowMs(), hosts)
        : loadPki(join(options.dataDir, 'pki'), clock.nowMs(), hosts)
    const server = createApiServer({ store, clock, random, tokens: tokensOf(options) })
    const listener = await listenerOf(options, host, server.handler, { ...pki.server, ca: pki.ca.cert })
    const endpoint = listener === undefined ? '' : `https://${host.includes(':') ? `[${host}]` : host}:${listener.port}`
    const transport = localTransport(server.handler, SYSTEM_USER, 'chartctl')
    await bootstrapCluster(transport, {
      storageClass: options.defaultStorageClass === undefined ? 'local-path' : options.defaultStorageClass,
    })
    server.markReady()
    const kubeconfig = kubeconfigOf(options.name ?? 'chartctl', endpoint, pki)
    return {
      endpoint,
      kubeconfig,
      kubeconfigText: printKubeconfig(kubeconfig),
      transport,
      stop: () => stopAll(listener, store),
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function stopAll(listener: Listener | undefined, store: Store): Promise<void> {
  await listener?.close()
  await store.close()
}

function backendOf(options: ClusterOptions): Backend {
  if (options.storage === 'memory') return memoryBackend()
  assert(options.dataDir !== undefined, 'storage lmdb needs a data folder')
  return lmdbBackend(join(options.dataDir, 'store'))
}

function tokensOf(options: ClusterOptions): ReadonlyMap<string, User> {
  const admin: User = { name: 'kubernetes-admin', groups: ['system:masters'] }
  return new Map(options.token === undefined ? [] : [[options.token, admin]])
}

async function listenerOf(
  options: ClusterOptions,
  host: string,
  handler: Parameters<typeof listenHttps>[0]['handler'],
  tls: Parameters<typeof listenHttps>[0]['tls'],
): Promise<Listener | undefined> {
  if (options.port === null) return undefined
  return listenHttps({ handler, host, port: options.port ?? 0, tls })
}
