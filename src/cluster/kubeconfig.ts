import type { Pki } from './pki.ts'

/** A kubeconfig as plain data. */
export interface Kubeconfig {
  readonly apiVersion: 'v1'
  readonly kind: 'Config'
  readonly clusters: readonly { readonly name: string; readonly cluster: Readonly<Record<string, string>> }[]
  readonly users: readonly { readonly name: string; readonly user: Readonly<Record<string, string>> }[]
  readonly contexts: readonly { readonly name: string; readonly context: Readonly<Record<string, string>> }[]
  readonly 'current-context': string
}

/** The administrator's kubeconfig. A token, not a certificate: clients may then speak as somebody else over the same connection. */
export function kubeconfigOf(name: string, endpoint: string, pki: Pki): Kubeconfig {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: endpoint, 'certificate-authority-data': base64(pki.ca.cert) } }],
    users: [{ name, user: { token: pki.adminToken } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  }
}

/** A kubeconfig as YAML. All values are names, addresses and base64, so JSON's quoting is YAML's. */
export function printKubeconfig(config: Kubeconfig): string {
  const item = (kind: string, entry: { readonly name: string }, fields: Readonly<Record<string, string>>): string =>
    [
      `- name: ${JSON.stringify(entry.name)}`,
      `  ${kind}:`,
      ...Object.entries(fields).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}`),
    ].join('\n')
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    ...config.clusters.map((entry) => item('cluster', entry, entry.cluster)),
    'users:',
    ...config.users.map((entry) => item('user', entry, entry.user)),
    'contexts:',
    ...config.contexts.map((entry) => item('context', entry, entry.context)),
    `current-context: ${JSON.stringify(config['current-context'])}`,
    '',
  ].join('\n')
}
