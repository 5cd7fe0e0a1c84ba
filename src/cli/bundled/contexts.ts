import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { loadYamlEditor } from '../../encoding/index.ts'
import { kubeconfigDamaged } from './errors.ts'

/** What a context needs to reach a bundled cluster; the certificate is PEM in base64, as kubeconfig keeps it. */
export interface ContextEntry {
  readonly name: string
  readonly server: string
  readonly caData: string
  readonly token: string
}

/** The file that `cluster start` merges into: the first that KUBECONFIG names, else ~/.kube/config. */
export function userKubeconfig(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const named = (env.KUBECONFIG ?? '').split(path.delimiter).find((file) => file !== '')
  return named ?? path.join(home, '.kube', 'config')
}

/**
 * Puts cluster, user and context of one name into a kubeconfig and, when `makeCurrent` is set, makes the context
 * current. Everything else in the file (comments too) stays; it is written whole or not at all, and a new file is
 * readable by the user only. Throws KUBECONFIG_DAMAGED when the file is not a mapping.
 */
export async function mergeContext(file: string, entry: ContextEntry, makeCurrent: boolean): Promise<void> {
  await editKubeconfig(file, (config) => {
    setNamed(config, 'clusters', entry.name, 'cluster', {
      'certificate-authority-data': entry.caData,
      server: entry.server,
    })
    setNamed(config, 'users', entry.name, 'user', { token: entry.token })
    const context = findNamed(config, 'contexts', entry.name)?.context
    const namespace = isRecord(context) && typeof context.namespace === 'string' ? { namespace: context.namespace } : {}
    setNamed(config, 'contexts', entry.name, 'context', { cluster: entry.name, ...namespace, user: entry.name })
    if (makeCurrent) config['current-context'] = entry.name
  })
}

/** Takes cluster, user and context of one name out again; a file without them is not touched. */
export async function removeContext(file: string, name: string): Promise<void> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  )
  if (!exists) return
  await editKubeconfig(file, (config) => {
    for (const list of ['clusters', 'users', 'contexts']) {
      const entries = config[list]
      if (Array.isArray(entries)) config[list] = entries.filter((e) => !isRecord(e) || e.name !== name)
    }
    if (config['current-context'] === name) config['current-context'] = ''
  })
}

/** A kubeconfig with this one context. */
export function standaloneKubeconfig(entry: ContextEntry): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: ${entry.name}
  cluster:
    certificate-authority-data: ${entry.caData}
    server: ${entry.server}
users:
- name: ${entry.name}
  user:
    token: ${entry.token}
contexts:
- name: ${entry.name}
  context:
    cluster: ${entry.name}
    user: ${entry.name}
current-context: ${entry.name}
`
}

type Config = Record<string, unknown>

async function editKubeconfig(file: string, change: (config: Config) => void): Promise<void> {
  const before = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  let after: string
  try {
    const editYamlDocument = await loadYamlEditor()
    after = editYamlDocument(before.trim() === '' ? 'apiVersion: v1\nkind: Config\n' : before, (value) => {
      if (!isRecord(value)) throw kubeconfigDamaged(file, undefined)
      change(value)
    })
  } catch (error) {
    throw kubeconfigDamaged(file, error)
  }
  if (after === before) return
  const mode = await stat(file).then(
    (s) => s.mode & 0o777,
    () => 0o600,
  )
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}.tmp`
  await writeFile(temporary, after, { mode })
  await rename(temporary, file)
}

function isRecord(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function findNamed(config: Config, list: string, name: string): Config | undefined {
  const entries = config[list]
  if (!Array.isArray(entries)) return undefined
  return entries.find((e): e is Config => isRecord(e) && e.name === name)
}

function setNamed(config: Config, list: string, name: string, key: string, value: Config): void {
  const found = findNamed(config, list, name)
  if (found !== undefined) {
    found[key] = value
    return
  }
  const entries = Array.isArray(config[list]) ? config[list] : []
  config[list] = [...entries, { name, [key]: value }]
}
