/** A cluster entry of a kubeconfig. File names are absolute once loaded. */
export interface ClusterEntry {
  server?: string
  'certificate-authority'?: string
  'certificate-authority-data'?: string
  'insecure-skip-tls-verify'?: boolean
  'tls-server-name'?: string
  'proxy-url'?: string
  'disable-compression'?: boolean
}

/** How an exec credential plugin is run. */
export interface ExecEntry {
  apiVersion?: string
  command: string
  args?: string[] | null
  env?: { name: string; value: string }[] | null
  installHint?: string
  provideClusterInfo?: boolean
  interactiveMode?: 'Never' | 'IfAvailable' | 'Always'
  /** The folder of the kubeconfig that holds the entry; a relative command with a slash starts there. */
  folder?: string
}

/** A user entry of a kubeconfig. File names are absolute once loaded. */
export interface UserEntry {
  'client-certificate'?: string
  'client-certificate-data'?: string
  'client-key'?: string
  'client-key-data'?: string
  token?: string
  tokenFile?: string
  username?: string
  password?: string
  exec?: ExecEntry
  'auth-provider'?: { name: string; config?: Record<string, string> | null }
  as?: string
  'as-uid'?: string
  'as-groups'?: string[]
  'as-user-extra'?: Record<string, string[]>
  /** Where the entry was read. */
  origin?: { readonly file: string; readonly name: string }
}

/** A context entry of a kubeconfig. */
export interface ContextEntry {
  cluster?: string
  user?: string
  namespace?: string
}

/** Several kubeconfig files merged into one: the first file that names an entry wins. */
export interface KubeConfig {
  readonly currentContext: string
  readonly clusters: ReadonlyMap<string, ClusterEntry>
  readonly users: ReadonlyMap<string, UserEntry>
  readonly contexts: ReadonlyMap<string, ContextEntry>
}

/** The configuration of no file at all. */
export const EMPTY_CONFIG: KubeConfig = {
  currentContext: '',
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(),
}

/** True when no file gave anything that a connection could use. */
export function isEmptyConfig(config: KubeConfig): boolean {
  return (
    config.currentContext === '' && config.clusters.size === 0 && config.users.size === 0 && config.contexts.size === 0
  )
}

/** What a connection needs, after contexts, flags and defaults. */
export interface Connection {
  readonly server: string
  readonly cluster: Readonly<ClusterEntry>
  readonly user: Readonly<UserEntry>
  /** The namespace to use when none is given; `default` when nothing names one. */
  readonly namespace: string
  /** Sent as `User-Agent`; its part before the slash names the field manager of requests that give none. */
  readonly userAgent: string
}
