import { readFileSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { goFileError, KubeClientError } from '../errors.ts'
import { readYaml } from '../yaml.ts'
import {
  type ClusterEntry,
  type ContextEntry,
  EMPTY_CONFIG,
  type ExecEntry,
  type KubeConfig,
  type UserEntry,
} from './model.ts'
import { typeMetaComplaint } from './type-meta.ts'

/** Where kubeconfigs come from. */
export interface ConfigSources {
  /** `--kubeconfig`: only this file, which must exist. */
  readonly explicitPath?: string | undefined
  /** The value of KUBECONFIG: files separated as in PATH; those that are missing are skipped. */
  readonly pathList?: string | undefined
  /** The home folder, for `.kube/config`. */
  readonly home?: string | undefined
}

/** The files that `sources` name, in order of precedence. */
function configPaths(sources: ConfigSources): string[] {
  if (sources.explicitPath !== undefined && sources.explicitPath !== '') return [sources.explicitPath]
  if (sources.pathList !== undefined && sources.pathList !== '') {
    const paths = sources.pathList.split(delimiter).filter((path) => path !== '')
    return [...new Set(paths)]
  }
  return sources.home === undefined || sources.home === '' ? [] : [join(sources.home, '.kube', 'config')]
}

/** Reads and merges the files as client-go does: earlier files win entry by entry; missing files are skipped. */
export function loadConfig(sources: ConfigSources): KubeConfig {
  const explicit = sources.explicitPath !== undefined && sources.explicitPath !== ''
  let merged = EMPTY_CONFIG
  for (const path of configPaths(sources)) {
    const text = readConfigFile(path, explicit)
    if (text === undefined) continue
    merged = mergeConfigs(merged, parseConfig(text, path))
  }
  return merged
}

function readConfigFile(path: string, mustExist: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      if (!mustExist) return undefined
      throw new KubeClientError('KUBECONFIG', `stat ${path}: ${goFileError(code)}`, { path }, error)
    }
    const why = `${code === 'EISDIR' ? 'read' : 'open'} ${path}: ${goFileError(code ?? '')}`
    throw new KubeClientError('KUBECONFIG', `error loading config file "${path}": ${why}`, { path }, error)
  }
}

/** Parses one file; names of files in it become absolute, relative to its folder. */
export function parseConfig(text: string, path: string): KubeConfig {
  const refuse = (why: string): KubeClientError =>
    new KubeClientError('KUBECONFIG', `error loading config file "${path}": ${why}`, { path })
  const complaint = typeMetaComplaint(text)
  if (complaint !== undefined) throw refuse(complaint)
  const document = readYaml(text)
  if (document === null || document === undefined) return EMPTY_CONFIG
  const file = document as Record<string, unknown>
  for (const [field, type] of LISTS) {
    const value = file[field]
    if (value === undefined || value === null || Array.isArray(value)) continue
    const got = typeof value === 'boolean' ? 'bool' : typeof value
    throw refuse(`json: cannot unmarshal ${got} into Go struct field Config.${field} of type ${type}`)
  }
  for (const entry of namedEntries<Record<string, unknown>>(file.clusters, 'cluster', (one) => one).values()) {
    const at = base64Complaint(entry['certificate-authority-data'])
    if (at !== undefined) throw refuse(`illegal base64 data at input byte ${at}`)
  }
  const folder = dirname(resolve(path))
  return {
    currentContext: typeof file['current-context'] === 'string' ? file['current-context'] : '',
    clusters: namedEntries<ClusterEntry>(file.clusters, 'cluster', (entry) => ({
      ...entry,
      ...absolute(entry, 'certificate-authority', folder),
    })),
    users: namedEntries<UserEntry>(file.users, 'user', (entry, name) => ({
      ...entry,
      origin: { file: resolve(path), name },
      ...absolute(entry, 'client-certificate', folder),
      ...absolute(entry, 'client-key', folder),
      ...absolute(entry, 'tokenFile', folder),
      ...(entry.exec === undefined || entry.exec === null ? {} : { exec: withFolder(entry.exec, folder) }),
    })),
    contexts: namedEntries<ContextEntry>(file.contexts, 'context', (entry) => entry),
  }
}

/** The lists of a kubeconfig with the types that Go's messages name. */
const LISTS = [
  ['clusters', '[]v1.NamedCluster'],
  ['users', '[]v1.NamedAuthInfo'],
  ['contexts', '[]v1.NamedContext'],
] as const

/** Where Go's base64 decoder stops; undefined: it does not. */
function base64Complaint(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const at = value.search(/[^A-Za-z0-9+/=\r\n]/)
  return at < 0 ? undefined : at
}

function namedEntries<T>(list: unknown, field: string, adjust: (entry: T, name: string) => T): Map<string, T> {
  const entries = new Map<string, T>()
  if (!Array.isArray(list)) return entries
  for (const item of list as unknown[]) {
    if (typeof item !== 'object' || item === null) continue
    const { name, [field]: value } = item as Record<string, unknown>
    if (typeof name !== 'string' || entries.has(name)) continue
    entries.set(name, adjust((value ?? {}) as T, name))
  }
  return entries
}

function absolute<T extends object>(entry: T, key: keyof T & string, folder: string): Partial<T> {
  const value = entry[key]
  if (typeof value !== 'string' || value === '' || isAbsolute(value)) return {}
  return { [key]: join(folder, value) } as unknown as Partial<T>
}

function withFolder(exec: ExecEntry, folder: string): ExecEntry {
  return { ...exec, folder }
}

/** `first` wins for every entry that both have. */
function mergeConfigs(first: KubeConfig, second: KubeConfig): KubeConfig {
  return {
    currentContext: first.currentContext === '' ? second.currentContext : first.currentContext,
    clusters: new Map([...second.clusters, ...first.clusters]),
    users: new Map([...second.users, ...first.users]),
    contexts: new Map([...second.contexts, ...first.contexts]),
  }
}
