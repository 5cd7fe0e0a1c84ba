import { accessSync, constants } from 'node:fs'
import { goFileError, KubeClientError } from '../errors.ts'
import type { ClusterEntry, ExecEntry, UserEntry } from './model.ts'

/** The entries that a connection would use, with the names they have in the kubeconfig. */
export interface ChosenEntries {
  readonly clusterName: string
  readonly cluster: ClusterEntry
  readonly userName: string
  readonly user: UserEntry
}

/**
 * Checks the chosen entries before anything is connected; throws KUBECONFIG with all complaints in one message
 * (`invalid configuration: …`), in the words and the order of client-go's ConfirmUsable.
 */
export function checkEntries(chosen: ChosenEntries, earlier: readonly string[] = []): void {
  const complaints = [...earlier, ...userComplaints(chosen), ...clusterComplaints(chosen)]
  if (complaints.length === 0) return
  const distinct = [...new Set(complaints)]
  const text = distinct.length === 1 ? distinct[0] : `[${distinct.join(', ')}]`
  throw new KubeClientError('KUBECONFIG', `invalid configuration: ${text}`)
}

function clusterComplaints({ clusterName, cluster }: ChosenEntries): string[] {
  const complaints: string[] = []
  const proxy = cluster['proxy-url']
  const proxyComplaint = has(proxy) ? proxyUrlComplaint(proxy) : undefined
  if (proxyComplaint !== undefined) {
    complaints.push(`invalid 'proxy-url' "${proxy}" for cluster "${clusterName}": ${proxyComplaint}`)
  }
  const file = cluster['certificate-authority']
  if (has(file) && has(cluster['certificate-authority-data'])) {
    const what = 'certificate-authority-data and certificate-authority are both specified for'
    complaints.push(`${what} ${clusterName}. certificate-authority-data will override.`)
  }
  if (has(file)) complaints.push(...unreadable('certificate-authority', file, clusterName))
  return complaints
}

/** What is wrong with the URL of a proxy; undefined: nothing. */
function proxyUrlComplaint(text: string): string | undefined {
  // Go's url.Parse refuses escapes that are not two hexadecimal digits.
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return `could not parse: ${text}`
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase() ?? ''
  if (['http', 'https', 'socks5'].includes(scheme)) return undefined
  return `unsupported scheme "${scheme}", must be http, https, or socks5`
}

function userComplaints({ userName, user }: ChosenEntries): string[] {
  const complaints = [...certificateComplaints(userName, user)]
  if (user.exec !== undefined) complaints.push(...execComplaints(userName, user, user.exec))
  const methods = [
    ...(has(user.token) ? ['token'] : []),
    ...(has(user.username) || has(user.password) ? ['basicAuth'] : []),
  ]
  if (methods.length > 1) {
    const found = `found [${methods.join(' ')}], only one is allowed`
    complaints.push(`more than one authentication method found for ${userName}; ${found}`)
  }
  const details = has(user['as-uid']) || some(user['as-groups']) || Object.keys(user['as-user-extra'] ?? {}).length > 0
  if (details && !has(user.as)) {
    complaints.push(`requesting uid, groups or user-extra for ${userName} without impersonating a user`)
  }
  return complaints
}

function certificateComplaints(userName: string, user: UserEntry): string[] {
  const { 'client-certificate': certFile, 'client-key': keyFile } = user
  const [certData, keyData] = [user['client-certificate-data'], user['client-key-data']]
  if (!has(certFile) && !has(certData)) return []
  const complaints: string[] = []
  if (has(certFile) && has(certData)) {
    const what = `client-cert-data and client-cert are both specified for ${userName}.`
    complaints.push(`${what} client-cert-data will override.`)
  }
  if (has(keyFile) && has(keyData)) {
    complaints.push(`client-key-data and client-key are both specified for ${userName}; client-key-data will override`)
  }
  if (!has(keyFile) && !has(keyData)) {
    const what = `client-key-data or client-key must be specified for ${userName}`
    complaints.push(`${what} to use the clientCert authentication method.`)
  }
  if (has(certFile)) complaints.push(...unreadable('client-cert', certFile, userName))
  if (has(keyFile)) complaints.push(...unreadable('client-key', keyFile, userName))
  return complaints
}

function execComplaints(userName: string, user: UserEntry, exec: ExecEntry): string[] {
  const complaints: string[] = []
  const forPlugin = `for ${userName} to use exec authentication plugin`
  if (user['auth-provider'] !== undefined) {
    complaints.push(`authProvider cannot be provided in combination with an exec plugin for ${userName}`)
  }
  if (!has(exec.command)) complaints.push(`command must be specified ${forPlugin}`)
  if (!has(exec.apiVersion)) complaints.push(`apiVersion must be specified ${forPlugin}`)
  if ((exec.env ?? []).some((one) => !has(one.name))) {
    complaints.push(`env variable name must be specified ${forPlugin}`)
  }
  // Version v1beta1 of the plugin's API lets the mode out.
  const mode = exec.interactiveMode ?? (exec.apiVersion?.endsWith('/v1beta1') === true ? 'IfAvailable' : undefined)
  if (!has(mode)) complaints.push(`interactiveMode must be specified ${forPlugin}`)
  else if (!['Never', 'IfAvailable', 'Always'].includes(mode)) {
    complaints.push(`invalid interactiveMode for ${userName}: ${JSON.stringify(mode)}`)
  }
  return complaints
}

/** One complaint when the file cannot be opened. */
function unreadable(what: string, path: string, owner: string): string[] {
  try {
    accessSync(path, constants.R_OK)
    return []
  } catch (error) {
    const why = goFileError((error as NodeJS.ErrnoException).code ?? '')
    return [`unable to read ${what} ${path} for ${owner} due to open ${path}: ${why}`]
  }
}

function has(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

function some(list: readonly string[] | undefined): boolean {
  return list !== undefined && list.length > 0
}
