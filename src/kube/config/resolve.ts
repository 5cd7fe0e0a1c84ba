import { existsSync, readFileSync } from 'node:fs'
import { KubeClientError } from '../errors.ts'
import { type ClusterEntry, type Connection, isEmptyConfig, type KubeConfig, type UserEntry } from './model.ts'
import { checkEntries } from './validate.ts'

/** What flags and environment say about the connection. Absent or empty: the kubeconfig decides. */
export interface ConnectionOverrides {
  readonly context?: string | undefined
  readonly namespace?: string | undefined
  readonly server?: string | undefined
  readonly token?: string | undefined
  readonly asUser?: string | undefined
  readonly asGroups?: readonly string[] | undefined
  readonly caFile?: string | undefined
  readonly insecureSkipTlsVerify?: boolean | undefined
  readonly tlsServerName?: string | undefined
}

/** Environment and files that a pod sees; replaced in tests. */
export interface InClusterSource {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder of the mounted service account. */
  readonly folder?: string
}

/** Where Kubernetes mounts a pod's service account. */
const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The server that is assumed when nothing is configured at all. */
const DEFAULT_SERVER = 'http://localhost:8080'

/** True when neither a kubeconfig, nor flags, nor a pod's service account say which cluster is meant. */
export function nothingConfigured(config: KubeConfig, overrides: ConnectionOverrides, pod: InClusterSource): boolean {
  return isEmptyConfig(config) && !hasText(overrides.server) && !hasText(overrides.context) && !inClusterPossible(pod)
}

/** Chooses context, cluster and user and lays the overrides over them, as client-go's deferred loading config. */
export function resolveConnection(
  config: KubeConfig,
  overrides: ConnectionOverrides,
  pod: InClusterSource,
  userAgent: string,
): Connection {
  const name = hasText(overrides.context) ? overrides.context : config.currentContext
  const context = config.contexts.get(name)
  if (hasText(overrides.context) && context === undefined) {
    throw new KubeClientError('KUBECONFIG', `context "${name}" does not exist`, { context: name })
  }
  if (isEmptyConfig(config) && !hasText(overrides.server) && inClusterPossible(pod)) {
    return inCluster(overrides, pod, userAgent)
  }
  const cluster = overrideCluster(config.clusters.get(context?.cluster ?? '') ?? {}, overrides)
  const user = overrideUser(config.users.get(context?.user ?? '') ?? {}, overrides)
  if (!isEmptyConfig(config)) {
    const missing = name !== '' && context === undefined
    checkEntries(
      { clusterName: context?.cluster ?? '', cluster, userName: context?.user ?? '', user },
      missing ? [`context was not found for specified context: ${name}`] : [],
    )
  }
  return {
    server: hasText(cluster.server) ? normaliseServer(cluster.server) : DEFAULT_SERVER,
    cluster,
    user,
    namespace: firstText(overrides.namespace, context?.namespace, 'default'),
    userAgent,
  }
}

/**
 * The namespace of the pod that we run in, for contexts that name none: POD_NAMESPACE, else that of its service account;
 * undefined outside of pods. As client-go's.
 */
export function podNamespace(pod: InClusterSource): string | undefined {
  if (!inClusterPossible(pod)) return undefined
  if (hasText(pod.env.POD_NAMESPACE)) return pod.env.POD_NAMESPACE
  try {
    return firstText(readFileSync(`${pod.folder ?? SERVICE_ACCOUNT_FOLDER}/namespace`, 'utf8').trim(), 'default')
  } catch {
    return 'default'
  }
}

function hasText(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

function firstText(...values: (string | undefined)[]): string {
  return values.find(hasText) ?? ''
}

function overrideCluster(entry: ClusterEntry, overrides: ConnectionOverrides): ClusterEntry {
  const cluster: ClusterEntry = { ...entry }
  if (hasText(overrides.caFile) || overrides.insecureSkipTlsVerify === true) {
    delete cluster['certificate-authority-data']
    delete cluster['certificate-authority']
    if (hasText(overrides.caFile)) cluster['certificate-authority'] = overrides.caFile
  }
  if (overrides.insecureSkipTlsVerify === true) cluster['insecure-skip-tls-verify'] = true
  if (hasText(overrides.server)) cluster.server = overrides.server
  if (hasText(overrides.tlsServerName) || hasText(overrides.server)) {
    delete cluster['tls-server-name']
    if (hasText(overrides.tlsServerName)) cluster['tls-server-name'] = overrides.tlsServerName
  }
  return cluster
}

function overrideUser(entry: UserEntry, overrides: ConnectionOverrides): UserEntry {
  const user: UserEntry = { ...entry }
  if (hasText(overrides.token)) {
    user.token = overrides.token
    delete user.tokenFile
  }
  if (hasText(overrides.asUser)) user.as = overrides.asUser
  if (overrides.asGroups !== undefined && overrides.asGroups.length > 0) user['as-groups'] = [...overrides.asGroups]
  return user
}

/** A server without a scheme is taken as http (https when TLS is configured is never guessed), as client-go does. */
function normaliseServer(server: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(server) ? server : `http://${server}`
  return withScheme.endsWith('/') ? withScheme.slice(0, -1) : withScheme
}

function inClusterPossible(pod: InClusterSource): boolean {
  const folder = pod.folder ?? SERVICE_ACCOUNT_FOLDER
  return (
    hasText(pod.env.KUBERNETES_SERVICE_HOST) &&
    hasText(pod.env.KUBERNETES_SERVICE_PORT) &&
    existsSync(`${folder}/token`)
  )
}

function inCluster(overrides: ConnectionOverrides, pod: InClusterSource, userAgent: string): Connection {
  const folder = pod.folder ?? SERVICE_ACCOUNT_FOLDER
  const host = pod.env.KUBERNETES_SERVICE_HOST ?? ''
  const bracketed = host.includes(':') ? `[${host}]` : host
  return {
    server: `https://${bracketed}:${pod.env.KUBERNETES_SERVICE_PORT ?? ''}`,
    cluster: overrideCluster({ 'certificate-authority': `${folder}/ca.crt` }, overrides),
    user: overrideUser({ tokenFile: `${folder}/token` }, overrides),
    namespace: firstText(overrides.namespace, podNamespace(pod), 'default'),
    userAgent,
  }
}
