import { type EnvVars, type HelmFolders, parseGoBool } from './environment.ts'

/** Values of the global flags, with the environment as their default. As Helm 4 `pkg/cli` EnvSettings. */
export interface Settings {
  /** `--namespace` or `HELM_NAMESPACE`; empty when neither is given (then the kubeconfig's, else `default`). */
  namespace: string
  kubeconfig: string
  kubeContext: string
  kubeToken: string
  kubeAsUser: string
  kubeAsGroup: readonly string[]
  kubeApiserver: string
  kubeCaFile: string
  kubeTlsServerName: string
  kubeInsecureSkipTlsVerify: boolean
  debug: boolean
  registryConfig: string
  repositoryConfig: string
  repositoryCache: string
  contentCache: string
  burstLimit: number
  qps: number
  color: string
  pluginsDirectory: string
  maxHistory: number
}

/** Settings as the environment gives them, before any flag. */
export function settingsFromEnvironment(env: EnvVars, folders: HelmFolders): Settings {
  const text = (name: string, fallback = ''): string => env[name] ?? fallback
  return {
    namespace: text('HELM_NAMESPACE'),
    kubeconfig: text('KUBECONFIG'),
    kubeContext: text('HELM_KUBECONTEXT'),
    kubeToken: text('HELM_KUBETOKEN'),
    kubeAsUser: text('HELM_KUBEASUSER'),
    kubeAsGroup: commaList(text('HELM_KUBEASGROUPS')),
    kubeApiserver: text('HELM_KUBEAPISERVER'),
    kubeCaFile: text('HELM_KUBECAFILE'),
    kubeTlsServerName: text('HELM_KUBETLS_SERVER_NAME'),
    kubeInsecureSkipTlsVerify: parseGoBool(text('HELM_KUBEINSECURE_SKIP_TLS_VERIFY')) ?? false,
    debug: parseGoBool(text('HELM_DEBUG')) ?? false,
    registryConfig: text('HELM_REGISTRY_CONFIG', `${folders.config}/registry/config.json`),
    repositoryConfig: text('HELM_REPOSITORY_CONFIG', `${folders.config}/repositories.yaml`),
    repositoryCache: text('HELM_REPOSITORY_CACHE', `${folders.cache}/repository`),
    contentCache: text('HELM_CONTENT_CACHE', `${folders.cache}/content`),
    burstLimit: decimal(text('HELM_BURST_LIMIT'), 100),
    qps: floating(text('HELM_QPS'), 0),
    color: colorMode(env),
    pluginsDirectory: text('HELM_PLUGINS', `${folders.data}/plugins`),
    maxHistory: decimal(text('HELM_MAX_HISTORY'), 10),
  }
}

function commaList(text: string): string[] {
  const trimmed = text.replace(/^[, ]+|[, ]+$/g, '')
  return trimmed === '' ? [] : trimmed.split(',')
}

function decimal(text: string, fallback: number): number {
  return /^[+-]?[0-9]+$/.test(text) ? Number(text) : fallback
}

function floating(text: string, fallback: number): number {
  return /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text) ? Math.fround(Number(text)) : fallback
}

function colorMode(env: EnvVars): string {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 'never'
  const mode = (env.HELM_COLOR ?? '').toLowerCase()
  return mode === 'never' || mode === 'always' ? mode : 'auto'
}
